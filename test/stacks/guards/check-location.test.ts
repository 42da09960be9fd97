import { describe, expect, it } from 'vitest';
import { checkLocation, checkRegion } from '../../../stacks/guards/check-location.ts';
import { tellFault } from '../../../stacks/guards/fault.ts';
import { diagnoseAccount } from '../../../workflows/azure/diagnose-account.ts';

const options = { path: [], cloud: 'public', allowUnlisted: false } as const;

/** Every region of Azure: the guard names them when it is asked for one that it does not know. */
const regions = checkRegion('?', options).flatMap((found) =>
  [...tellFault(found).message.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
);

describe('regions with hardware for training', () => {
  it('are the same for those who make an account and for those who use it', () => {
    const atSynthesis = regions.filter((location) => checkLocation(location, options).length === 0);
    const inUse = regions.filter((location) => {
      const account = { ...ready, location };
      const checks = diagnoseAccount({ kind: 'found', account }, { signIn: 'entra' });
      return checks.every(({ code }) => code !== 'region');
    });
    expect(atSynthesis).toEqual(inUse);
    expect(atSynthesis).toHaveLength(18);
    expect(regions).toHaveLength(60);
  });
});

const ready = {
  id: '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/calls',
  name: 'calls',
  resourceGroup: 'g',
  kind: 'SpeechServices',
  sku: 'S0',
  provisioningState: 'Succeeded',
  endpoint: 'https://calls.cognitiveservices.azure.com',
  hasCustomSubdomain: true,
  takesKeys: false,
  isPublic: true,
  network: { defaultAction: 'Allow' as const, ipRules: [], subnets: [] },
};
