import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { replaceAlone } from '../../../../../workflows/cli/pipelines/locks/replace-alone.ts';

async function scratch(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-replace-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const file = path.join(folder, 'a.lock');
  await writeFile(file, 'before');
  return { folder, file };
}

it('replaces a file as a whole, or leaves it', async () => {
  const { folder, file } = await scratch();
  await replaceAlone(file, async () => undefined);
  expect(await readFile(file, 'utf8')).toBe('before');
  await replaceAlone(file, async () => 'after');
  expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['after', ['a.lock']]);
});

it('puts nothing of another command in its place when that has taken over, and leaves its file to it', async () => {
  const { folder, file } = await scratch();
  const late = replaceAlone(file, async () => {
    await rm(`${file}.part`);
    await writeFile(`${file}.part`, 'half of');
    return 'late';
  });
  await expect(late).rejects.toThrow('Try again: another command is writing');
  expect(await readFile(file, 'utf8')).toBe('before');
  expect(await readFile(`${file}.part`, 'utf8')).toBe('half of');
  expect((await readdir(folder)).toSorted()).toEqual(['a.lock', 'a.lock.part']);
});

it('does not overwrite the file with nothing when the new text cannot be made', async () => {
  const { folder, file } = await scratch();
  await expect(replaceAlone(file, async () => await Promise.reject(new Error('No')))).rejects.toThrow('No');
  expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['before', ['a.lock']]);
});
