import { describe, expect, it } from 'vitest';
import type { DataPermission } from '../../../workflows/azure/data-actions.ts';
import { diagnoseAccount } from '../../../workflows/azure/diagnose-account.ts';
import type { SpeechAccount } from '../../../workflows/azure/speech-account.ts';

const good: SpeechAccount = {
  id: '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/group/providers/Microsoft.CognitiveServices/accounts/speech',
  name: 'speech',
  resourceGroup: 'group',
  location: 'westeurope',
  kind: 'SpeechServices',
  sku: 'S0',
  provisioningState: 'Succeeded',
  endpoint: 'https://speech.cognitiveservices.azure.com',
  hasCustomSubdomain: true,
  takesKeys: false,
  isPublic: true,
  network: { defaultAction: 'Allow', ipRules: [], subnets: [] },
};

function problems(account: Partial<SpeechAccount>, signIn: 'key' | 'entra' = 'entra'): readonly string[] {
  const checks = diagnoseAccount({ kind: 'found', account: { ...good, ...account } }, { signIn });
  return checks.filter(({ level }) => level === 'problem').map(({ message }) => message);
}

function roleLevels(permissions: readonly DataPermission[]): readonly string[] {
  const checks = diagnoseAccount(
    { kind: 'found', account: good },
    { signIn: 'entra', permissions: { kind: 'known', permissions } },
  );
  return checks.filter(({ code }) => code === 'role').map(({ level }) => level);
}

describe('diagnoseAccount', () => {
  it('finds nothing wrong with an S0 account that takes Entra ID alone', () => {
    expect(problems({})).toEqual([]);
  });

  it('wants a custom subdomain for Entra ID, and not for a key', () => {
    expect(problems({ hasCustomSubdomain: false })).toEqual([
      "Give speech a custom subdomain, or set SPEECHOPS_KEY: Entra ID cannot sign in to its region's host",
    ]);
    expect(problems({ hasCustomSubdomain: false, takesKeys: true }, 'key')).toEqual([]);
  });

  it.each([
    ['https://speech.cognitiveservices.azure.com/', []],
    ['https://speech.services.ai.azure.com', []],
    ['https://westeurope.api.cognitive.microsoft.com', []],
    ['https://other.cognitiveservices.azure.com', ['problem']],
    ['https://eastus.api.cognitive.microsoft.com', ['problem']],
    ['https://speech-gateway.example.com', ['warning']],
  ])('asks of a base URL that it is the one of the account: %s', (endpoint, levels) => {
    const checks = diagnoseAccount({ kind: 'found', account: good }, { signIn: 'key', endpoint });
    expect(checks.filter(({ code }) => code === 'endpoint').map(({ level }) => level)).toEqual(levels);
  });

  it.each([
    ['contributor', ['Microsoft.CognitiveServices/accounts/SpeechServices/*'], [], 'ok'],
    ['Cognitive Services User', ['Microsoft.CognitiveServices/*'], [], 'ok'],
    ['another case', ['microsoft.cognitiveservices/accounts/speechservices/*'], [], 'ok'],
    ['reader', ['Microsoft.CognitiveServices/accounts/SpeechServices/*/read'], [], 'problem'],
    [
      'speech user',
      [
        'Microsoft.CognitiveServices/accounts/SpeechServices/*/read',
        'Microsoft.CognitiveServices/accounts/SpeechServices/*/transcriptions/write',
      ],
      [],
      'problem',
    ],
    ['owner, who has no data actions', [], [], 'problem'],
    ['all without writing', ['*'], ['Microsoft.CognitiveServices/accounts/SpeechServices/*/write'], 'problem'],
    [
      'a role that makes datasets',
      ['Microsoft.CognitiveServices/accounts/SpeechServices/speechrest/datasets/*'],
      [],
      'warning',
    ],
  ])('knows by its data actions what a role lets pipelines do: %s', (_, dataActions, notDataActions, level) => {
    expect(roleLevels([{ dataActions, notDataActions }])).toEqual([level]);
  });

  it('takes what one role excludes from another one that has it', () => {
    const none = { dataActions: ['*'], notDataActions: ['*/write'] };
    const all = { dataActions: ['Microsoft.CognitiveServices/accounts/SpeechServices/*'], notDataActions: [] };
    expect(roleLevels([none, all])).toEqual(['ok']);
    expect(roleLevels([])).toEqual(['problem']);
  });

  it('refuses other kinds and states, all at once', () => {
    expect(problems({ kind: 'OpenAI', provisioningState: 'Creating' })).toEqual([
      'Use a resource of kind SpeechServices, AIServices, CognitiveServices: speech is of kind OpenAI',
      'Wait until speech is ready: its provisioning state is Creating',
    ]);
  });
});
