import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { decodeText } from '../document/decode-text.ts';
import { parseTranscript, type TranscriptLine } from '../document/transcript.ts';
import { speakersOf } from '../scoring/speakers.ts';
import type { LocalTestSet, TestSetSize } from '../scoring/significance/test-set-size.ts';
import { whyNotData } from './data-roots.ts';
import { matchesOf, patternOf } from './match-pattern.ts';
import { isTranscript } from './read-transcript.ts';

/**
 * How much is said in folders of recordings that are one set, by their transcripts, before anybody uploads it; undefined where that is not known: there is no
 * transcript that can be read, or its writing puts no spaces between words, where nobody knows what the service counts.
 * `roots` are the absolute folders that data may lie in, links resolved.
 */
export function testSetSize(
  places: readonly string[],
  { cwd, roots }: { readonly cwd: string; readonly roots: readonly string[] },
): LocalTestSet | undefined {
  const lines: TranscriptLine[] = [];
  for (const folder of places.flatMap((place) => foldersAt(place, cwd))) {
    const text = transcriptOf(folder, roots);
    const parsed = text === undefined ? undefined : parseTranscript(text);
    if (parsed === undefined || parsed.faultyLine !== undefined) return undefined;
    lines.push(...parsed.lines);
  }
  const texts = new Map(lines.map((line) => [line.file, line.text]));
  const said = [...texts.values()];
  const count = sum(said.map(wordsIn));
  const sample = said.slice(0, 100);
  const words = new Intl.Segmenter('und', { granularity: 'word' });
  const isSpaced = sum(sample.map((one) => segmentsIn(one, words))) <= 2 * sum(sample.map(wordsIn));
  if (count === 0 || !isSpaced) return undefined;
  const parts = speakersOf([...texts], ([file]) => file);
  const speakers = [...(parts?.values() ?? [])].map((part): TestSetSize => ({
    words: sum(part.map(([, spoken]) => wordsIn(spoken))),
    utterances: part.length,
  }));
  return { words: count, utterances: said.length, ...(parts === undefined ? {} : { speakers }) };
}

/** A pattern may find other things than folders, of which nothing is known here. */
function foldersAt(place: string, cwd: string): readonly string[] {
  const pattern = patternOf(place, { cwd });
  const found = pattern === undefined ? [place] : matchesOf(pattern, { kind: 'Acoustic', cwd });
  return found.map((one) => path.resolve(cwd, one));
}

function transcriptOf(folder: string, roots: readonly string[]): string | undefined {
  try {
    const [name, ...others] = readdirSync(folder).filter(isTranscript);
    if (name === undefined || others.length > 0) return undefined;
    const file = path.join(folder, name);
    if (whyNotData(realpathSync(file), roots) !== undefined) return undefined;
    const { size } = statSync(file);
    if (!statSync(file).isFile() || size > mostBytes) return undefined;
    const { text, fault } = decodeText(readFileSync(file));
    return fault === undefined ? text : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}

/** A transcript of so many bytes is large enough for every question that is asked here. */
const mostBytes = 4 * 1024 ** 2;

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function segmentsIn(text: string, words: Intl.Segmenter): number {
  return [...words.segment(text)].filter(({ isWordLike }) => isWordLike).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
