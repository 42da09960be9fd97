import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changesSince, openBase } from '../../../workflows/cli/pipelines/changes-since.ts';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-base-')));
  git('init', '--quiet', '--initial-branch=main');
  await mkdir(path.join(folder, 'data/test'), { recursive: true });
  await mkdir(path.join(folder, 'pipelines'));
  await write('.gitignore', 'ignored/\n');
  await write('data/text.txt', 'one\ntwo\n');
  await write('data/calls.zip', 'PK1');
  await write('data/test/trans.txt', 'a.wav\tgood morning\nb.wav\tgood night\n');
  await write('data/test/a.wav', 'RIFF1');
  await write('data/test/b.wav', 'RIFF2');
  commit('first');
  git('checkout', '--quiet', '-b', 'more-words');
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=Maria', '-c', 'user.email=maria@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

function commit(message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
}

async function write(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
}

async function changed(...names: readonly string[]): Promise<readonly unknown[]> {
  const base = await openBase('main', { folder: path.join(folder, 'pipelines') });
  const keys = names.map((name) => `Language:../data/${name}`);
  const changes = await changesSince(base, keys, { folder: path.join(folder, 'pipelines') });
  return keys.map((key) => changes.get(key));
}

describe('how data differ from a revision', () => {
  it('is what this branch has done to them, committed or not, and not what has come to the other one since', async () => {
    const since = `main (${git('rev-parse', 'HEAD').slice(0, 12)})`;
    await write('data/text.txt', 'one\nthree\n');
    await write('data/test/trans.txt', 'a.wav\tgood evening\nc.wav\thello\n');
    commit('words');
    await write('data/test/c.wav', 'RIFF3');
    await rm(path.join(folder, 'data/test/b.wav'));
    git('stash', '--quiet', '--include-untracked');
    git('checkout', '--quiet', 'main');
    await write('data/text.txt', 'one\ntwo\nfrom others\n');
    commit('of others');
    git('checkout', '--quiet', 'more-words');
    git('stash', 'pop', '--quiet');
    expect(await changed('text.txt', 'test', 'calls.zip')).toMatchObject([
      { since, unit: 'lines', added: 1, removed: 1, examples: [{ text: 'two' }, { text: 'three' }] },
      { since, unit: 'recordings', added: 1, removed: 1, changed: 1 },
      { since, unit: 'files', added: 0, removed: 0, changed: 0 },
    ]);
  });

  it('tells a new file and a new folder, a zip as a whole, and nothing of what the repository does not have', async () => {
    await write('data/new.txt', 'four\n');
    await write('data/more/trans.txt', 'x.wav\thello\n');
    await write('data/more/x.wav', 'RIFF4');
    await write('data/calls.zip', 'PK2');
    await write('data/ignored/text.txt', 'five\n');
    expect(await changed('new.txt', 'more', 'calls.zip', 'ignored/text.txt', '../../elsewhere.txt')).toMatchObject([
      { unit: 'lines', added: 1, examples: [{ change: 'added', text: 'four' }] },
      { unit: 'recordings', added: 1, removed: 0, examples: [{ change: 'added', text: 'x.wav: hello' }] },
      { unit: 'files', changed: 1, examples: [{ change: 'changed', text: 'calls.zip' }] },
      undefined,
      undefined,
    ]);
  });

  it('reads UTF-16 with its mark, and holds what is no text against the base as a file', async () => {
    const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
    git('checkout', '--quiet', 'main');
    await write('data/wide.txt', utf16('one\ntwo\n'));
    await write('data/bytes.txt', Buffer.from([0x61, 0xff, 0x0a]));
    await write('data/wide/trans.txt', utf16('a.wav\tgood morning\n'));
    await write('data/wide/a.wav', 'RIFF1');
    await write('data/broken/trans.txt', Buffer.from([0x61, 0xff, 0x0a]));
    commit('encodings');
    git('checkout', '--quiet', '-b', 'encoded');
    await write('data/wide.txt', utf16('one\nthree\n').swap16());
    await write('data/bytes.txt', 'one\n');
    await write('data/text.txt', Buffer.from('one\ntwo\n', 'utf16le'));
    await write('data/wide/trans.txt', utf16('a.wav\tgood evening\n'));
    await write('data/broken/trans.txt', 'a.wav\tgood evening\n');
    expect(await changed('wide.txt', 'bytes.txt', 'text.txt', 'wide', 'broken')).toMatchObject([
      { unit: 'lines', added: 1, removed: 1, examples: [{ text: 'two' }, { text: 'three' }] },
      { unit: 'files', changed: 1, examples: [{ text: 'bytes.txt' }] },
      { unit: 'files', changed: 1, examples: [{ text: 'text.txt' }] },
      { unit: 'recordings', changed: 1, examples: [{ text: 'a.wav: good evening' }] },
      { unit: 'files', changed: 1, examples: [{ text: 'trans.txt' }] },
    ]);
  });

  it('says nothing of data behind a link, or in a repository within this one', async () => {
    const parts = ['linked.txt', 'linked/trans.txt', 'linked', 'with-link', 'sub/text.txt', 'sub', 'nested/text.txt'];
    git('checkout', '--quiet', 'main');
    await symlink('text.txt', path.join(folder, 'data/linked.txt'));
    await symlink('test', path.join(folder, 'data/linked'));
    await write('data/with-link/trans.txt', 'a.wav\tgood morning\n');
    await symlink('../test/a.wav', path.join(folder, 'data/with-link/a.wav'));
    for (const name of ['sub', 'nested']) {
      await write(`data/${name}/text.txt`, 'one\n');
      git('-C', `data/${name}`, 'init', '--quiet');
      git('-C', `data/${name}`, 'add', '--all');
      git('-C', `data/${name}`, 'commit', '--quiet', '--message', 'first');
    }
    await write('.gitignore', 'ignored/\ndata/nested/\n');
    git('-c', 'advice.addEmbeddedRepo=false', 'add', '--all');
    commit('links');
    await write('.gitignore', 'ignored/\n');
    git('checkout', '--quiet', '-b', 'linked');
    await write('data/text.txt', 'one\nthree\n');
    await write('data/test/trans.txt', 'a.wav\tgood evening\n');
    await write('data/sub/text.txt', 'two\n');
    expect(await changed(...parts)).toEqual(parts.map(() => undefined));
    expect(await changed('text.txt')).toMatchObject([{ added: 1, removed: 1 }]);
    await rm(path.join(folder, 'data/text.txt'));
    await symlink('bytes.txt', path.join(folder, 'data/text.txt'));
    await rm(path.join(folder, 'data/linked.txt'));
    await write('data/linked.txt', 'one\n');
    expect(await changed('text.txt', 'linked.txt')).toEqual([undefined, undefined]);
  });

  it('says what to do without a repository or such a revision, and takes no name for an option', async () => {
    for (const name of ['nowhere', '--output=x', ''])
      await expect(openBase(name, { folder })).rejects.toThrow(/^Give --base a revision that is there, and fetch it/);
    const outside = await mkdtemp(path.join(tmpdir(), 'speechops-none-'));
    await expect(openBase('main', { folder: outside })).rejects.toThrow('is in no Git repository');
    await rm(outside, { recursive: true });
  });

  it('is told of several places together, and of what a pattern finds and has found', async () => {
    await write('data/more/trans.txt', 'c.wav\thello\n');
    await write('data/more/c.wav', 'RIFF3');
    await write('data/test/trans.txt', 'a.wav\tgood morning\n');
    await rm(path.join(folder, 'data/test/b.wav'));
    await write('data/other.txt', 'three\n');
    await rm(path.join(folder, 'data/text.txt'));
    const base = await openBase('main', { folder });
    const changesOf = async (...places: string[]): Promise<unknown> =>
      await base.changesOf(places.map((place) => path.join(folder, place)));
    const recordings = { unit: 'recordings', added: 1, removed: 1, changed: 0 };
    expect(await changesOf('data/test', 'data/more')).toMatchObject(recordings);
    expect(await changesOf('data/{test,more}')).toMatchObject(recordings);
    expect(await changesOf('data/*.txt')).toMatchObject({ unit: 'lines', added: 1, removed: 2 });
    expect(await changesOf('data/te*')).toMatchObject({ unit: 'recordings', added: 0, removed: 1 });
  });
});
