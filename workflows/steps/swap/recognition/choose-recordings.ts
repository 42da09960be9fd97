import { alignWords } from '../../../scoring/alignment/align-words.ts';
import { tokenise } from '../../../scoring/tokenise.ts';

/** What two models recognised on one recording. */
export interface TwoTexts {
  readonly recording: string;
  /** As the model recognised it that the endpoint is to serve. */
  readonly wanted: string;
  /** As the other model did. */
  readonly other: string;
}

/**
 * The recordings that tell two models apart, the most useful first: another speaker and another length each time, as long as there
 * are any, then those whose texts differ most. The same texts give the same order.
 */
export function chooseRecordings(texts: readonly TwoTexts[]): readonly TwoTexts[] {
  const left = texts
    .map((text) => ({ text, apart: wordsApart(text.wanted, text.other) }))
    .filter(({ apart }) => apart > 0)
    .toSorted((one, other) => other.apart - one.apart || compare(one.text.recording, other.text.recording));
  const speakers = new Map<string, number>();
  const lengths = new Map<number, number>();
  const chosen: TwoTexts[] = [];
  while (left.length > 0) {
    const uses = ({ text }: { readonly text: TwoTexts }): number =>
      (speakers.get(speakerOf(text.recording)) ?? 0) * 1000 + (lengths.get(lengthOf(text)) ?? 0);
    const [best] = left.toSorted((one, other) => uses(one) - uses(other));
    if (best === undefined) break;
    left.splice(left.indexOf(best), 1);
    chosen.push(best.text);
    const speaker = speakerOf(best.text.recording);
    speakers.set(speaker, (speakers.get(speaker) ?? 0) + 1);
    lengths.set(lengthOf(best.text), (lengths.get(lengthOf(best.text)) ?? 0) + 1);
  }
  return chosen;
}

/** Recordings in an order in which each next one is of another speaker, as long as there are any. */
export function takeSpeakersInTurn(recordings: readonly string[]): readonly string[] {
  const bySpeaker = Map.groupBy(recordings.toSorted(compare), speakerOf);
  const longest = Math.max(0, ...[...bySpeaker.values()].map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    [...bySpeaker.values()].flatMap((own) => own.slice(turn, turn + 1)),
  ).flat();
}

/**
 * As which of two models a text was recognised: it is nearer to the text of that model than half of the way between both. Each model
 * alone recognises a recording in one way in an evaluation and may differ by a word on an endpoint.
 */
export function recognisedAs(
  text: string,
  { wanted, other }: Pick<TwoTexts, 'wanted' | 'other'>,
): 'wanted' | 'other' | 'neither' {
  const apart = wordsApart(wanted, other);
  const [toWanted, toOther] = [wordsApart(text, wanted), wordsApart(text, other)];
  if (toWanted < toOther && toWanted * 2 < apart) return 'wanted';
  return toOther < toWanted && toOther * 2 < apart ? 'other' : 'neither';
}

function wordsApart(one: string, other: string): number {
  const words = (text: string): readonly string[] => tokenise(text, { profile: 'lexical', unit: 'word' });
  const { substitutions, deletions, insertions } = alignWords(words(one), words(other)).counts;
  return substitutions + deletions + insertions;
}

/** Test sets name the speaker first, as in `1089-134686-0000.wav`, or have a folder of each; else each recording is its own. */
function speakerOf(recording: string): string {
  const [, speaker] = /^(.+?)[-_/]/.exec(recording) ?? [];
  return speaker ?? recording;
}

/** Texts of a length within a factor of two count as equally long. */
function lengthOf({ wanted }: TwoTexts): number {
  return Math.floor(Math.log2(wanted.length + 1));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
