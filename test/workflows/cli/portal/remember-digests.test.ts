import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rememberDigests } from '../../../../workflows/cli/portal/remember-digests.ts';
import { createLocalData } from '../../../../workflows/data/local-data.ts';

it('digests data once, and again when they are written', async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-data-')));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const local = createLocalData({ roots: [root] });
  let digested = 0;
  const data = rememberDigests({
    ...local,
    async describe(source, kind) {
      digested += 1;
      return await local.describe(source, kind);
    },
  });
  const file = path.join(root, 'text.txt');
  await expect(data.describe(file, 'Language')).rejects.toThrow('there is no such file');
  await writeFile(file, 'one line\n');
  const [first, second] = await Promise.all([data.describe(file, 'Language'), data.describe(file, 'Language')]);
  expect(second).toEqual(first);
  expect(await data.describe(file, 'Language')).toEqual(first);
  expect(digested).toBe(2);
  await writeFile(file, 'two line\n');
  await utimes(file, new Date(), new Date(Date.now() + 10_000));
  expect((await data.describe(file, 'Language')).digest).not.toBe(first.digest);
  expect(digested).toBe(3);
});

it('digests a folder again when a file in a folder of it is written', async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-data-')));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const nested = path.join(root, 'calls', 'monday');
  await mkdir(nested, { recursive: true });
  const file = path.join(nested, 'one.wav');
  await writeFile(file, 'before');
  let digested = 0;
  const data = rememberDigests({
    ...createLocalData({ roots: [root] }),
    async describe() {
      digested += 1;
      return { digest: String(digested), files: 1, bytes: 6 };
    },
  });
  const digest = async (): Promise<string> => (await data.describe(path.join(root, 'calls'), 'Acoustic')).digest;
  expect([await digest(), await digest()]).toEqual(['1', '1']);
  await writeFile(file, 'behind');
  await utimes(file, new Date(), new Date(Date.now() + 10_000));
  expect(await digest()).toBe('2');
});
