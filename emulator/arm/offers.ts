import type { FastifyInstance } from 'fastify';
import type { AccountState } from '../state/account.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { ofSubscription } from './answers.ts';

/** What a subscription may make: price tiers, free names. Usages and language models are of other kinds of account. */
export function addOfferRoutes(app: FastifyInstance, resource: SpeechResource): void {
  app.get(`${ofSubscription}/skus`, () => ({ value: resourceSkus(resource.account) }));
  for (const name of ['usages', 'models'])
    app.get(`${ofSubscription}/locations/:location/${name}`, () => ({ value: [] }));
  app.post(`${ofSubscription}/locations/:location/checkSkuAvailability`, (request) => ({
    value: skuAvailability(resource.account, membersOf(request.body)),
  }));
  app.post(`${ofSubscription}/checkDomainAvailability`, (request) =>
    domainAvailability(resource.account, membersOf(request.body)),
  );
}

/** The price tiers of an account. */
export function accountSkus(): readonly object[] {
  return tiers.map((sku) => ({ resourceType: 'Microsoft.CognitiveServices/accounts', sku }));
}

/** What a private endpoint of the account connects to. */
export function privateLinkResources(accountId: string): readonly object[] {
  return [
    {
      id: `${accountId}/privateLinkResources/account`,
      name: 'account',
      type: 'Microsoft.CognitiveServices/accounts/privateLinkResources',
      properties: {
        groupId: 'account',
        displayName: 'Cognitive Services Account',
        requiredMembers: ['default'],
        requiredZoneNames: ['privatelink.cognitiveservices.azure.com'],
      },
    },
  ];
}

/** The tiers as the list of a subscription has them: here those of the account's kind, in its region. */
function resourceSkus({ kind, location }: AccountState): readonly object[] {
  return tiers.map((tier) => ({
    resourceType: 'accounts',
    ...tier,
    kind,
    locations: [location.toUpperCase()],
    restrictions: [],
  }));
}

/** Of the account's kind both tiers can be had, of other kinds none. */
function skuAvailability({ kind }: AccountState, { kind: wanted, skus, type }: Members): readonly object[] {
  return (Array.isArray(skus) ? skus : []).map((skuName: unknown) => {
    const isThere = wanted === kind && tiers.some(({ name }) => name === skuName);
    const reason = 'The emulator has no such offer.';
    return { kind: wanted, type, skuName, skuAvailable: isThere, ...(isThere ? {} : { reason, message: reason }) };
  });
}

/** A custom subdomain is free when the account does not have it; a deleted account keeps its own. */
function domainAvailability({ customSubDomainName: taken }: AccountState, asked: Members): object {
  const { subdomainName, type, kind } = asked;
  const isTaken = String(subdomainName).toLowerCase() === taken?.toLowerCase();
  const why = isTaken ? { reason: `Sub domain name '${String(subdomainName)}' is already used.` } : {};
  return { isSubdomainAvailable: !isTaken, subdomainName, type, kind, ...why };
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(body: unknown): Members {
  return typeof body === 'object' && body !== null ? (body as Members) : {};
}

const tiers = [
  { name: 'F0', tier: 'Free' },
  { name: 'S0', tier: 'Standard' },
];
