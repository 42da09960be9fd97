import type { ArchivedFile } from '../../../workflows/engine/ports.ts';
import type { DatasetAgainst, NamedObject } from '../../api/data.ts';
import type { DatasetContent } from './contents.ts';
import { comparisonOf, wordsOf } from './statistics.ts';

/** A training set with its content. */
export interface TrainingSet extends NamedObject {
  readonly content: DatasetContent;
}

type Compared = Pick<DatasetAgainst, 'unknownWords' | 'sameLines' | 'sameRecordings'>;

/**
 * What of a dataset the training sets do not have, and what of it they have: words that were never read, and lines and recordings that
 * make a test easier than the work is. Texts are compared as they are scored; recordings by their length and checksum, out of the
 * directories of the archives.
 */
export async function compare(
  content: DatasetContent,
  { training, locale }: { readonly training: readonly TrainingSet[]; readonly locale: string },
): Promise<Compared> {
  const how = comparisonOf(locale);
  const known = new Set<string>();
  const lines = new Map<string, NamedObject>();
  for (const set of training) {
    for await (const { words } of wordsOf(set.content.lines, how)) {
      for (const word of words) known.add(word);
      if (words.length >= fewestWords) lines.set(words.join(' '), set);
    }
  }
  const unknown = new Map<string, number>();
  const same: Compared['sameLines']['lines'] = [];
  for await (const { line, words } of wordsOf(content.lines, how)) {
    for (const word of words) if (!known.has(word)) unknown.set(word, (unknown.get(word) ?? 0) + 1);
    const dataset = lines.get(words.join(' '));
    if (dataset !== undefined) same.push({ ...line, dataset: named(dataset) });
  }
  const byFrequency = [...unknown].toSorted(
    ([one, often], [other, oftenToo]) => oftenToo - often || one.localeCompare(other, 'en'),
  );
  return {
    unknownWords: {
      distinct: unknown.size,
      occurrences: byFrequency.reduce((sum, [, count]) => sum + count, 0),
      words: byFrequency.slice(0, mostShown).map(([word, count]) => ({ word, count })),
    },
    sameLines: { total: same.length, lines: same.slice(0, mostShown) },
    sameRecordings: sameRecordings(content.recordings, training),
  };
}

/** Lines of one or two words are said everywhere: that both sides have them tells nothing. */
const fewestWords = 3;
const mostShown = 200;

function sameRecordings(
  recordings: readonly ArchivedFile[],
  training: readonly TrainingSet[],
): Compared['sameRecordings'] {
  const known = new Map(
    training.flatMap((set) =>
      set.content.recordings.map((file) => [keyOf(file), { other: file.name, dataset: named(set) }] as const),
    ),
  );
  const same = recordings.flatMap((file) => {
    const found = known.get(keyOf(file));
    return found === undefined ? [] : [{ name: file.name, ...found }];
  });
  return { total: same.length, recordings: same.slice(0, mostShown) };
}

function keyOf({ bytes, crc32 }: ArchivedFile): string {
  return `${bytes} ${crc32}`;
}

function named({ id, name }: NamedObject): NamedObject {
  return { id, name };
}
