import { stepsOf } from '../../scoring/alignment-steps.ts';
import type { UtteranceScore } from '../../scoring/score-utterances.ts';
import type { ScoringUnit } from '../../scoring/tokenise.ts';

/** A part of the difference between what was said and what was recognised. */
export interface DiffPart {
  /** What both have; what was said alone, and recognised alone; what is left out of a long text. */
  readonly kind: 'same' | 'deleted' | 'inserted' | 'gap';
  readonly text: string;
}

/**
 * The difference in words: of a substitution first what was said, then what was recognised. Of a longer passage without errors the words
 * next to an error are left, and after so many places with errors the rest is only counted.
 */
function diffWords(utterance: UtteranceScore, { unit }: { readonly unit: ScoringUnit }): readonly DiffPart[] {
  const between = unit === 'char' ? '' : ' ';
  const context = unit === 'char' ? 12 : 4;
  const passages = passagesOf(utterance);
  const parts: DiffPart[] = [];
  let places = 0;
  for (const [index, { same, said, heard }] of passages.entries()) {
    if (same === undefined) {
      places += 1;
      if (places > mostPlaces) {
        const rest = passages.slice(index).filter((passage) => passage.same === undefined).length;
        parts.push({ kind: 'gap', text: `… and ${rest} more ${rest === 1 ? 'place' : 'places'} with errors` });
        return parts;
      }
      if (said.length > 0) parts.push({ kind: 'deleted', text: said.join(between) });
      if (heard.length > 0) parts.push({ kind: 'inserted', text: heard.join(between) });
      continue;
    }
    const before = index === 0 && passages.length > 1 ? 0 : context;
    const behind = index === passages.length - 1 ? 0 : context;
    if (same.length <= before + behind + 1) {
      parts.push({ kind: 'same', text: same.join(between) });
      continue;
    }
    if (before > 0) parts.push({ kind: 'same', text: same.slice(0, before).join(between) });
    parts.push({ kind: 'gap', text: '…' });
    if (behind > 0) parts.push({ kind: 'same', text: same.slice(-behind).join(between) });
  }
  return parts;
}

/** More than a person compares in one utterance. */
const mostPlaces = 40;

interface Passage {
  /** Words that both have; absent where they differ. */
  readonly same?: string[];
  readonly said: string[];
  readonly heard: string[];
}

/** Passages that both have and passages in which they differ, in turns. */
function passagesOf(utterance: UtteranceScore): readonly Passage[] {
  const passages: Passage[] = [];
  for (const step of stepsOf(utterance)) {
    const last = passages.at(-1);
    if (step.kind === 'correct') {
      const word = step.reference === '' ? step.hypothesis : step.reference;
      if (last?.same !== undefined) last.same.push(word);
      else passages.push({ same: [word], said: [], heard: [] });
      continue;
    }
    const passage = last === undefined || last.same !== undefined ? { said: [], heard: [] } : last;
    if (passage !== last) passages.push(passage);
    if (step.kind !== 'inserted') passage.said.push(step.reference);
    if (step.kind !== 'deleted') passage.heard.push(step.hypothesis);
  }
  return passages;
}

/** The difference on one line that can be read without colours: `[-said-]{+recognised+}`, as `git diff --word-diff` has it. */
export function plainDiff(
  utterance: UtteranceScore,
  {
    unit,
    show = (_, text) => text,
  }: {
    readonly unit: ScoringUnit;
    /** Makes a part safe for where it is printed, or colours it. */
    readonly show?: (kind: DiffPart['kind'], text: string) => string;
  },
): string {
  const parts = diffWords(utterance, { unit });
  return parts
    .map(({ kind, text }, index) => {
      const written = kind === 'deleted' ? `[-${text}-]` : kind === 'inserted' ? `{+${text}+}` : text;
      // What was said and what was recognised instead stand together.
      const isSecond = kind === 'inserted' && parts[index - 1]?.kind === 'deleted';
      const space = index === 0 || isSecond || (unit === 'char' && kind !== 'gap') ? '' : ' ';
      return `${space}${show(kind, written)}`;
    })
    .join('');
}
