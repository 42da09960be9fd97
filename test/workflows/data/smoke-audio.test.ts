import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWav } from '../../emulator/recognition/make-wav.ts';
import { assertSmokeAudio, faultsOfSmokeAudio } from '../../../workflows/data/smoke-audio.ts';

const good = makeWav(new Int16Array(8000));
const long = makeWav(new Int16Array(8000 * 193));

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-smoke-')));
});
afterEach(async () => await rm(folder, { recursive: true }));

async function put(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
}

describe('smoke audio', () => {
  it.each<[string, Readonly<Record<string, string | Buffer>>, readonly string[]]>([
    ['is good', { 'a.wav': good, 'b.WAV': good, 'trans.txt': '\uFEFFa.wav\tone\r\nb.WAV\ttwo\r\n' }, []],
    ['may have other files', { 'a.wav': good, 'trans.tsv': 'a.wav\tone', 'README.md': 'x' }, []],
    ['needs WAV files', { 'trans.txt': 'a.mp3\tone' }, ['it has no WAV files (folders in it are not read)']],
    ['needs a transcript', { 'a.wav': good }, [expect.stringContaining('it has no trans.txt, with a line for each')]],
    [
      'has one transcript',
      { 'a.wav': good, 'a.txt': '', 'b.txt': '' },
      ['it has several transcripts, a.txt, b.txt, and one is read'],
    ],
    [
      'is told with the name of each file',
      { 'a.wav': long, 'b.wav': 'ID3', 'c.wav': good, 'trans.txt': 'a.wav\tone\nb.wav\ttwo\n\nd.wav\tfour' },
      [
        'trans.txt:4 names d.wav, which is not there',
        'c.wav has no line in trans.txt',
        'a.wav has 193 s, and at most 60 s are recognised at once',
        'b.wav is no WAV file',
      ],
    ],
    [
      'says once what is said in each file',
      { 'a.wav': good, 'b.wav': good, 'trans.txt': 'a.wav\tone\nb.wav\t\na.wav\ttwo' },
      ['trans.txt:2 does not say what is said in b.wav', 'trans.txt:3 names a.wav again, after line 1'],
    ],
    [
      'says a word in one line at least',
      { 'a.wav': good, 'b.wav': good, 'trans.txt': 'a.wav\t...\nb.wav\t–' },
      ['trans.txt has no word in any line, so that nothing is compared with what is recognised'],
    ],
    [
      'may have lines without a word, and words of any script',
      { 'a.wav': good, 'b.wav': good, 'trans.txt': 'a.wav\t...\nb.wav\t電話' },
      [],
    ],
    [
      'has a transcript in UTF-8',
      { 'a.wav': good, 'trans.txt': Buffer.from('a.wav\tone\na.wav\tschön', 'latin1') },
      ['trans.txt is no UTF-8 in line 2: save it as UTF-8'],
    ],
    [
      'has no transcript in UTF-16',
      { 'a.wav': good, 'trans.txt': Buffer.from('\uFEFFa.wav\tone', 'utf16le') },
      ['trans.txt is UTF-16: save it as UTF-8'],
    ],
    [
      'has lines with a tab',
      { 'a.wav': good, 'trans.txt': 'a.wav one' },
      ['Write `file.wav<TAB>text` in trans.txt:1: the line has no tab after a file name'],
    ],
  ])('%s', async (_, files, faults) => {
    await put(files);
    expect(faultsOfSmokeAudio(folder, { roots: [folder] })).toEqual(faults);
  });

  it('is refused with the first of many faults', async () => {
    const names = Array.from({ length: 30 }, (__, index) => `${index + 10}.wav`);
    await put(Object.fromEntries(names.map((name) => [name, 'x'])));
    await put({ 'trans.txt': names.map((name) => `${name}\tone\n`).join('') });
    const listed = names.slice(0, 20).map((name) => `${name} is no WAV file`);
    const message = `Correct the smoke audio in ${folder}: ${listed.join('; ')}; and 10 more`;
    expect(() => assertSmokeAudio(folder, { roots: [folder] })).toThrow(
      expect.objectContaining({ name: 'DataError', message }),
    );
  });

  it('is read from files in the repository alone, and no other is opened', async () => {
    const root = path.join(folder, 'repository');
    const smoke = path.join(root, 'smoke');
    await mkdir(path.join(smoke, 'folder.wav'), { recursive: true });
    await mkdir(path.join(root, '.git'));
    await put({ 'elsewhere.wav': good, 'repository/.git/x.wav': good, 'repository/good.wav': good });
    await put({ 'repository/smoke/a\tb.wav': good });
    execFileSync('mkfifo', [path.join(smoke, 'pipe.wav')]);
    await symlink('../good.wav', path.join(smoke, 'link.wav'));
    await symlink('../../elsewhere.wav', path.join(smoke, 'out.wav'));
    await symlink('../.git/x.wav', path.join(smoke, 'private.wav'));
    await symlink('nothing', path.join(smoke, 'broken.wav'));
    await symlink('loop.wav', path.join(smoke, 'loop.wav'));
    execFileSync('mkfifo', [path.join(smoke, 'trans.txt')]);
    const elsewhere = `leads out of ${root} or into .git or .speechops, and no data is read there`;
    expect(faultsOfSmokeAudio(smoke, { roots: [root] })).toEqual([
      'trans.txt is no file',
      'a\tb.wav has a backslash or a control character in its name',
      'broken.wav is a link to nothing',
      'folder.wav is no file',
      'loop.wav cannot be read (ELOOP)',
      `out.wav ${elsewhere}`,
      'pipe.wav is no file',
      `private.wav ${elsewhere}`,
    ]);
    expect(faultsOfSmokeAudio(folder, { roots: [root] })).toEqual([elsewhere]);
  });

  it('has no transcript that would fill the memory', async () => {
    await put({ 'a.wav': good, 'trans.txt': 'a.wav\tone' });
    await truncate(path.join(folder, 'trans.txt'), 2 * 1024 ** 3);
    expect(faultsOfSmokeAudio(folder, { roots: [folder] })).toEqual([
      'trans.txt has 2,147,483,648 bytes, and at most 16,777,216 are read',
    ]);
  });
});
