import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../../emulator/start-emulator.ts';
import { callMain, type Called } from '../call-main.ts';

const key = 'a-key-that-nobody-may-print';
const azure = 'https://calls.cognitiveservices.azure.com';
const other = 'https://more-calls.cognitiveservices.azure.com';
let folder: string;
let emulators: readonly [Emulator, Emulator];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-connection-'));
  emulators = await Promise.all([startEmulator({ key }), startEmulator({ key })]);
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
});
afterAll(async () => {
  await Promise.all(emulators.map((emulator) => emulator.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Plans an upload on these resources, one combination each. */
async function plan(
  resources: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly args?: readonly string[] } = {},
): Promise<Called> {
  const matrix = `strategy: { matrix: { at: ${JSON.stringify(resources)} } }\nresource: \${{ matrix.at }}\n`;
  const resource = resources.length === 1 ? `resource: ${resources[0]}\n` : matrix;
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p\nlocale: en-US\n${resources.length === 0 ? '' : resource}steps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n`,
  );
  const { env = {}, args = [] } = options;
  const called = await callMain(['plan', 'p.yaml', ...args], { cwd: folder, env });
  expect(called.stdout + called.stderr).not.toContain(key);
  return called;
}

describe('the Speech resource', () => {
  it('is the one that the pipeline names, before that of the environment', async () => {
    const [named, own] = emulators;
    const { code, stdout } = await plan([named.url], { env: { SPEECHOPS_ENDPOINT: own.url, SPEECHOPS_KEY: key } });
    expect([code, stdout]).toEqual([0, expect.stringContaining(`p on ${named.url}: 1 to create`)]);
  });

  it('is another one for each combination, on one machine with one key', async () => {
    const { code, stdout } = await plan(
      emulators.map(({ url }) => url),
      { env: { SPEECHOPS_KEY: key } },
    );
    const hosts = emulators.map(({ url }) => new URL(url).host);
    expect(code).toBe(0);
    for (const host of hosts) expect(stdout).toMatch(new RegExp(`^  text-\\S+ +\\+ create +${host}  `, 'm'));
  });

  it('is the embedded emulator in place of all others, which is said', async () => {
    const { code, stdout, stderr } = await plan([azure, other], { args: ['--emulator'] });
    expect([code, stderr]).toEqual([0, `--emulator takes the place of ${azure}, ${other}\n`]);
    expect(stdout).toContain('p on the embedded emulator: 2 to create');
  });

  it('is looked up by an Azure resource id, unless the environment names it', async () => {
    const { url, resourceId } = emulators[0];
    const lookUp = { SPEECHOPS_MANAGEMENT_ENDPOINT: url, SPEECHOPS_KEY: key };
    expect((await plan([resourceId], { env: lookUp })).code).toBe(0);
    const named = { SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: key };
    expect((await plan([resourceId.replace('emulator', 'nobody')], { env: named })).code).toBe(0);
    const { code, stderr } = await plan(['/subscriptions/1/resourceGroups/g'], { env: lookUp });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Give the resource id of a Speech resource/)]);
  });

  it('is refused before anything is planned when pipelines cannot work with it', async () => {
    const { url, resourceId } = emulators[0];
    const env = { SPEECHOPS_MANAGEMENT_ENDPOINT: url, SPEECHOPS_KEY: key };
    const account = { disableLocalAuth: true, location: 'swedencentral', kind: 'OpenAI' };
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}/_emulator/account`, { method: 'POST', headers, body: JSON.stringify(account) });
    const { code, stderr } = await plan([resourceId], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: Use a resource of kind .*; Unset SPEECHOPS_KEY and sign in with Entra ID/);
  });
});

describe('a key', () => {
  it.each([
    ['to several resources', [azure, other], {}, /^error: Unset SPEECHOPS_KEY and sign in through Entra ID/],
    [
      'to a resource and a program of this machine',
      [azure, 'http://127.0.0.1:1'],
      {},
      /^error: Unset SPEECHOPS_KEY and sign in through Entra ID/,
    ],
    [
      'to another resource than its own',
      [azure],
      { SPEECHOPS_ENDPOINT: other },
      /^error: Unset SPEECHOPS_ENDPOINT when SPEECHOPS_KEY is the key of https:\/\/calls\./,
    ],
    [
      'to a host that only the file vouches for',
      ['https://speech.example.com'],
      {},
      /^error: Set SPEECHOPS_ENDPOINT to https:\/\/speech\.example\.com as well/,
    ],
  ])('is not sent %s', async (_, resources, env, message) => {
    const { code, stderr } = await plan(resources, { env: { SPEECHOPS_KEY: key, ...env } });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

it('no Entra ID token is sent to a host that only the file vouches for', async () => {
  const { code, stderr } = await plan(['https://speech.example.com', azure]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Set SPEECHOPS_ENDPOINT to/)]);
});

describe('Entra ID', () => {
  it.each(['', 'resource: https://westeurope.api.cognitive.microsoft.com\n'])(
    'is refused at the host of a region before anything is sent (%j)',
    async (resource) => {
      const host = 'https://westeurope.api.cognitive.microsoft.com';
      const { code, stderr } = await plan(resource === '' ? [] : [host], { env: { SPEECHOPS_ENDPOINT: host } });
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: Set SPEECHOPS_ENDPOINT to the resource's custom subdomain \(https:\/\/NAME\./),
      ]);
    },
  );

  it('is of one cloud', async () => {
    const { code, stderr } = await plan([azure, 'https://calls.cognitiveservices.azure.us']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Write a pipeline for each Azure cloud/)]);
  });
});
