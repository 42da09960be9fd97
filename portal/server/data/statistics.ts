import { setImmediate as breathe } from 'node:timers/promises';
import { profileOfLocale } from '../../../workflows/scoring/normalise-text.ts';
import { tokenise, type Tokenisation, unitOfLocale } from '../../../workflows/scoring/tokenise.ts';
import type { DatasetStatistics } from '../../api/data.ts';
import type { DatasetLine } from './contents.ts';

/** How the texts of a locale are compared: as evaluations of it are scored. */
export function comparisonOf(locale: string): Tokenisation & { readonly unit: 'word' | 'char' } {
  return { profile: profileOfLocale(locale), unit: unitOfLocale(locale) === 'char' ? 'char' : 'word' };
}

/** The words of each line, as they are compared. Other requests are answered in between. */
export async function* wordsOf(
  lines: readonly DatasetLine[],
  how: Tokenisation,
): AsyncGenerator<{ readonly line: DatasetLine; readonly words: readonly string[] }> {
  for (const [index, line] of lines.entries()) {
    if (index % linesAtOnce === linesAtOnce - 1) await breathe();
    yield { line, words: tokenise(line.text, how) };
  }
}

const linesAtOnce = 200;

/** What the lines consist of. */
export async function statisticsOf(lines: readonly DatasetLine[], locale: string): Promise<DatasetStatistics> {
  const how = comparisonOf(locale);
  const distinct = new Set<string>();
  const said = new Set<string>();
  const lengths: number[] = [];
  for await (const { words } of wordsOf(lines, how)) {
    for (const word of words) distinct.add(word);
    said.add(words.join(' '));
    lengths.push(words.length);
  }
  const sorted = lengths.toSorted((one, other) => one - other);
  return {
    unit: how.unit,
    lines: lengths.length,
    repeated: lengths.length - said.size,
    words: lengths.reduce((sum, length) => sum + length, 0),
    distinct: distinct.size,
    median: sorted[Math.ceil(sorted.length / 2) - 1] ?? 0,
    longest: sorted.at(-1) ?? 0,
    lengths: bounds.map(([from, to]) => ({
      from,
      ...(to !== undefined && { to }),
      lines: lengths.filter((length) => length >= from && length <= (to ?? Infinity)).length,
    })),
  };
}

const bounds: readonly (readonly [from: number, to?: number])[] = [
  [0, 0],
  [1, 2],
  [3, 5],
  [6, 10],
  [11, 20],
  [21, 50],
  [51],
];
