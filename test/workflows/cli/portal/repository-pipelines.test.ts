import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RepositoryPipelines } from '../../../../workflows/cli/portal/repository-pipelines.ts';
import type { Io } from '../../../../workflows/cli/session.ts';

const text = `name: wards
locale: en-US
project: Wards
strategy:
  matrix:
    ward: [east, west]
steps:
  - id: test-data
    uses: upload
    with: { kind: Language, from: 'text-\${{ matrix.ward }}.txt' }
finally:
  - id: told
    uses: upload
    with: { kind: Language, from: text-east.txt }
`;

async function repository(): Promise<{ readonly root: string; readonly pipelines: RepositoryPipelines }> {
  const root = await mkdtemp(path.join(tmpdir(), 'speechops-repository-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  await mkdir(path.join(root, 'wards'));
  for (const ward of ['east', 'west']) await writeFile(path.join(root, 'wards', `text-${ward}.txt`), 'a line\n');
  await writeFile(path.join(root, 'wards', 'pipeline.yaml'), text);
  await writeFile(path.join(root, 'wards', 'faulty.yaml'), 'name: faulty\nlocale: en-US\nsteps: none\n');
  const stream = { write: () => undefined };
  const io: Io = { stdout: stream, stderr: stream, env: {}, cwd: root, signal: new AbortController().signal };
  return { root, pipelines: new RepositoryPipelines(root, { io }) };
}

it('has every pipeline of the repository, those with faults without what a pipeline says', async () => {
  const { root, pipelines } = await repository();
  const [faulty, wards, ...others] = await pipelines.read();
  expect(others).toEqual([]);
  expect(faulty).toMatchObject({ file: 'wards/faulty.yaml', folder: path.join(root, 'wards') });
  expect(faulty?.pipeline).toBeUndefined();
  expect(faulty?.diagnostics.errors).toBeGreaterThan(0);
  expect(wards).toMatchObject({ file: 'wards/pipeline.yaml', text, diagnostics: { errors: 0 } });
  expect(wards?.pipeline?.project).toBe('Wards');
});

it('says on which line each step stands, the copies of a matrix too', async () => {
  const { pipelines } = await repository();
  const wards = (await pipelines.read())[1];
  expect(Object.fromEntries(wards?.lines ?? [])).toEqual({
    'test-data-east': 8,
    'test-data-west': 8,
    told: 12,
  });
});

it('reads a file again when it has changed, and only then', async () => {
  const { root, pipelines } = await repository();
  const file = path.join(root, 'wards', 'pipeline.yaml');
  const before = (await pipelines.read())[1];
  expect((await pipelines.read())[1]).toBe(before);
  await writeFile(file, text.replace('project: Wards', 'project: Floors'));
  await utimes(file, new Date(), new Date(Date.now() + 10_000));
  expect((await pipelines.read())[1]?.pipeline?.project).toBe('Floors');
  await rm(file);
  expect((await pipelines.read()).map((found) => found.file)).toEqual(['wards/faulty.yaml']);
});
