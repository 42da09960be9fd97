import { alignWords } from './alignment/align-words.ts';

/**
 * The words that were recognised, with compounds as the reference writes them: where words that follow each other are, written
 * together, one word of the other side (`white paper` and `whitepaper`), they become what the reference has, and are no errors. That is
 * what kaldialign's `merge_compounds` counts, with which the Open ASR Leaderboard scores. The words of the reference stay those that
 * are counted.
 *
 * Looks only where the alignment has errors, from the beginning, and takes the first that fits and the longest of it. kaldialign
 * searches for the least cost over all; both find the same but where compounds overlap.
 */
export function mergeCompounds(reference: readonly string[], hypothesis: readonly string[]): readonly string[] {
  const { operations } = alignWords(reference, hypothesis);
  const merged: string[] = [];
  let [inReference, inHypothesis] = [0, 0];
  for (let step = 0; step < operations.length;) {
    if (operations[step] === 'C') {
      merged.push(hypothesis[inHypothesis]!);
      [inReference, inHypothesis, step] = [inReference + 1, inHypothesis + 1, step + 1];
      continue;
    }
    const [fromReference, fromHypothesis] = [inReference, inHypothesis];
    for (; step < operations.length && operations[step] !== 'C'; step += 1) {
      if (operations[step] !== 'I') inReference += 1;
      if (operations[step] !== 'D') inHypothesis += 1;
    }
    merged.push(
      ...asTheReference(reference.slice(fromReference, inReference), hypothesis.slice(fromHypothesis, inHypothesis)),
    );
  }
  return merged;
}

/** A stretch of errors with the compounds in it as the reference writes them. */
function asTheReference(reference: readonly string[], hypothesis: readonly string[]): readonly string[] {
  const written: string[] = [];
  let from = 0;
  for (let at = 0; at < hypothesis.length;) {
    const found = firstCompound(reference, hypothesis, { from, at });
    if (found === undefined) {
      written.push(hypothesis[at]!);
      at += 1;
    } else {
      written.push(...reference.slice(found.from, found.until));
      from = found.until;
      at += found.length;
    }
  }
  return written;
}

/** The first words of the reference that are, written together, the next words of the hypothesis written together, one of them one word. */
function firstCompound(
  reference: readonly string[],
  hypothesis: readonly string[],
  { from, at }: { readonly from: number; readonly at: number },
): { readonly from: number; readonly until: number; readonly length: number } | undefined {
  const word = hypothesis[at]!;
  const last = Math.min(reference.length, from + nearby);
  for (let begin = from; begin < last; begin += 1) {
    const ofReference = wordsThatMake(word, reference, begin);
    if (ofReference > 1) return { from: begin, until: begin + ofReference, length: 1 };
    const ofHypothesis = wordsThatMake(reference[begin]!, hypothesis, at);
    if (ofHypothesis > 1) return { from: begin, until: begin + 1, length: ofHypothesis };
  }
  return undefined;
}

/** How many words from there on are the word when they are written together; 0 where they are not. */
function wordsThatMake(word: string, words: readonly string[], from: number): number {
  let length = 0;
  for (let at = from; at < words.length && length < word.length; at += 1) {
    if (!word.startsWith(words[at]!, length)) return 0;
    length += words[at]!.length;
    if (length === word.length) return at - from + 1;
  }
  return 0;
}

/** So far ahead in a stretch of errors a compound is looked for: it keeps long texts that have little in common quick. */
const nearby = 50;
