import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { decodeText } from '../document/decode-text.ts';
import { parseTranscript } from '../document/transcript.ts';
import { speakersOf } from '../scoring/speakers.ts';
import type { LocalTestSet, TestSetSize } from '../scoring/significance/test-set-size.ts';
import { whyNotData } from './data-roots.ts';
import { isTranscript } from './read-transcript.ts';

/**
 * How much is said in a folder of recordings, by its transcript, before anybody uploads it; undefined where that is not known: there is no
 * transcript that can be read, or its writing puts no spaces between words, where nobody knows what the service counts.
 * `roots` are the absolute folders that data may lie in, links resolved.
 */
export function testSetSize(
  folder: string,
  { roots }: { readonly roots: readonly string[] },
): LocalTestSet | undefined {
  const text = transcriptOf(folder, roots);
  if (text === undefined) return undefined;
  const { lines, faultyLine } = parseTranscript(text);
  if (faultyLine !== undefined) return undefined;
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
