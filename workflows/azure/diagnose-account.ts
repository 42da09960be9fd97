import type { AccountFinding, SpeechAccount } from './speech-account.ts';

/** What speaks for or against working with a Speech resource, and what to do about it. */
export interface AccountCheck {
  /** A `problem` keeps pipelines from working; a `warning` does not. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly code:
    | 'account'
    | 'deleted'
    | 'missing'
    | 'kind'
    | 'sku'
    | 'state'
    | 'subdomain'
    | 'keys'
    | 'network'
    | 'region'
    | 'answers'
    | 'refused';
  readonly message: string;
}

/** By what a runner shows who it is. */
export type SignIn = 'key' | 'entra';

/** Whether pipelines can work with an account, before anything is made there. All checks, those that pass included. */
export function diagnoseAccount(
  finding: AccountFinding,
  { signIn }: { readonly signIn: SignIn },
): readonly AccountCheck[] {
  if (finding.kind === 'missing')
    return [{ level: 'problem', code: 'missing', message: `Check the resource id: ${finding.reason}` }];
  if (finding.kind === 'deleted') {
    const { name, resourceGroup, location } = finding;
    const recover = `az cognitiveservices account recover --name ${name} --resource-group ${resourceGroup} --location ${location}`;
    const message = `Recover or purge ${name}: it was deleted, and keeps its name for 48 hours (${recover})`;
    return [{ level: 'problem', code: 'deleted', message }];
  }
  const { account } = finding;
  const { name, kind, sku, location } = account;
  const found = `${name} is an ${sku} resource of kind ${kind} in ${location}`;
  return [{ level: 'ok', code: 'account', message: found }, ...faultsOf(account, signIn)];
}

function faultsOf(account: SpeechAccount, signIn: SignIn): readonly AccountCheck[] {
  const { name, kind, sku, location } = account;
  const checks: AccountCheck[] = [];
  const problem = (code: AccountCheck['code'], message: string): void =>
    void checks.push({ level: 'problem', code, message });
  const warning = (code: AccountCheck['code'], message: string): void =>
    void checks.push({ level: 'warning', code, message });
  if (!kindsWithSpeech.has(kind))
    problem('kind', `Use a resource of kind ${[...kindsWithSpeech].join(', ')}: ${name} is of kind ${kind}`);
  if (sku !== 'S0')
    problem(
      'sku',
      `Move ${name} to S0: ${sku} has one endpoint, which is deleted after 7 days, and no room for pipelines`,
    );
  if (account.provisioningState !== 'Succeeded')
    problem('state', `Wait until ${name} is ready: its provisioning state is ${account.provisioningState}`);
  if (signIn === 'entra' && !account.hasCustomSubdomain)
    problem(
      'subdomain',
      `Give ${name} a custom subdomain, or set SPEECHOPS_KEY: Entra ID cannot sign in to its region's host`,
    );
  if (signIn === 'key' && !account.takesKeys)
    problem(
      'keys',
      `Unset SPEECHOPS_KEY and sign in with Entra ID: ${name} takes no keys (local authentication is off)`,
    );
  if (!account.isPublic)
    warning('network', `Run this inside the network of ${name}: it answers through its private endpoints only`);
  if (!trainingRegions.has(location)) {
    const message = `Expect slow training with audio, or train elsewhere and copy the model: ${location} has no hardware for training`;
    warning('region', message);
  }
  return checks;
}

const kindsWithSpeech: ReadonlySet<string> = new Set(['SpeechServices', 'AIServices', 'CognitiveServices']);

/** Regions with hardware for training custom speech models (Microsoft Learn: "Speech service supported regions", November 2025). */
const trainingRegions: ReadonlySet<string> = new Set([
  'australiaeast',
  'canadacentral',
  'centralindia',
  'eastasia',
  'eastus',
  'eastus2',
  'francecentral',
  'japaneast',
  'koreacentral',
  'northeurope',
  'southcentralus',
  'southeastasia',
  'switzerlandnorth',
  'uksouth',
  'westeurope',
  'westus',
  'westus2',
  'westus3',
]);
