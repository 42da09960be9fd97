import { DefaultAzureCredential } from '@azure/identity';
import { beforeEach, describe, expect, it, vi } from 'vitest';
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

async function configure(endpoint: string, env: NodeJS.ProcessEnv = {}): Promise<CustomSpeechClient> {
  return await customspeechProvider(env).configure({ endpoint, key: null }, { log: () => {} });
}

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

  it("refuses a region's host, in the words of its own arguments", async () => {
    const refused = await configure('https://westeurope.api.cognitive.microsoft.com').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DiagnosticError);
    expect(JSON.stringify((refused as DiagnosticError).diagnostics)).toContain(
      "Set endpoint to the resource's custom subdomain (https://NAME.cognitiveservices.azure.com), or set key",
    );
  });
});
