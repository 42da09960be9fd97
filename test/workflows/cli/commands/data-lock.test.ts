import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../../emulator/start-emulator.ts';
import type { LockDocument } from '../../../../schemas/types.gen.ts';
import { lockText, parseLock } from '../../../../workflows/cli/pipelines/locks/datasets-lock.ts';
import { lockedBefore } from '../../../../workflows/cli/pipelines/locks/locked-before.ts';
import { writeSet } from '../../../data-sets/make-set.ts';
import { callMain, type Called } from '../call-main.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 1000 });
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-lock-'));
  git('init', '--quiet', '--initial-branch=main');
  await writeFile(path.join(folder, '.gitignore'), '.speechops/\n');
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=Maria', '-c', 'user.email=maria@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: folder });
}

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(args, { cwd: folder, env });
}

async function readLock(): Promise<LockDocument> {
  const document = parseLock(await readFile(path.join(folder, 'datasets.lock.yaml'), 'utf8'));
  if ('fault' in document) throw new Error(document.fault);
  return document;
}

const pipeline = `name: calls
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: [text.txt, more.txt], check: warn } }
  - { id: calls, uses: upload, with: { kind: Acoustic, from: "data/*", check: warn } }
  - { id: model, uses: train, with: { datasets: ["\${{ steps.calls.outputs.dataset }}"] } }
`;

describe('speechops data lock', () => {
  it('keeps which datasets have the data, tells what is out of date, and has what was before found', async () => {
    await writeSet(folder, {
      'data/one/a.wav': { wav: { seconds: 36 } },
      'data/one/trans.txt': 'a.wav\tgood morning to all of you\n',
      'data/one/data.yaml': 'version: 1\nspeakers: { ben: [a.wav] }\n',
      'data/two/b.wav': { wav: { seconds: 36 } },
      'data/two/c.wav': { wav: { seconds: 35 } },
      'data/two/trans.txt': 'b.wav\tgood night to all of you\nc.wav\tgood evening to all of you\n',
      'text.txt': 'one line\n',
      'more.txt': 'another line\n',
    });
    await writeFile(path.join(folder, 'calls.yaml'), pipeline);
    const before = await call('data', 'lock', 'calls.yaml');
    expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining('2 uploads, written') });
    expect((await readLock()).data).toMatchObject([
      { step: 'calls', resources: [] },
      { step: 'text', resources: [] },
    ]);
    expect((await call('run', 'calls.yaml')).code).toBe(0);
    expect((await readLock()).data.map(({ resources }) => resources)).toEqual([[], []]);
    const stale = await call('data', 'lock', 'calls.yaml', '--check');
    expect([stale.code, stale.stdout]).toEqual([1, expect.stringContaining('would change')]);
    expect((await call('data', 'lock', 'calls.yaml')).stdout).toContain(`${emulator.url} has `);
    const { data } = await readLock();
    expect(data).toMatchObject([
      {
        pipeline: 'calls',
        step: 'calls',
        from: 'data/*',
        kind: 'Acoustic',
        locale: 'en-US',
        resources: [{ resource: emulator.url, datasets: [{ lines: 3, hours: expect.closeTo(107 / 3600, 3) }] }],
      },
      { step: 'text', from: ['text.txt', 'more.txt'], resources: [{ datasets: [{ lines: 2 }] }] },
    ]);
    const text = await readFile(path.join(folder, 'datasets.lock.yaml'), 'utf8');
    expect((await call('data', 'lock', 'calls.yaml')).stdout).toContain('as it was');
    expect(await readFile(path.join(folder, 'datasets.lock.yaml'), 'utf8')).toBe(text);
    expect((await call('plan', 'calls.yaml')).stderr).not.toContain('out of date');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'data');

    await writeFile(path.join(folder, 'data/two/trans.txt'), 'b.wav\tgood night to all\nc.wav\tgood evening to all\n');
    const planned = await call('plan', 'calls.yaml');
    expect(planned.stderr).toContain('note: datasets.lock.yaml is out of date: the data of calls have changed');
    await rm(path.join(folder, 'datasets.lock.yaml'));
    const forgotten = await call('data', 'forget', 'ben', 'data/one', '--locale', 'en-US', '--online', '--out', 'left');
    expect(forgotten.stderr).toContain('Delete data/one as a whole');
    await writeSet(folder, { 'data/one/d.wav': { wav: { seconds: 3 } } });
    await writeFile(path.join(folder, 'data/one/trans.txt'), 'a.wav\tgood morning to all of you\nd.wav\thello\n');
    const found = await call('data', 'forget', 'ben', 'data/one', '--locale', 'en-US', '--online', '--out', 'left');
    expect(found.stdout).toContain(`dataset calls ${data[0]?.resources[0]?.datasets[0]?.id} has what is forgotten`);
    expect(found.stdout).toContain('model model ');
    expect(found.stdout).not.toContain('dataset text');
    expect(existsSync(path.join(folder, 'datasets.lock.yaml'))).toBe(false);
  });

  it('needs the secret variables that tell where data are, and no others', async () => {
    const text = (step: string): string =>
      `name: secrets\nlocale: en-US\nenv: { HIDDEN: { secret: true } }\nsteps:\n  - ${step}\n`;
    const lock = async (step: string): Promise<readonly [number, string]> => {
      await writeFile(path.join(folder, 'secrets.yaml'), text(step));
      const { code, stderr } = await call('data', 'lock', 'secrets.yaml', '--check');
      return [code, stderr];
    };
    const tell = '{ id: tell, uses: notify, with: { message: Done, teams: "${{ env.HIDDEN }}" } }';
    expect(await lock(tell)).toEqual([0, expect.not.stringContaining('error:')]);
    const far = '{ id: far, uses: upload, with: { kind: Language, from: "${{ env.HIDDEN }}" } }';
    expect(await lock(far)).toEqual([1, expect.stringContaining('error: Set the secret variable HIDDEN where')]);
  });

  it('refuses a lock file with faults, and says what is wrong', async () => {
    await writeFile(path.join(folder, 'datasets.lock.yaml'), 'version: 1\ndata: [{ step: 3 }]\n');
    const { code, stderr } = await call('data', 'lock', 'calls.yaml');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Correct .*datasets\.lock\.yaml.*line 2/s)]);
    const planned = await call('plan', 'calls.yaml');
    expect([planned.code, planned.stderr]).toEqual([2, expect.stringMatching(/error: Correct .*line 2/s)]);
    expect(planned.stdout).toContain('calls');
    expect((await call('plan', 'calls.yaml', '--detailed-exitcode')).code).toBe(1);
    const args = ['data', 'forget', 'ben', 'data/one', '--locale', 'en-US', '--online', '--out', 'left-2'];
    const forgotten = await call(...args);
    expect([forgotten.code, forgotten.stderr]).toEqual([2, expect.stringMatching(/Correct .*datasets\.lock\.yaml/)]);
    expect(existsSync(path.join(folder, 'left-2'))).toBe(false);
    await rm(path.join(folder, 'datasets.lock.yaml'));
  });

  it('says that a version in quotes is text', () => {
    expect(parseLock('version: "1"\ndata: []\n')).toEqual({
      fault: 'line 1: Cannot use text for `version`: it takes `1` without quotes',
    });
    expect(parseLock('version: 2\ndata: []\n')).toEqual({
      fault: 'line 1: Cannot use `2` for `version`: only `1` is allowed',
    });
  });

  it('is never longer than what is read again', () => {
    const entry = { pipeline: 'calls', from: 'data', kind: 'Acoustic', locale: 'en-US', digest: '0'.repeat(64) };
    const documentOf = (uploads: number): LockDocument => ({
      version: 1,
      data: Array.from({ length: uploads }, (_, index) => ({ ...entry, step: `step-${index}`, resources: [] })),
    });
    expect(parseLock(lockText(documentOf(1000)))).toEqual(documentOf(1000));
    expect(() => lockText(documentOf(10_000))).toThrow(
      'Leave datasets.lock.yaml as it is, with 10000 uploads it could not be read again: it is longer than what is read of one; put the pipelines into several folders',
    );
  });

  it('says where a merge has left its marks', () => {
    const text = 'version: 1\ndata:\n<<<<<<< HEAD\n  - {}\n=======\n>>>>>>> other\n';
    expect(parseLock(text)).toEqual({ fault: expect.stringContaining('line 3: a merge has left its marks') });
  });

  it('loses nothing where several write at once, or one was killed', async () => {
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await writeFile(path.join(folder, `${name}.yaml`), pipeline.replace('calls', name));
    const unfinished = path.join(folder, 'datasets.lock.yaml.part');
    await writeFile(unfinished, 'version: 1\nda');
    await utimes(unfinished, new Date(0), new Date(0));
    await Promise.all(names.map(async (name) => await call('data', 'lock', `${name}.yaml`)));
    const { data } = await readLock();
    expect(new Set(data.map((entry) => entry.pipeline))).toEqual(new Set(names));
    expect(existsSync(unfinished)).toBe(false);
  });

  it('writes through a link, and has what it said found in folders of any name', async () => {
    await rm(path.join(folder, 'datasets.lock.yaml'));
    await mkdir(path.join(folder, 'Döner "1"'));
    await symlink('Döner "1"/datasets.lock.yaml', path.join(folder, 'datasets.lock.yaml'));
    await call('data', 'lock', 'one.yaml');
    expect((await lstat(path.join(folder, 'datasets.lock.yaml'))).isSymbolicLink()).toBe(true);
    await rm(path.join(folder, 'datasets.lock.yaml'));
    git('add', '--all');
    git('commit', '--quiet', '--message', 'locks');
    await rm(path.join(folder, 'Döner "1"'), { recursive: true });
    const found = await lockedBefore(folder);
    expect(found.some((one) => one.folder.endsWith('Döner "1"') && one.pipeline === 'one')).toBe(true);
  });
});
