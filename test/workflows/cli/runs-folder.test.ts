import { chownSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRunId, newRunId, stateFolder, statePlace } from '../../../workflows/cli/runs-folder.ts';
import type { Io } from '../../../workflows/cli/session.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-place-')));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

async function folder(...names: readonly string[]): Promise<string> {
  const made = path.join(root, ...names);
  await mkdir(made, { recursive: true });
  return made;
}

function placeFrom(cwd: string, env: Readonly<Record<string, string>> = {}): string {
  return path.relative(root, statePlace({ cwd, env }));
}

describe('the folder of runs', () => {
  it('is made in the current folder where there is no repository, and found there from folders below', async () => {
    const below = await folder('project', 'pipelines');
    expect(placeFrom(path.dirname(below))).toBe('project/.speechops');
    await folder('project', '.speechops');
    expect(placeFrom(below)).toBe('project/.speechops');
  });

  it('is made in the root of the repository, and one that is nearer counts', async () => {
    await folder('project', '.git');
    const below = await folder('project', 'pipelines', 'ward');
    expect(placeFrom(below)).toBe('project/.speechops');
    await folder('project', 'pipelines', '.speechops');
    expect(placeFrom(below)).toBe('project/pipelines/.speechops');
  });

  it('is not looked for outside of the repository', async () => {
    await folder('.speechops');
    await folder('project', '.git');
    expect(placeFrom(await folder('project', 'pipelines'))).toBe('project/.speechops');
  });

  it('is in the folder that SPEECHOPS_HOME names', async () => {
    const cwd = await folder('project');
    await folder('project', '.speechops');
    expect(placeFrom(cwd, { SPEECHOPS_HOME: '../elsewhere' })).toBe('elsewhere/.speechops');
    expect(placeFrom(cwd, { SPEECHOPS_HOME: ' ' })).toBe('project/.speechops');
    const io = { cwd, env: { SPEECHOPS_HOME: '../elsewhere' } } as unknown as Io;
    expect(() => stateFolder(io)).toThrow(/^Make the folder \S+elsewhere, or correct SPEECHOPS_HOME: it is not there$/);
  });

  // Root alone can give a folder to another user.
  it.skipIf(process.getuid?.() !== 0)('is not the one of another user around the current folder', async () => {
    const below = await folder('shared', 'own');
    chownSync(await folder('shared', '.speechops'), 65_534, 65_534);
    expect(placeFrom(below)).toBe('shared/own/.speechops');
    await folder('shared', '.git');
    chownSync(path.join(root, 'shared'), 65_534, 65_534);
    expect(placeFrom(below)).toBe('shared/own/.speechops');
  });
});

describe('the id of a new run', () => {
  it.each([
    ['Zahnärzte-Praxis', 'Zahnarzte-Praxis'],
    ['Straße & Co.', 'Strasse-Co.'],
    ['呼叫', ''],
  ])('has the letters of the pipeline without their marks: %s', (pipeline, name) => {
    expect(newRunId(pipeline)).toMatch(new RegExp(`^${name}-?\\d{8}-\\d{6}-[0-9a-f]{4}$`));
    expect(() => checkRunId(newRunId(pipeline))).not.toThrow();
  });

  it('may not be the name of the newest one', () => {
    expect(() => checkRunId('last')).toThrow('Choose another run id: last is the name of the newest run');
  });
});
