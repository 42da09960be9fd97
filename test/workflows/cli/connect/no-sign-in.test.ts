import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { callMain } from '../call-main.ts';

vi.mock('@azure/identity', async (importOriginal) => {
  const identity = await importOriginal<typeof import('@azure/identity')>();
  const lacked = ['EnvironmentCredential is unavailable', 'Azure CLI could not be found', 'No MSI endpoint'].map(
    (reason) => new identity.CredentialUnavailableError(`CredentialUnavailableError: ${reason}. `.repeat(9)),
  );
  class NobodyIsSignedIn {
    async getToken(): Promise<never> {
      throw new identity.AggregateAuthenticationError(lacked, 'ChainedTokenCredential authentication failed.');
    }
  }
  return { ...identity, DefaultAzureCredential: NobodyIsSignedIn };
});

const endpoint = 'https://calls.cognitiveservices.azure.com';
const resource =
  '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/calls';
const step = 'steps: [{ id: text, uses: upload, with: { kind: Language, from: text.txt } }]';
const advice =
  'no identity is signed in to Azure here; sign in with `az login` (AZURE_TENANT_ID names the tenant of the resource if you have several), or set SPEECHOPS_';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-sign-in-'));
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
  await writeFile(path.join(folder, 'p.yaml'), `name: p\nlocale: en-US\n${step}\n`);
  await writeFile(path.join(folder, 'named.yaml'), `name: p\nlocale: en-US\nresource: ${resource}\n${step}\n`);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

it.each([
  ['plan', ['plan', 'p.yaml'], endpoint, /^error: Cannot list .*SPEECHOPS_KEY to a key of the resource\n$/],
  ['run', ['run', 'p.yaml'], endpoint, /^error: Cannot list .*SPEECHOPS_KEY to a key of the resource\n$/],
  [
    'plan of a pipeline that names its resource by id',
    ['plan', 'named.yaml'],
    '',
    /^error: Cannot look up calls: .*SPEECHOPS_ENDPOINT and SPEECHOPS_KEY, with which nothing is looked up\n$/,
  ],
])(
  '%s says how to sign in, in one sentence, and that it is not the pipeline (exit 3)',
  async (_, args, at, message) => {
    const { code, stderr } = await callMain(args, { cwd: folder, env: { SPEECHOPS_ENDPOINT: at } });
    expect([code, stderr]).toEqual([3, expect.stringContaining(advice)]);
    expect(stderr).toMatch(message);
  },
);

it.each([
  ['the base URL', ['doctor'], endpoint],
  ['the base URLs that a pipeline names', ['doctor', 'urls.yaml'], ''],
  ['a resource id', ['doctor', '--resource', resource], ''],
  ['both', ['doctor', '--resource', resource], endpoint],
])('doctor of %s has it among its rows, once, and the check has not passed (exit 1)', async (_, args, at) => {
  await writeFile(path.join(folder, 'urls.yaml'), `name: p\nlocale: en-US\nresource: ${endpoint}\n${step}\n`);
  const { code, stdout, stderr } = await callMain(args, { cwd: folder, env: { SPEECHOPS_ENDPOINT: at } });
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout.match(/^problem {2}Cannot .*/gm)).toEqual([expect.stringContaining(advice)]);
});
