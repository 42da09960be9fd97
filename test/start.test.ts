import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, timeless } from './page-blocks.ts';
import type { RunRecord } from '../workflows/engine/run-record.ts';

const root = path.join(import.meta.dirname, '..');
let folder: string;

/** An empty state: the repository's examples, and no `.speechops` folder yet. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-start-'));
  await symlink(path.join(root, 'examples'), path.join(folder, 'examples'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Runs a script of package.json as a process, and answers what a person sees and the newest record of the example. */
async function script(name: 'start' | 'reset'): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [path.join(root, 'scripts', `${name}.ts`)], {
    cwd: folder,
  });
  return stderr + stdout;
}

async function newestRecord(): Promise<RunRecord> {
  const runs = path.join(folder, '.speechops', 'runs');
  const names = (await readdir(runs)).filter((name) => name.startsWith('call-center-en-us')).toSorted();
  const records = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(path.join(runs, name, 'run.json'), 'utf8')) as RunRecord),
  );
  const [newest] = records.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  if (newest === undefined) throw new Error('npm start left no record');
  return newest;
}

describe('npm start', () => {
  it('shows the main job from an empty state: a bad word error rate, a retrained model, a swap with its probes', async () => {
    const seen = await script('start');
    const { baseline, candidate, 'go-live': swap } = (await newestRecord()).steps;
    expect(baseline?.outputs['wer']).toBeGreaterThan(0.15);
    expect(candidate?.outputs['wer']).toBeLessThan(0.15);
    expect(swap?.outputs).toMatchObject({
      probeFailures: 0,
      rolledBack: false,
      previousModel: expect.stringContaining('/models/base/'),
    });
    // Smoke audio was recognised before, after and also while the model changed.
    expect(swap?.outputs['probes']).toBeGreaterThan(10);
    expect(seen).toMatch(/retrain +started because \d+\.\d % > 15\.0 %/);
    expect(seen).toMatch(/Next[^]*npm run portal/);
    const readme = blocksOf(await readFile(path.join(root, 'README.md'), 'utf8'));
    const shown = readme.find(({ language, section }) => section === 'See it work' && language === 'text');
    expect(timeless(seen)).toContain(timeless(shown?.text ?? 'a screen'));
  }, 300_000);

  it('reuses everything when it runs again', async () => {
    await script('start');
    const { steps } = await newestRecord();
    expect(Object.values(steps).map(({ status }) => status)).toEqual([
      'reused',
      'reused',
      'reused',
      'skipped',
      'skipped',
      'skipped',
    ]);
  }, 300_000);

  it('starts over after npm run reset', async () => {
    expect(await script('reset')).toContain('.speechops');
    expect(await readdir(folder)).toEqual(['examples']);
  });
});
