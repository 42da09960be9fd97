import { describe, expect, it } from 'vitest';
import { diagnoseAccount } from '../../../workflows/azure/diagnose-account.ts';
import type { SpeechAccount } from '../../../workflows/azure/speech-account.ts';

const good: SpeechAccount = {
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
};

function problems(account: Partial<SpeechAccount>, signIn: 'key' | 'entra' = 'entra'): readonly string[] {
  const checks = diagnoseAccount({ kind: 'found', account: { ...good, ...account } }, { signIn });
  return checks.filter(({ level }) => level === 'problem').map(({ message }) => message);
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

  it('refuses other kinds and states, all at once', () => {
    expect(problems({ kind: 'OpenAI', provisioningState: 'Creating' })).toEqual([
      'Use a resource of kind SpeechServices, AIServices, CognitiveServices: speech is of kind OpenAI',
      'Wait until speech is ready: its provisioning state is Creating',
    ]);
  });
});
