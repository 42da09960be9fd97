import type { Score, UtteranceScore } from './score-utterances.ts';

/** A place of a transcript that is doubtful: other words than its own were recognised there, the same by all models. */
export interface Doubt {
  /** The utterance. */
  readonly id: string;
  /** The words of the transcript, from one until before another, counted from 0; equal where words may be missing. */
  readonly from: number;
  readonly until: number;
  readonly said: readonly string[];
  /** What all models have in place of it. */
  readonly agreed: readonly string[];
  /** The words around it, as the transcript and all models have them. */
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

/**
 * The places of the references that all models contradict in the same words, in their order. A place reaches from a word that all have
 * recognised to the next one; models that differ anywhere in between do not agree. Takes the scores of at least two models against the same
 * references; an utterance that one of them has not recognised has no places.
 */
export function findDoubts(scores: readonly Score[]): readonly Doubt[] {
  const [first, ...others] = scores;
  if (first === undefined || others.length === 0) throw new RangeError('Give the scores of at least two models');
  const missing = new Set(scores.flatMap((score) => score.missing));
  return first.utterances.flatMap((utterance, index) => {
    const all = [utterance, ...others.map(({ utterances }) => utterances[index]!)];
    return missing.has(utterance.id) ? [] : doubtsIn(all);
  });
}

/** So many words are shown around a place. */
const context = 4;

function doubtsIn(all: readonly UtteranceScore[]): readonly Doubt[] {
  const [{ id, reference }] = all as readonly [UtteranceScore];
  const partners = all.map(partnersOf);
  const found: Doubt[] = [];
  let from = 0;
  let heardFrom = all.map(() => 0);
  for (let until = 0; until <= reference.length; until += 1) {
    const isEnd = until === reference.length;
    const heardUntil = partners.map((of, model) => (isEnd ? all[model]!.hypothesis.length : of[until]));
    if (heardUntil.includes(undefined)) continue;
    const heard = all.map(({ hypothesis }, model) => hypothesis.slice(heardFrom[model], heardUntil[model]));
    const said = reference.slice(from, until);
    const [agreed = []] = heard;
    if (heard.every((words) => areSame(words, agreed)) && !areSame(agreed, said)) {
      const before = reference.slice(Math.max(0, from - context), from);
      found.push({ id, from, until, said, agreed, before, behind: reference.slice(until, until + context) });
    }
    from = until + 1;
    heardFrom = heardUntil.map((at) => (at ?? 0) + 1);
  }
  return found;
}

/** For each word of the reference the place of the word that was recognised as it; undefined where it was not. */
function partnersOf({ operations, reference }: UtteranceScore): readonly (number | undefined)[] {
  const partners: (number | undefined)[] = Array.from({ length: reference.length });
  let said = 0;
  let heard = 0;
  for (const step of operations) {
    if (step === 'C') partners[said] = heard;
    if (step !== 'I') said += 1;
    if (step !== 'D') heard += 1;
  }
  return partners;
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}
