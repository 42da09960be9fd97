import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import yauzl from 'yauzl';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalData } from '../../../workflows/data/local-data.ts';
import { packSet } from '../../../workflows/data/sets/pack-set.ts';
import { makeWav } from '../../emulator/recognition/make-wav.ts';
import type { DataPort } from '../../../workflows/engine/ports.ts';
import type { DataPlaces } from '../../../workflows/plan/data/data-places.ts';
import type { DatasetKind } from '../../../workflows/plan/speech-entities.ts';

let root: string;
let data: DataPort;

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-open-')));
  data = createLocalData({ roots: [root] });
});
afterEach(async () => await rm(root, { recursive: true }));

/** A recording of a second, in which each number is another sound. */
function wav(sound: number): Buffer {
  return Buffer.from(makeWav(new Int16Array(8000).fill(sound)));
}

async function put(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), content);
  }
}

function at(...places: string[]): DataPlaces {
  const absolute = places.map((place) => path.join(root, place));
  return absolute.length === 1 ? (absolute[0] ?? '') : absolute;
}

async function bytesOf(places: DataPlaces, kind: DatasetKind, part = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of data.content(places, kind, { part })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function filesIn(zip: Buffer): Promise<Readonly<Record<string, Buffer>>> {
  const files: Record<string, Buffer> = {};
  const opened = await yauzl.fromBufferPromise(zip);
  for await (const entry of opened.eachEntry())
    files[entry.fileName] = Buffer.concat((await (await opened.openReadStreamPromise(entry)).toArray()) as Buffer[]);
  return files;
}

const calls = { 'calls/b.wav': wav(2), 'calls/trans.txt': 'b.wav\ttwo\n' };
const studio = { 'studio/a.wav': wav(1), 'studio/trans.txt': '\u{FEFF}a.wav\tone\r\n' };

describe('data of several places', () => {
  it('are one archive, with the recordings and lines of all, whatever the order of the places', async () => {
    await put({ ...calls, ...studio });
    const zip = await bytesOf(at('calls', 'studio'), 'Acoustic');
    const files = await filesIn(zip);
    expect(Object.keys(files)).toEqual(['trans.txt', 'a.wav', 'b.wav']);
    expect(String(files['trans.txt'])).toBe('\u{FEFF}a.wav\tone\nb.wav\ttwo\n');
    expect(files['b.wav']).toEqual(wav(2));
    expect((await bytesOf(at('studio', 'calls'), 'Acoustic')).equals(zip)).toBe(true);
    expect(await data.describe(at('calls', 'studio'), 'Acoustic')).toMatchObject({ files: 3 });
  });

  it('are folders alone where a pattern finds texts beside them', async () => {
    await put({ ...calls, ...studio, 'notes.txt': 'what is to be done\n' });
    expect((await data.describe(at('*'), 'Acoustic')).digest).toBe(
      (await data.describe(at('calls', 'studio'), 'Acoustic')).digest,
    );
  });

  it('do not pass by a link to nothing that a pattern finds, and pass by a link to itself of another name', async () => {
    await put({ ...calls });
    await symlink('itself', path.join(root, 'itself'));
    expect(await data.describe(at('*'), 'Acoustic')).toMatchObject({ files: 2 });
    await symlink('../no-such.wav', path.join(root, 'calls/z.wav'));
    await expect(data.describe(at('calls/*'), 'Acoustic')).rejects.toThrow('calls/z.wav');
    await symlink('no-such.txt', path.join(root, 'text.txt'));
    await expect(data.describe(at('te*.txt'), 'Language')).rejects.toThrow('text.txt');
  });

  it('have the digest of one folder with the same recordings and lines', async () => {
    await put({ ...calls, ...studio });
    await put({ 'all/a.wav': wav(1), 'all/b.wav': wav(2), 'all/trans.txt': 'a.wav\tone\nb.wav\ttwo\n' });
    const { digest } = await data.describe(at('all'), 'Acoustic');
    expect((await data.describe(at('calls', 'studio'), 'Acoustic')).digest).toBe(digest);
  });

  it('may lie in an archive, of which the recordings are taken out', async () => {
    await put({ ...calls, ...studio });
    const options = { isTranscribed: true, locale: 'en-US', cwd: root, name: 'calls' };
    await packSet(['calls'], { ...options, out: 'packed' });
    const { digest } = await data.describe(at('calls', 'studio'), 'Acoustic');
    expect((await data.describe(at('packed/calls.zip', 'studio'), 'Acoustic')).digest).toBe(digest);
  });

  it('are found by a pattern, in the order of names, hidden ones and what is no data left out', async () => {
    await put({ ...calls, ...studio, 'notes/read.me': 'x', '.hidden/c.wav': wav(3), 'README.md': 'x' });
    const { digest } = await data.describe(at('calls', 'studio'), 'Acoustic');
    expect((await data.describe(at('*'), 'Acoustic')).digest).toBe(digest);
    expect((await data.describe(at('{calls,studio}'), 'Acoustic')).digest).toBe(digest);
    expect((await data.describe(at('**'), 'Acoustic')).digest).toBe(digest);
  });

  it('may be recordings and transcripts that are named one by one', async () => {
    await put({ ...calls, ...studio, 'texts/all.txt': 'a.wav\tone\nb.wav\ttwo\n' });
    const { digest } = await data.describe(at('calls', 'studio'), 'Acoustic');
    expect((await data.describe(at('*/*.wav', '*/trans.txt'), 'Acoustic')).digest).toBe(digest);
    const together = at('calls/*.wav', 'studio/*.wav', 'texts/all.txt');
    expect((await data.describe(together, 'Acoustic')).digest).toBe(digest);
    expect(await data.describe(at('*/*.wav'), 'AudioFiles')).toMatchObject({ files: 2, seconds: 2 });
  });

  it('are as one path where a pattern finds one folder', async () => {
    await put(calls);
    expect(await data.describe(at('cal*'), 'Acoustic')).toEqual(await data.describe(at('calls'), 'Acoustic'));
  });

  it('are a path where there is one, whatever characters it has', async () => {
    await put({ '[1]/a.wav': wav(1), '1/b.wav': wav(2) });
    const { digest } = await data.describe(at('[1]'), 'AudioFiles');
    expect((await data.describe(at('1'), 'AudioFiles')).digest).not.toBe(digest);
  });

  it('have a recording once that is there twice, and refuse another one of its name with both places', async () => {
    await put({ ...calls, 'again/b.wav': wav(2), 'again/trans.txt': 'b.wav\ttwo\n' });
    expect(await data.describe(at('calls', 'again'), 'Acoustic')).toMatchObject({ files: 2 });
    await put({ 'again/trans.txt': 'b.wav\tthree\n' });
    await expect(data.describe(at('calls', 'again'), 'Acoustic')).rejects.toThrow(
      `${at('calls/trans.txt')}:1 and ${at('again/trans.txt')}:1 say different things`,
    );
    await put({ 'again/trans.txt': 'b.wav\ttwo\n', 'again/b.wav': wav(3) });
    await expect(data.describe(at('calls', 'again'), 'Acoustic')).rejects.toThrow(
      `${at('calls/b.wav')} and ${at('again/b.wav')} have the same`,
    );
  });

  it('are texts one behind the other, each with a line end and one byte order mark for all', async () => {
    await put({ 'one.txt': 'one', 'two.txt': '\u{FEFF}two\r\n', 'all.txt': 'one\ntwo\r\n' });
    expect(String(await bytesOf(at('one.txt', 'two.txt'), 'Language'))).toBe('\u{FEFF}one\ntwo\r\n');
    expect(String(await bytesOf(at('two.txt', 'one.txt'), 'Language'))).toBe('\u{FEFF}two\r\none');
    const { digest } = await data.describe(at('all.txt'), 'Language');
    expect((await data.describe(at('one.txt', 'two.txt'), 'Language')).digest).toBe(digest);
    expect((await data.describe(at('{one,two}.txt'), 'Language')).digest).toBe(digest);
  });

  it('are refused for a kind of text that is one file', async () => {
    await put({ 'one.md': '- one\n', 'two.md': '- two\n' });
    await expect(data.describe(at('*.md'), 'LanguageMarkdown')).rejects.toThrow('into one file');
  });

  it('are refused where a pattern finds nothing, or leads up again', async () => {
    await put(calls);
    await expect(data.describe(at('nothing-*'), 'Acoustic')).rejects.toThrow(
      `Correct the pattern ${at('nothing-*')}: no folder of recordings, archive, recording or transcript matches it`,
    );
    await expect(data.describe(`${root}/*/../calls`, 'Acoustic')).rejects.toThrow('no `..` leads up again');
    await expect(data.describe([at('calls') as string, 'https://contoso.com/a.zip'], 'Acoustic')).rejects.toThrow(
      'in a step of its own',
    );
  });

  it('are not read, nor listed, out of the places that a pipeline may read', async () => {
    const outside = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-outside-')));
    try {
      await writeFile(path.join(outside, 'x.wav'), wav(1));
      await put({ 'in/a.wav': wav(1), 'other/b.wav': wav(2) });
      await expect(data.describe(`${outside}/*.wav`, 'AudioFiles')).rejects.toThrow('reads no data from elsewhere');
      await symlink(outside, path.join(root, 'link'));
      await expect(data.describe(at('*'), 'AudioFiles')).rejects.toThrow('reads no data from elsewhere');
      await rm(path.join(root, 'link'));
      await symlink(path.join(outside, 'x.wav'), path.join(root, 'other', 'x.wav'));
      await expect(data.describe(at('*'), 'AudioFiles')).rejects.toThrow('reads no data from elsewhere');
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('are refused in part and in whole when they change while they are sent', async () => {
    await put({ ...calls, ...studio });
    const { digest } = await data.describe(at('*'), 'Acoustic');
    await put({ 'studio/a.wav': wav(9) });
    const read = async (): Promise<void> => {
      for await (const chunk of data.content(at('*'), 'Acoustic', { digest })) void chunk;
    };
    await expect(read()).rejects.toThrow('it was changed since it was looked at');
  });

  it('tell where a rejected line stands', async () => {
    await put({ ...calls, ...studio, 'one.txt': 'one\ntwo', 'two.txt': 'three\n' });
    const of = { folder: root, kind: 'Acoustic' } as const;
    expect(
      await data.placesOf({ ...of, from: ['calls', 'studio'] }, ['b.wav', 'line 1', 'line 9', 'nothing.wav']),
    ).toEqual(
      new Map([
        ['b.wav', 'calls/trans.txt:1 b.wav'],
        ['line 1', 'studio/trans.txt:1 a.wav'],
        ['line 9', 'calls, studio:9'],
        ['nothing.wav', 'calls, studio nothing.wav'],
      ]),
    );
    expect(await data.placesOf({ ...of, from: 'calls' }, ['b.wav', 'line 1'])).toEqual(
      new Map([
        ['b.wav', 'calls/trans.txt:1 b.wav'],
        ['line 1', 'calls/trans.txt:1'],
      ]),
    );
    const texts = { folder: root, from: ['one.txt', 'two.txt'], kind: 'Language' } as const;
    expect(await data.placesOf(texts, ['line 2', 'line 3'])).toEqual(
      new Map([
        ['line 2', 'one.txt:2'],
        ['line 3', 'two.txt:1'],
      ]),
    );
  });
});

describe('data that one dataset cannot hold', () => {
  const five = Object.fromEntries([1, 2, 3, 4, 5].flatMap((number) => [[`all/${number}.wav`, wav(number)] as const]));
  const lines = [1, 2, 3, 4, 5].map((number) => `${number}.wav\tnumber ${number}\n`).join('');

  it('are divided into parts with the lines of their own recordings, one folder as well as several', async () => {
    await put({ ...five, 'all/trans.txt': lines });
    data = createLocalData({ roots: [root], limits: { bytes: 2e9, files: 3 } });
    const { digest, files, parts = [] } = await data.describe(at('all'), 'Acoustic');
    expect([files, parts.map((part) => part.files), parts.length]).toEqual([8, [3, 3, 2], 3]);
    expect(parts.map((part) => part.digest)).not.toContain(digest);
    const second = await filesIn(await bytesOf(at('all'), 'Acoustic', 1));
    expect(Object.keys(second)).toEqual(['trans.txt', '3.wav', '4.wav']);
    expect(String(second['trans.txt'])).toBe('\u{FEFF}3.wav\tnumber 3\n4.wav\tnumber 4\n');
    const places = await data.placesOf({ from: 'all', folder: root, kind: 'Acoustic', part: 1 }, ['line 2', '3.wav']);
    expect([...places.values()]).toEqual(['all/trans.txt:4 4.wav', 'all/trans.txt:3 3.wav']);
  });

  it('have beside the digests of the parts that of the folder as one dataset', async () => {
    await put({ ...five, 'all/trans.txt': `\u{FEFF}${lines}` });
    const { digest } = await data.describe(at('all'), 'Acoustic');
    data = createLocalData({ roots: [root], limits: { bytes: 2e9, files: 3 } });
    expect((await data.describe(at('all'), 'Acoustic')).undivided).toBe(digest);
  });

  it('are divided by their size', async () => {
    await put({ ...five, 'all/trans.txt': lines });
    data = createLocalData({ roots: [root], limits: { bytes: 40_000, files: 10_000 } });
    expect((await data.describe(at('all'), 'Acoustic')).parts).toHaveLength(3);
    expect((await data.describe(at('all'), 'AudioFiles')).parts).toHaveLength(3);
  });

  it('are the parts that were packed, each as it is, in the order of the parts', async () => {
    await put({ ...five, 'all/trans.txt': lines });
    const options = { isTranscribed: true, locale: 'en-US', cwd: root, name: 'set', out: 'packed' };
    await packSet(['all'], { ...options, mostFiles: 3 });
    const { parts = [] } = await data.describe(at('packed/*.zip'), 'Acoustic');
    const single = await Promise.all(
      [1, 2, 3].map(async (part) => await data.describe(at(`packed/set-${part}-of-3.zip`), 'Acoustic')),
    );
    expect(parts).toEqual(single);
    await rm(path.join(root, 'packed/set-2-of-3.zip'));
    await expect(data.describe(at('packed/*.zip'), 'Acoustic')).rejects.toThrow('packed/set-2-of-3.zip: the set has 3');
    // Also where one is left, and beside other data.
    await rm(path.join(root, 'packed/set-3-of-3.zip'));
    const whole = 'packed/set-2-of-3.zip: the set has 3 parts, and 1 of them is named';
    await expect(data.describe(at('packed/*.zip'), 'Acoustic')).rejects.toThrow(whole);
    await expect(data.describe(at('packed/*.zip', 'all'), 'Acoustic')).rejects.toThrow(whole);
  });

  it('may have their parts in several folders', async () => {
    await put({ ...five, 'all/trans.txt': lines });
    const options = { isTranscribed: true, locale: 'en-US', cwd: root, name: 'set', out: 'packed' };
    await packSet(['all'], { ...options, mostFiles: 3 });
    await mkdir(path.join(root, 'more'));
    await rename(path.join(root, 'packed/set-2-of-3.zip'), path.join(root, 'more/set-2-of-3.zip'));
    expect((await data.describe(at('packed/*.zip', 'more/*.zip'), 'Acoustic')).parts).toHaveLength(3);
  });
});
