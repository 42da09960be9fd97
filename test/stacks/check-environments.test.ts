import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type CheckedEnvironments, checkEnvironments } from '../../stacks/check-environments.ts';

const text = `name: calls
environments:
  dev:
    location: westeurope
    account: { sku: F0, ip-rules: [203.0.113.7], subdomain: calls }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-check-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function places({ diagnostics }: CheckedEnvironments): readonly string[] {
  return diagnostics.map(({ code, path: file, line, column }) => `${file}:${line}:${column} ${code}`);
}

it('tells what the schema and the guards find, where it is written, and leaves nothing', async () => {
  const checked = await checkEnvironments(text, { path: 'environment.yaml' });
  expect(places(checked)).toEqual(['environment.yaml:5:21 free-sku', 'environment.yaml:5:50 unknown-key']);
  expect([checked.counts, checked.unchecked]).toEqual([{ errors: 2, warnings: 0 }, undefined]);
  expect(await readdir(folder)).toEqual([]);
});

it('finds nothing wrong where nothing is wrong', async () => {
  const sound = text.replace('sku: F0, ', '').replace(', subdomain: calls', '');
  expect(places(await checkEnvironments(sound, { path: 'environment.yaml' }))).toEqual([]);
});
