import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSetSize } from '../../../workflows/data/test-set-size.ts';

let root: string;
beforeAll(async () => {
  root = realpathSync(await mkdtemp(path.join(tmpdir(), 'speechops-size-')));
});
afterAll(async () => await rm(root, { recursive: true, force: true }));

async function sizeOf(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<unknown> {
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(folder, file), content);
  return testSetSize([folder], { cwd: '/', roots: [root] });
}

describe('the size of a test set', () => {
  it('is the words of its transcript and its recordings, each once', async () => {
    const transcript = '\u{FEFF}a.wav\tone  two\r\nb.wav\tthree\na.wav\tone two three\n\n';
    expect(await sizeOf('calls', { 'trans.txt': transcript })).toEqual({ words: 4, utterances: 2 });
  });

  it('is that of several folders, and of those that a pattern finds, together', async () => {
    await sizeOf('parts/one', { 'trans.txt': 'a.wav\tone two\n', 'a.wav': 'x' });
    await sizeOf('parts/two', { 'trans.txt': 'b.wav\tthree\n', 'b.wav': 'x' });
    const size = { words: 3, utterances: 2 };
    expect(testSetSize(['parts/one', 'parts/two'], { cwd: root, roots: [root] })).toEqual(size);
    expect(testSetSize(['parts/*'], { cwd: root, roots: [root] })).toEqual(size);
  });

  it('is told by speaker, where the names tell more than one', async () => {
    const transcript = 'ada-1.wav\tone two\nbob_1.wav\tthree\nada-2.wav\tfour\n';
    const speakers = [
      { words: 3, utterances: 2 },
      { words: 1, utterances: 1 },
    ];
    expect(await sizeOf('speakers', { 'trans.txt': transcript })).toEqual({ words: 4, utterances: 3, speakers });
    const one = 'call-1.wav\tone two\ncall-2.wav\tthree\n';
    expect(await sizeOf('one-speaker', { 'trans.txt': one })).toEqual({ words: 3, utterances: 2 });
  });

  it.each<[string, Readonly<Record<string, string | Uint8Array>>]>([
    ['no transcript', { 'a.wav': 'x' }],
    ['several', { 'a.txt': 'a.wav\tone\n', 'b.txt': 'a.wav\tone\n' }],
    ['a line without a tab', { 'trans.txt': 'a.wav one\n' }],
    ['no word', { 'trans.txt': 'a.wav\t\n' }],
    ['another encoding', { 'trans.txt': Uint8Array.of(0xff, 0xfe, 0x61, 0x00) }],
    ['writing without spaces', { 'trans.txt': 'a.wav\t今日はとても良い天気ですね\n' }],
  ])('is not known where there is %s', async (name, files) => {
    expect(await sizeOf(name.replaceAll(' ', '-'), files)).toBeUndefined();
  });

  it('is not read out of places that a pipeline may not read', async () => {
    const outside = await mkdtemp(path.join(tmpdir(), 'speechops-outside-'));
    await writeFile(path.join(outside, 'trans.txt'), 'a.wav\tone two\n');
    await symlink(outside, path.join(root, 'link'));
    expect(testSetSize(['link'], { cwd: root, roots: [root] })).toBeUndefined();
    expect(testSetSize(['nothing'], { cwd: root, roots: [root] })).toBeUndefined();
    await rm(outside, { recursive: true });
  });
});
