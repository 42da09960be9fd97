import { DefaultAzureCredential } from '@azure/identity';
import dns from 'node:dns';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { customspeechProvider } from '../../../stacks/provider/customspeech-provider.ts';
import type { CustomSpeechClient } from '../../../stacks/provider/resources/customspeech-client.ts';
import { DiagnosticError } from '../../../stacks/provider/schema/diagnostic.ts';

vi.mock('@azure/identity');

const asked: unknown[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.mocked(DefaultAzureCredential.prototype.getToken).mockImplementation(async (scopes) => {
    asked.push(scopes);
    throw new Error('nobody is signed in');
  });
});

async function configure(
  endpoint: string | null,
  env: NodeJS.ProcessEnv = {},
  { key = null }: { readonly key?: string | null } = {},
): Promise<CustomSpeechClient> {
  return await customspeechProvider(env).configure({ endpoint, key }, { log: () => {} });
}

const calls = 'https://calls.cognitiveservices.azure.com';

describe('the key of the environment', () => {
  const SPEECHOPS_KEY = 'abcdef';
  const signsIn = async (client: Promise<CustomSpeechClient>): Promise<boolean> => {
    vi.mocked(DefaultAzureCredential).mockClear();
    await client;
    return vi.mocked(DefaultAzureCredential).mock.calls.length > 0;
  };

  it.each([
    ['the resource of the environment', null, { SPEECHOPS_ENDPOINT: calls }],
    ['a resource that the environment names, too', calls, { SPEECHOPS_ENDPOINT: `${calls}/` }],
    ['the only resource there is', calls, {}],
    ['the only resource there is', calls, { SPEECHOPS_ENDPOINT: '' }],
    ['this machine', 'http://127.0.0.1:7270', { SPEECHOPS_ENDPOINT: 'http://localhost:7271' }],
  ])('is sent to %s', async (_, endpoint, env) => {
    expect(await signsIn(configure(endpoint, { ...env, SPEECHOPS_KEY }))).toBe(false);
  });

  it('is not sent to another resource than its own, nor where the configuration wants none', async () => {
    const env = { SPEECHOPS_ENDPOINT: 'https://others.cognitiveservices.azure.com', SPEECHOPS_KEY };
    expect(await signsIn(configure(calls, env))).toBe(true);
    expect(await signsIn(configure(calls, { SPEECHOPS_KEY }, { key: '' }))).toBe(true);
    expect(await signsIn(configure(calls, env, { key: 'fedcba' }))).toBe(false);
  });
});

describe('the provider without a key', () => {
  it.each([
    ['com', 'https://login.microsoftonline.com'],
    ['us', 'https://login.microsoftonline.us'],
    ['cn', 'https://login.chinacloudapi.cn'],
  ])('signs in to the cloud of cognitiveservices.azure.%s', async (suffix, authorityHost) => {
    const { speech } = await configure(`https://calls.cognitiveservices.azure.${suffix}`);
    await expect(speech.projects.list()).rejects.toThrow('nobody is signed in');
    expect(DefaultAzureCredential).toHaveBeenLastCalledWith({ authorityHost });
    expect(asked.at(-1)).toEqual([`https://cognitiveservices.azure.${suffix}/.default`]);
  });

  it.each([
    ['its own argument', { tenant_id: 'a' }, { AZURE_TENANT_ID: 'b', ARM_TENANT_ID: 'c' }, { tenantId: 'a' }],
    ['AZURE_TENANT_ID', {}, { AZURE_TENANT_ID: 'b', ARM_TENANT_ID: 'c' }, { tenantId: 'b' }],
    ['ARM_TENANT_ID, which azurerm reads', {}, { AZURE_TENANT_ID: '', ARM_TENANT_ID: 'c' }, { tenantId: 'c' }],
    ['the tenant that is signed in to', {}, { ARM_TENANT_ID: '' }, {}],
  ])('signs in to %s', async (_, config, env, expected) => {
    await customspeechProvider(env).configure({ endpoint: calls, key: null, ...config }, { log: () => {} });
    const authorityHost = 'https://login.microsoftonline.com';
    expect(DefaultAzureCredential).toHaveBeenLastCalledWith({ authorityHost, ...expected });
  });

  it("refuses a region's host, in the words of its own arguments", async () => {
    const refused = await configure('https://westeurope.api.cognitive.microsoft.com').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DiagnosticError);
    expect(JSON.stringify((refused as DiagnosticError).diagnostics)).toContain(
      "Set endpoint to the resource's custom subdomain (https://NAME.cognitiveservices.azure.com), or set key",
    );
  });
});

describe('a Speech resource that is not there', () => {
  it('is looked for in the setting that names it, and its objects can be forgotten', async () => {
    // No process listens at port 1, and the system gives it to none that asks for a free port.
    const url = 'http://127.0.0.1:1';
    const wrong = vi
      .spyOn(dns, 'lookup')
      .mockImplementation(((_: string, __: object, done: (error: Error) => void) =>
        done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))) as never);
    const real = setTimeout;
    // Pauses between attempts, and not the time that one attempt may take.
    const hurried = vi
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((run: () => void, after: number) => real(run, after > 60_000 ? after : 0)) as never);
    onTestFinished(() => [wrong, hurried].forEach((spy) => spy.mockRestore()));
    const gone = await configure('http://localhost:1', {}, { key: 'abcdef' });
    await expect(gone.speech.projects.list()).rejects.toThrow(
      /ENOTFOUND.*check endpoint of the provider.*if the resource was deleted.*terraform state rm/,
    );
    const named = await configure(null, { SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: 'abcdef' });
    await expect(named.speech.projects.list()).rejects.toThrow(/ECONNREFUSED.*check SPEECHOPS_ENDPOINT/);
  });
});
