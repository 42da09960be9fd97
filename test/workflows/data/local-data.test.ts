import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLocalData } from '../../../workflows/data/local-data.ts';
import { makeWav } from '../../emulator/recognition/make-wav.ts';
import type { DataPort } from '../../../workflows/engine/ports.ts';
import type { DatasetKind } from '../../../workflows/plan/speech-entities.ts';

let data: DataPort;
let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-data-')));
  data = createLocalData({ roots: [folder] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

const wav = makeWav(new Int16Array(8000));

async function put(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
}

async function bytesOf(source: string, kind: DatasetKind): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of data.content(source, kind)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function entriesOf(zip: Buffer): Promise<string[]> {
  const names: string[] = [];
  const file = await yauzl.fromBufferPromise(zip);
  for await (const entry of file.eachEntry()) names.push(entry.fileName);
  return names;
}

async function contentOf(zip: Buffer, name: string): Promise<Buffer> {
  const file = await yauzl.fromBufferPromise(zip);
  for await (const entry of file.eachEntry()) {
    if (entry.fileName !== name) continue;
    return Buffer.concat((await (await file.openReadStreamPromise(entry)).toArray()) as Buffer[]);
  }
  throw new Error(`there is no ${name}`);
}

describe('local data', () => {
  it('packs a folder of audio with its transcript at the top level of a zip', async () => {
    await put({ 'b.wav': 'B', 'a.wav': 'A', 'trans.txt': 'a.wav\tone\nb.wav\ttwo\n', 'notes.md': 'not data' });
    expect(await entriesOf(await bytesOf(folder, 'Acoustic'))).toEqual(['trans.txt', 'a.wav', 'b.wav']);
    expect(await data.describe(folder, 'Acoustic')).toMatchObject({ files: 3 });
  });

  it('tells how long recordings are together, where all of them say so', async () => {
    await put({ 'b.wav': wav, 'a.wav': wav, 'trans.txt': 'a.wav\tone\nb.wav\ttwo\n', 'text.txt': 'one\n' });
    expect((await data.describe(folder, 'AudioFiles')).seconds).toBe(2);
    expect(await data.describe(path.join(folder, 'text.txt'), 'Language')).not.toHaveProperty('seconds');
    await put({ 'c.wav': 'no recording' });
    expect(await data.describe(folder, 'AudioFiles')).not.toHaveProperty('seconds');
  });

  it.each(['a\\b.wav', 'a\u0007.wav'])('refuses a name that a zip cannot keep: %j', async (name) => {
    await put({ [name]: 'A', 'trans.txt': `${name}\tone` });
    await expect(data.describe(folder, 'Acoustic')).rejects.toThrow(`Rename ${JSON.stringify(name)} in ${folder}`);
  });

  it('packs the same data into the same bytes', async () => {
    await put({ 'a.wav': 'A', 'trans.txt': 'a.wav\tone' });
    const first = await bytesOf(folder, 'Acoustic');
    await put({ 'a.wav': 'A' });
    expect((await bytesOf(folder, 'Acoustic')).equals(first)).toBe(true);
  });

  it('reads a list of terms, and says what is wrong with another', async () => {
    const list = path.join(folder, 'terms.txt');
    await put({ 'terms.txt': '\u{FEFF}# drugs\nco codamol | cocodamol\n' });
    expect(await data.terms(list)).toEqual([{ name: 'co codamol', variants: ['co codamol', 'cocodamol'], line: 2 }]);
    await put({ 'terms.txt': 'a\nb|\n' });
    await expect(data.terms(list)).rejects.toThrow(`Correct the terms in ${list}: line 2: Write a spelling`);
    await put({ 'terms.txt': Buffer.from([0xff, 0xfe, 0x61, 0x00]) });
    await expect(data.terms(list)).rejects.toThrow('it is not in UTF-8');
    await expect(data.terms(folder)).rejects.toThrow('it is no file');
    await expect(data.terms(`${list}x`)).rejects.toThrow('there is no such file');
    await symlink('/etc/hosts', path.join(folder, 'link.txt'));
    await expect(data.terms(path.join(folder, 'link.txt'))).rejects.toThrow('reads no data from elsewhere');
  });

  it('reads a column of a manifest, and says what is wrong with another', async () => {
    const manifest = path.join(folder, 'recordings.csv');
    await put({ 'recordings.csv': '\u{FEFF}file,accent\na.wav,scottish\n' });
    expect(await data.recordingValues(manifest, 'accent')).toEqual(new Map([['a.wav', 'scottish']]));
    await expect(data.recordingValues(manifest, 'age')).rejects.toThrow(
      `Correct the manifest ${manifest}: line 1: Name one of its columns: "age" is none, there are "accent"`,
    );
    await put({ 'recordings.csv': Buffer.from([0xff, 0xfe, 0x61, 0x00]) });
    await expect(data.recordingValues(manifest, 'accent')).rejects.toThrow('it is not in UTF-8');
    await expect(data.recordingValues(folder, 'accent')).rejects.toThrow('it is no file');
    await expect(data.recordingValues(`${manifest}x`, 'accent')).rejects.toThrow('there is no such file');
    await put({ 'recordings.csv': Buffer.alloc(16 * 1024 ** 2 + 1, 'a') });
    await expect(data.recordingValues(manifest, 'accent')).rejects.toThrow('it has more than 16 MiB');
  });

  it('digests names and contents, and nothing else', async () => {
    await put({ 'a.wav': 'A', 'trans.txt': 'a.wav\tone' });
    const { digest } = await data.describe(folder, 'Acoustic');
    await put({ 'a.wav': 'A', 'ignored.md': 'x' });
    expect((await data.describe(folder, 'Acoustic')).digest).toBe(digest);
    await put({ 'a.wav': 'B' });
    expect((await data.describe(folder, 'Acoustic')).digest).not.toBe(digest);
  });

  it('packs a transcript with a byte order mark, once, and digests the file as it is', async () => {
    await put({ 'a.wav': 'A', 'trans.txt': 'a.wav\tschöne Grüße\n' });
    const { digest } = await data.describe(folder, 'Acoustic');
    expect(digest).toBe('9f3cb3c8c64dc68fc584fc3dd851f5551688e1fb36b95db458e3b24f99949b0c');
    const zip = await bytesOf(folder, 'Acoustic');
    expect((await contentOf(zip, 'trans.txt')).toString('utf8')).toBe('\uFEFFa.wav\tschöne Grüße\n');
    await put({ 'trans.txt': '\uFEFFa.wav\tschöne Grüße\n' });
    expect((await bytesOf(folder, 'Acoustic')).equals(zip)).toBe(true);
  });

  it.each([
    ['a folder of recordings', { 'a.wav': 'A', 'trans.txt': 'a.wav\tone\n' }, '.', 'Acoustic', 'a.wav'],
    ['a text', { 'text.txt': 'one\n' }, 'text.txt', 'Language', 'text.txt'],
  ] as const)(
    'ends the content of %s with the reason when it is not what was described',
    async (_, files, name, kind, changed) => {
      await put(files);
      const source = path.join(folder, name);
      const { digest } = await data.describe(source, kind);
      const read = async (): Promise<unknown> => await Readable.from(data.content(source, kind, { digest })).toArray();
      await read();
      await put({ [changed]: 'B' });
      await expect(read()).rejects.toThrow(`Leave ${source} as it is while it is uploaded: it was changed`);
    },
  );

  it('ends an archive with the reason when a file goes while it is packed', async () => {
    const recordings = Object.fromEntries(['a.wav', 'b.wav'].map((file) => [file, randomBytes(400_000)]));
    await put({ ...recordings, 'trans.txt': 'a.wav\tone\nb.wav\ttwo\n' });
    const read = async (): Promise<void> => {
      for await (const _ of data.content(folder, 'Acoustic')) await rm(path.join(folder, 'b.wav'), { force: true });
    };
    await expect(read()).rejects.toThrow(/b\.wav/);
  });

  it('reads data once as long as nobody writes them', async () => {
    await put({ 'text.txt': 'one\n' });
    const file = path.join(folder, 'text.txt');
    // Some time ago: what was written just now may be written again within the same tick of the clock.
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    const first = await data.describe(file, 'Language');
    expect(await data.describe(file, 'Language')).toBe(first);
    await put({ 'text.txt': 'two\n' });
    expect((await data.describe(file, 'Language')).digest).not.toBe(first.digest);
    vi.useRealTimers();
    const now = await data.describe(file, 'Language');
    expect(await data.describe(file, 'Language')).not.toBe(now);
  });

  it.each([
    ['UTF-16 LE', 'Save', Buffer.from('\uFEFFhello\n', 'utf16le')],
    ['UTF-16 BE without byte order mark', 'Save', Buffer.from('hello there\n', 'utf16le').swap16()],
    ['a zip', 'Put', Buffer.from('PK\u0003\u0004')],
    [
      'a pointer of Git LFS',
      'Fetch',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
    ],
  ])('does not send %s as text', async (is, action, bytes) => {
    await put({ 'text.txt': bytes });
    const file = path.join(folder, 'text.txt');
    const told = new RegExp(`^${action} .*text\\.txt.*: it is ${is}$`);
    await expect(data.describe(file, 'Language')).rejects.toThrow(told);
    await expect(bytesOf(file, 'Language')).rejects.toThrow(told);
    await put({ 'a.wav': 'A', 'trans.txt': bytes });
    await rm(file);
    await expect(data.describe(folder, 'Acoustic')).rejects.toThrow(`: it is ${is}`);
    await expect(bytesOf(folder, 'Acoustic')).rejects.toThrow(`: it is ${is}`);
    await expect(data.describe(folder, 'AudioFiles')).resolves.toMatchObject({ files: 1 });
  });

  it('sends pronunciations in windows-1252 as they are', async () => {
    const bytes = Buffer.from('caf\u00E9\tca fay\n', 'latin1');
    await put({ 'pron.txt': bytes });
    const file = path.join(folder, 'pron.txt');
    expect((await bytesOf(file, 'Pronunciation')).equals(bytes)).toBe(true);
    await put({ 'pron.txt': 'café\tca fay\n' });
    expect((await bytesOf(file, 'Pronunciation')).toString('utf8')).toBe('\uFEFFcafé\tca fay\n');
  });

  it('sends text with a byte order mark and digests it without', async () => {
    const file = path.join(folder, 'text.txt');
    await writeFile(file, 'hello\n');
    const { digest } = await data.describe(file, 'Language');
    expect((await bytesOf(file, 'Language')).toString('utf8')).toBe('\uFEFFhello\n');
    await writeFile(file, '\uFEFFhello\n');
    expect((await bytesOf(file, 'Language')).toString('utf8')).toBe('\uFEFFhello\n');
    expect((await data.describe(file, 'Language')).digest).toBe(digest);
  });

  it('reads utterances with their transcripts', async () => {
    await put({ 'a.wav': wav, 'trans.txt': '\uFEFFa.wav\tone two\r\n\r\n' });
    expect(await data.utterances(folder)).toEqual([{ name: 'a.wav', audio: wav, transcript: 'one two' }]);
  });

  it.each<[string, DatasetKind, Readonly<Record<string, string>>, string]>([
    ['a folder without audio', 'Acoustic', { 'trans.txt': 'x' }, 'Put WAV files into'],
    ['audio without a transcript', 'Acoustic', { 'a.wav': 'A' }, 'Add trans.txt to'],
    ['two transcripts', 'Acoustic', { 'a.wav': 'A', 'a.txt': 'x', 'b.tsv': 'x' }, 'Leave one transcript in'],
    ['a folder for text', 'Language', { 'a.txt': 'x' }, 'Give a text file'],
  ])('refuses %s, saying what to do', async (_, kind, files, message) => {
    await put(files);
    await expect(data.describe(folder, kind)).rejects.toThrow(message);
  });

  it('says of a folder without audio that folders in it are not read', async () => {
    await mkdir(path.join(folder, 'audio'));
    await expect(data.describe(folder, 'AudioFiles')).rejects.toThrow('needs them, and folders in it are not read');
    await expect(data.describe(path.join(folder, 'audio'), 'AudioFiles')).rejects.toThrow(/needs them$/);
  });

  it('refuses an empty file and a path that is not there', async () => {
    await put({ 'empty.txt': '' });
    await expect(data.describe(path.join(folder, 'empty.txt'), 'Language')).rejects.toThrow('it is empty');
    await expect(data.describe(path.join(folder, 'no.txt'), 'Language')).rejects.toThrow(
      'there is no such file or folder',
    );
  });

  it('names the line of a transcript without a tab, and audio that a transcript names in vain', async () => {
    await put({ 'a.wav': wav, 'trans.txt': 'a.wav one' });
    await expect(data.utterances(folder)).rejects.toThrow('Write `file.wav<TAB>text` in trans.txt:1');
    await put({ 'trans.txt': '\nb.wav\tone' });
    await expect(data.utterances(folder)).rejects.toThrow(
      `Correct the smoke audio in ${folder}: trans.txt:2 names b.wav, which is not there; a.wav has no line in trans.txt`,
    );
  });

  it('reads nothing that lies elsewhere, also not by way of a link', async () => {
    await expect(data.describe('/etc/hostname', 'Language')).rejects.toThrow('Move /etc/hostname into ');
    await put({ 'trans.txt': 'a.wav\tone' });
    await symlink('/etc/hostname', path.join(folder, 'a.wav'));
    await expect(data.describe(folder, 'Acoustic')).rejects.toThrow(
      `Move ${path.join(folder, 'a.wav')} (it is a link to /etc/hostname) into ${folder}: a pipeline reads no data from elsewhere`,
    );
  });

  it('names the path of what cannot be read', async () => {
    await put({ 'trans.txt': 'a.wav\tone' });
    await mkdir(path.join(folder, 'a.wav'));
    await expect(data.describe(folder, 'Acoustic')).rejects.toThrow(/Put a file in place of .*a\.wav/);
    await rm(path.join(folder, 'a.wav'), { recursive: true });
    await symlink('a.wav', path.join(folder, 'a.wav'));
    await expect(data.describe(folder, 'Acoustic')).rejects.toThrow(/Check .*a\.wav: it cannot be read \(ELOOP\)/);
  });

  it('takes WAV files whatever the case of their ending', async () => {
    await put({ 'A.WAV': wav, 'trans.txt': 'A.WAV\tone' });
    expect(await data.utterances(folder)).toHaveLength(1);
  });
});
