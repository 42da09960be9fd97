import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bootedState } from '../../crash/booted-state.ts';
import { callMain } from './call-main.ts';

const azure = 'https://calls.cognitiveservices.azure.com';
let folder: string;

/** A resource in which there is nothing, and which refuses to make anything. */
vi.mock('@azure/core-rest-pipeline', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  createDefaultHttpClient: () => ({
    async sendRequest(request: PipelineRequest) {
      const isRead = request.method === 'GET';
      const bodyAsText = isRead ? '{"values":[]}' : '{"code":"Forbidden","message":"No"}';
      return { status: isRead ? 200 : 400, bodyAsText, headers: createHttpHeaders(), request };
    },
  }),
}));

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-reset-'));
  await bootedState().copyTo(folder);
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
  await writeFile(
    path.join(folder, 'p.yaml'),
    'name: p\nlocale: en-US\nsteps: [{ id: text, uses: upload, with: { kind: Language, from: text.txt } }]\n',
  );
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function runOn(endpoint: string): Promise<void> {
  const env = { SPEECHOPS_ENDPOINT: endpoint, SPEECHOPS_KEY: 'a-key' };
  expect((await callMain(['run', 'p.yaml', '--run-id', 'a'], { cwd: folder, env })).code).toBe(1);
}

/** The script as a process without a terminal. */
async function reset(...args: readonly string[]) {
  const script = path.join(import.meta.dirname, '../../../scripts/reset.ts');
  return await new Promise<{ readonly code: unknown; readonly stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { cwd: folder }, (error, _, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stderr }),
    );
    child.stdin?.end();
  });
}

function isThere(): boolean {
  return existsSync(path.join(folder, '.speechops'));
}

it('npm run reset keeps the records of runs against Azure until a person says that they may go', async () => {
  await runOn(azure);
  expect([await reset(), isThere()]).toEqual([
    {
      code: 2,
      stderr:
        `The run a worked on ${azure}. What was made there stays; the records in .speechops are the only ones.\n` +
        'Nothing was deleted. If they may go: npm run reset -- --yes\n',
    },
    true,
  ]);
  expect([await reset('--yes'), isThere()]).toEqual([{ code: 0, stderr: '' }, false]);
});

it('npm run reset asks nobody about runs against this machine', async () => {
  await runOn('http://127.0.0.1:7270');
  expect([await reset(), isThere()]).toEqual([{ code: 0, stderr: '' }, false]);
});
