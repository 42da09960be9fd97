import type { Sku } from './limits/quotas.ts';

/** The Speech account as Azure Resource Manager knows it. What is true of the data plane as well is set there once. */
export interface AccountState {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly kind: string;
  readonly sku: Sku;
  /** Null: the account answers under its region's host only, and Entra ID cannot sign in. */
  readonly customSubDomainName: string | null;
  /** Keys are refused, by the data plane as well. */
  readonly disableLocalAuth: boolean;
  readonly publicNetworkAccess: 'Enabled' | 'Disabled';
  readonly provisioningState: string;
  /**
   * Whether it has storage of its own, chosen when an account is made (Microsoft Learn: "Bring your own storage"): endpoints may log then,
   * and files are read with the storage's sign-in, because their addresses have no signature.
   */
  readonly byos: boolean;
  /** Deleted accounts are kept for 48 hours, and their name with them (Microsoft Learn: "Recover or purge deleted resources"). */
  readonly isDeleted: boolean;
  /** What whoever asks may do with the account, a set for each of their roles; null: they may not ask. */
  readonly permissions: readonly Permission[] | null;
}

/** What one role gives: its actions without its notActions, and its data actions without its notDataActions. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** The account of an emulator that was told nothing else. */
export const defaultAccount: Omit<AccountState, 'sku'> = {
  subscriptionId: '00000000-0000-4000-8000-000000000000',
  resourceGroup: 'speechops',
  name: 'emulator',
  location: 'westeurope',
  kind: 'SpeechServices',
  customSubDomainName: 'emulator',
  disableLocalAuth: false,
  publicNetworkAccess: 'Enabled',
  provisioningState: 'Succeeded',
  byos: false,
  isDeleted: false,
  // Of the role Cognitive Services Speech Contributor what concerns Custom Speech.
  permissions: [
    {
      actions: ['Microsoft.CognitiveServices/*/read'],
      notActions: [],
      dataActions: ['Microsoft.CognitiveServices/accounts/SpeechServices/*'],
      notDataActions: [],
    },
  ],
};

/** The resource id by which pipelines name the account. */
export function accountId({ subscriptionId, resourceGroup, name }: AccountState): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.CognitiveServices/accounts/${name}`;
}

function storageId({ subscriptionId, resourceGroup, name }: AccountState): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Storage/storageAccounts/${name}`;
}

/** The account as the API answers it; `origin` is where its data plane is. */
export function accountView(account: AccountState, origin: string): object {
  return {
    id: accountId(account),
    name: account.name,
    type: 'Microsoft.CognitiveServices/accounts',
    etag: '"00000000-0000-0000-0000-000000000000"',
    location: account.location,
    kind: account.kind,
    sku: { name: account.sku },
    properties: {
      provisioningState: account.provisioningState,
      endpoint: `${origin}/`,
      endpoints: { 'Speech Services Custom Speech': `${origin}/`, 'Speech Services Speech to Text': `${origin}/` },
      ...(account.customSubDomainName === null ? {} : { customSubDomainName: account.customSubDomainName }),
      disableLocalAuth: account.disableLocalAuth,
      publicNetworkAccess: account.publicNetworkAccess,
      ...(account.byos ? { userOwnedStorage: [{ resourceId: storageId(account) }] } : {}),
    },
  };
}

/** A deleted account as the list of deleted ones has it. */
export function deletedAccountView(account: AccountState): object {
  const { subscriptionId, location, resourceGroup, name, kind, sku } = account;
  return {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.CognitiveServices/locations/${location}/resourceGroups/${resourceGroup}/deletedAccounts/${name}`,
    name,
    type: 'Microsoft.CognitiveServices/deletedAccounts',
    location,
    kind,
    sku: { name: sku },
    properties: { provisioningState: 'Deleted' },
  };
}

/** The account with what a body of the control API changes. Throws an Error that names what it does not take. */
export function changeAccount(account: AccountState, body: unknown): AccountState {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new Error('The body must be an object');
  for (const [name, value] of Object.entries(body)) {
    const allowed = Object.hasOwn(changeable, name) ? changeable[name] : undefined;
    if (allowed === undefined)
      throw new Error(`Name one of ${Object.keys(changeable).join(', ')}: ${name} cannot be changed`);
    if (!allowed(value)) throw new Error(`Check ${name}: ${JSON.stringify(value)} is not a value that it takes`);
  }
  return { ...account, ...body };
}

const changeable: Readonly<Record<string, (value: unknown) => boolean>> = {
  location: isName,
  kind: isName,
  customSubDomainName: (value) => value === null || isName(value),
  disableLocalAuth: (value) => typeof value === 'boolean',
  publicNetworkAccess: (value) => value === 'Enabled' || value === 'Disabled',
  provisioningState: isName,
  byos: (value) => typeof value === 'boolean',
  isDeleted: (value) => typeof value === 'boolean',
  permissions: (value) => value === null || (Array.isArray(value) && value.every(isPermission)),
};

function isPermission(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  const names = ['actions', 'notActions', 'dataActions', 'notDataActions'];
  const lists = Object.entries(value);
  return (
    lists.length === names.length &&
    lists.every(
      ([name, list]) => names.includes(name) && Array.isArray(list) && list.every((item) => typeof item === 'string'),
    )
  );
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}
