import type { Pause } from '../sound/pauses.ts';
import { spokenWords } from '../check/texts/utterance-words.ts';

/** A part of a recording, in seconds, and what is said in it. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly text?: string;
}

export interface DivideOptions {
  readonly seconds: number;
  readonly pauses: readonly Pause[];
  /** In seconds: no part may be longer. */
  readonly longest: number;
}

/** The parts of a recording without a text: as few as there can be, cut in the middle of pauses. A text says why it cannot be. */
export function divideSound({ seconds, pauses, longest }: DivideOptions): readonly Part[] | string {
  const cuts = [...pauses.map(({ from, to }) => (from + to) / 2), seconds];
  const parts: Part[] = [];
  let from = 0;
  for (const [index, cut] of cuts.entries()) {
    const next = cuts[index + 1];
    if (cut - from > longest) return `nobody is silent for long enough within ${Math.round(longest)} s`;
    if (next !== undefined && next - from <= longest) continue;
    parts.push({ from, to: cut });
    from = cut;
  }
  return parts;
}

/** How much longer pauses between sentences have to be than those within. */
const clearly = 1.5;
/** How many times faster or slower than on the whole a sentence may be spoken. */
const evenly = 2;

/**
 * The parts of a recording with their texts. It is certain which words are in which part where there are as many sentences as long pauses
 * part, and each sentence is about as long as it takes to say it. A text says why it cannot be.
 */
export function divideSpeech(text: string, options: DivideOptions): readonly Part[] | string {
  const { seconds, pauses, longest } = options;
  const sentences = text.split(/(?<=[.!?。！？])\s*(?=\S)/u).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  if (sentences.length < 2) return 'its text is one sentence, and which words are in which part is not known';
  const byLength = pauses.toSorted((a, b) => b.to - b.from - (a.to - a.from));
  const between = byLength.slice(0, sentences.length - 1).toSorted((a, b) => a.from - b.from);
  const counted = `its text has ${sentences.length} sentences`;
  if (between.length < sentences.length - 1) return `${counted}, and the recording ${pauses.length} pauses`;
  const lengthOf = (pause: Pause | undefined): number => (pause === undefined ? 0 : pause.to - pause.from);
  const others = lengthOf(byLength[sentences.length - 1]);
  if (lengthOf(byLength[sentences.length - 2]) < clearly * others)
    return `${counted}, and which of its ${pauses.length} pauses are between them is not certain`;
  const spoken = sentences.map((sentence, index) => {
    const from = between[index - 1]?.to ?? 0;
    const to = between[index]?.from ?? seconds;
    return { sentence, pace: spokenWords(sentence) / (to - from), words: spokenWords(sentence), seconds: to - from };
  });
  const sum = (of: 'words' | 'seconds'): number => spoken.reduce((all, one) => all + one[of], 0);
  const pace = sum('words') / sum('seconds');
  const uneven = spoken.find((one) => one.pace > pace * evenly || one.pace < pace / evenly);
  if (uneven !== undefined) return `${counted}, which do not fit what is spoken between its long pauses`;
  return grouped(
    spoken.map(({ sentence }) => sentence),
    { between, seconds, longest },
  );
}

/** Neighbours in one part, as long as it is not too long. */
function grouped(
  sentences: readonly string[],
  {
    between,
    seconds,
    longest,
  }: { readonly between: readonly Pause[]; readonly seconds: number; readonly longest: number },
): readonly Part[] | string {
  const parts: Required<Part>[] = [];
  for (const [index, text] of sentences.entries()) {
    const { from: start, to: stop } = between[index] ?? { from: seconds, to: seconds };
    const to = (start + stop) / 2;
    const last = parts.at(-1);
    const from = last?.to ?? 0;
    if (to - from > longest) return `a sentence of it takes ${Math.round(to - from)} s by itself`;
    if (last !== undefined && to - last.from <= longest)
      parts[parts.length - 1] = { from: last.from, to, text: `${last.text} ${text.trim()}` };
    else parts.push({ from, to, text: text.trim() });
  }
  return parts;
}
