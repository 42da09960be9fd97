import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createReleaseFiles, releaseTextOf } from '../../../workflows/data/release-files.ts';

async function open(): Promise<{ root: string; outside: string; files: ReturnType<typeof createReleaseFiles> }> {
  const place = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-releases-')));
  onTestFinished(async () => await rm(place, { recursive: true, force: true }));
  const [root, outside] = [path.join(place, 'repository'), path.join(place, 'outside')];
  await mkdir(root);
  await mkdir(outside);
  return { root, outside, files: createReleaseFiles({ roots: [root] }) };
}

describe('release files', () => {
  it('are written as a whole, into a folder that is made for them, and read', async () => {
    const { root, files } = await open();
    const file = path.join(root, 'releases/en/calls.yaml');
    expect(await files.read(file)).toBeUndefined();
    expect(await readdir(root)).toEqual([]);
    await files.write(file, 'one');
    const left = `${file}.1.part`;
    await writeFile(left, 'what a process left that was killed');
    await utimes(left, new Date(0), new Date(0));
    await files.write(file, 'two');
    expect(await files.read(file)).toBe('two');
    expect(await readdir(path.dirname(file))).toEqual(['calls.yaml']);
  });

  it('are written by several at once, each as a whole', async () => {
    const { root, files } = await open();
    const file = path.join(root, 'releases/calls.yaml');
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
    await Promise.all(texts.map(async (text) => await files.write(file, text)));
    expect(texts).toContain(await files.read(file));
    expect(await readdir(path.dirname(file))).toEqual(['calls.yaml']);
  });

  it('are read all together, those of a folder that is there', async () => {
    const { root, outside, files } = await open();
    const folder = path.join(root, 'releases');
    expect(await files.readAll?.(folder)).toBeUndefined();
    await files.write(path.join(folder, 'calls.yaml'), 'one');
    await files.write(path.join(folder, 'wards.yaml'), 'two');
    await files.write(path.join(folder, 'west/en-US/calls.yaml'), 'three');
    await writeFile(path.join(folder, 'README.md'), 'no release');
    expect(await files.readAll?.(folder)).toEqual({
      'calls.yaml': 'one',
      'wards.yaml': 'two',
      'west/en-US/calls.yaml': 'three',
    });
    // What it does not look at might name what is to stay.
    await expect(files.readAll?.(outside)).rejects.toThrow('Let `release` name a folder in');
    await symlink(path.join(outside, 'a.yaml'), path.join(folder, 'link.yaml'));
    await writeFile(path.join(outside, 'a.yaml'), 'three');
    await expect(files.readAll?.(folder)).rejects.toThrow('link.yaml away');
  });

  it.each<[string, (at: { root: string; outside: string }) => Promise<string>, string]>([
    ['elsewhere', async ({ outside }) => path.join(outside, 'a.yaml'), 'Let `release` name a folder in'],
    [
      'behind a link that leads elsewhere',
      async ({ root, outside }) => {
        await symlink(outside, path.join(root, 'link'));
        return path.join(root, 'link/new/a.yaml');
      },
      'Let `release` name a folder in',
    ],
    ['in .git', async ({ root }) => path.join(root, '.git/a.yaml'), 'none of .git and .speechops'],
    [
      'in a file',
      async ({ root }) => {
        await writeFile(path.join(root, 'releases'), '');
        return path.join(root, 'releases/a.yaml');
      },
      'is a file',
    ],
    [
      'where there is a folder',
      async ({ root }) => {
        await mkdir(path.join(root, 'a.yaml'));
        return path.join(root, 'a.yaml');
      },
      'a.yaml away: it is no file',
    ],
    [
      'below a link in a circle',
      async ({ root }) => {
        await symlink('circle', path.join(root, 'circle'));
        return path.join(root, 'circle/a.yaml');
      },
      'the system says ELOOP',
    ],
  ])('are refused %s, before and when they are written', async (_, fileIn, message) => {
    const { root, outside, files } = await open();
    const file = await fileIn({ root, outside });
    await expect(files.read(file)).rejects.toThrow(message);
    await expect(files.write(file, 'text')).rejects.toThrow(/Let `release` name a folder|the system says/);
    expect(await readdir(outside)).toEqual([]);
  });

  it.each<[string, (place: { file: string; root: string; outside: string }) => Promise<unknown>, string]>([
    [
      'a link out of the roots',
      async ({ file, outside }) => {
        await writeFile(path.join(outside, 'secret.yaml'), 'secret');
        await symlink(path.join(outside, 'secret.yaml'), file);
      },
      'it is a link to ',
    ],
    ['a link to a device', async ({ file }) => await symlink('/dev/zero', file), 'it is a link to /dev/zero'],
    ['a pipe', async ({ file }) => execFileSync('mkfifo', [file]), 'it is no file'],
    ['a folder', async ({ file }) => await mkdir(file), 'it is no file'],
    [
      'too long',
      async ({ file }) => await writeFile(file, 'a'.repeat(1_000_001)),
      'it is no release file, it is too long',
    ],
    ['a link to itself', async ({ file }) => await symlink(file, file), 'it cannot be read (ELOOP)'],
  ])('are not read where there is %s, which the rules about pipelines are told too', async (_, make, fault) => {
    const { root, outside, files } = await open();
    const file = path.join(root, 'a.yaml');
    await make({ file, root, outside });
    await expect(files.read(file)).rejects.toThrow(`Move ${file} away: ${fault}`);
    expect(releaseTextOf(file, { roots: [root] })).toEqual({ fault: expect.stringContaining(fault) });
    await rm(file, { recursive: true });
    await writeFile(path.join(root, 'b.yaml'), 'text');
    await symlink(path.join(root, 'b.yaml'), file);
    expect([await files.read(file), releaseTextOf(file, { roots: [root] })]).toEqual(['text', 'text']);
  });

  it('are refused without a checkout, which a worker may lack', async () => {
    const { root } = await open();
    const gone = path.join(root, 'gone');
    await expect(createReleaseFiles({ roots: [gone] }).read(path.join(gone, 'releases/a.yaml'))).rejects.toThrow(
      /^Give \S+ a checkout of the repository at the same path, or leave `release` out: there is no /,
    );
  });

  it('know the commit that is checked out, where there is one', async () => {
    const { root, files } = await open();
    expect(await files.commitOf(root)).toBeUndefined();
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, encoding: 'utf8' });
    git('init', '-q');
    expect(await files.commitOf(root)).toBeUndefined();
    await writeFile(path.join(root, 'a'), await readFile(import.meta.filename));
    git('add', 'a');
    git('commit', '-qm', 'a');
    expect(await files.commitOf(root)).toBe(git('rev-parse', 'HEAD').trim());
    expect(await files.commitOf(path.join(root, 'gone'))).toBeUndefined();
  });
});
