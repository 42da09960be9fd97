import type { UtteranceScore } from './score-utterances.ts';

/**
 * A step of an utterance's alignment with its words: a deleted one has none of the hypothesis, an inserted one none of the reference. A
 * correct one has an empty word where that side leaves an optional word out.
 */
export type AlignmentStep =
  | { readonly kind: 'correct' | 'substituted'; readonly reference: string; readonly hypothesis: string }
  | { readonly kind: 'deleted'; readonly reference: string }
  | { readonly kind: 'inserted'; readonly hypothesis: string };

/** The steps of an utterance's alignment, first word first. */
export function stepsOf({
  operations,
  reference,
  hypothesis,
}: Pick<UtteranceScore, 'operations' | 'reference' | 'hypothesis'>): readonly AlignmentStep[] {
  let spoken = 0;
  let heard = 0;
  return Array.from(operations, (operation): AlignmentStep => {
    if (operation === 'D') return { kind: 'deleted', reference: reference[spoken++] ?? '' };
    if (operation === 'I') return { kind: 'inserted', hypothesis: hypothesis[heard++] ?? '' };
    const kind = operation === 'C' ? 'correct' : 'substituted';
    return { kind, reference: reference[spoken++] ?? '', hypothesis: hypothesis[heard++] ?? '' };
  });
}
