import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findPipelines } from '../../../../workflows/cli/portal/find-pipelines.ts';

it('finds pipelines by what they say, and reads no device and no text without end for that', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-find-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const pipeline = 'name: calls\nlocale: en-US\nsteps: []\n';
  await writeFile(path.join(folder, 'calls.yaml'), pipeline);
  await writeFile(path.join(folder, 'workflow.yml'), `${pipeline}jobs: { a: {\n  runs-on: x } }\n`);
  await writeFile(path.join(folder, 'environment.yaml'), 'name: dev\n');
  await writeFile(path.join(folder, 'empty.yaml'), `${pipeline}${'\n'.repeat(300_000)}`);
  await symlink('/dev/zero', path.join(folder, 'endless.yaml'));
  const { pipelines, environments } = await findPipelines(folder);
  const names = (files: readonly string[]): readonly string[] => files.map((file) => path.basename(file));
  expect([names(pipelines), names(environments)]).toEqual([['calls.yaml', 'empty.yaml'], ['environment.yaml']]);
});

it('leaves out what stands below folders of tests, unless these are what is looked through', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-find-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const places = ['test/golden', 'tests', 'pipelines/fixtures', 'pipelines/tested'];
  for (const place of places) {
    await mkdir(path.join(folder, place), { recursive: true });
    await writeFile(path.join(folder, place, 'calls.yaml'), 'name: calls\nsteps: []\n');
  }
  const { pipelines } = await findPipelines(folder);
  expect(pipelines).toEqual([path.join(folder, 'pipelines/tested/calls.yaml')]);
  expect((await findPipelines(path.join(folder, 'tests'))).pipelines).toHaveLength(1);
});
