import { allowsDataAction, writeActions } from './data-actions.ts';
import type { PermissionFinding } from './data-permissions.ts';
import { lacksTrainingHardware } from './speech-regions.ts';
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
    | 'endpoint'
    | 'subdomain'
    | 'role'
    | 'keys'
    | 'network'
    | 'region'
    | 'sign-in'
    | 'answers'
    | 'refused'
    | 'silent';
  readonly message: string;
  /** Commands of the Azure CLI of which each mends it. */
  readonly commands?: readonly string[];
}

/** By what a runner shows who it is. */
export type SignIn = 'key' | 'entra';

/** How pipelines would work with an account. */
export interface AccountUse {
  readonly signIn: SignIn;
  /** What the identity may do; absent where a key signs in, which may do everything. */
  readonly permissions?: PermissionFinding | undefined;
  /** The base URL that the environment names for the account. */
  readonly endpoint?: string | undefined;
}

/** Whether pipelines can work with an account, before anything is made there. All checks, those that pass included. */
export function diagnoseAccount(finding: AccountFinding, use: AccountUse): readonly AccountCheck[] {
  if (finding.kind === 'missing') {
    const { reason, unseen } = finding;
    const deleted =
      unseen === undefined
        ? ''
        : `; it may also have been deleted less than 48 hours ago, which could not be looked up (${unseen})`;
    return [{ level: 'problem', code: 'missing', message: `Check the resource id: ${reason}${deleted}` }];
  }
  if (finding.kind === 'deleted') {
    const { name, resourceGroup, location } = finding;
    const it = `--name ${name} --resource-group ${resourceGroup} --location ${location}`;
    const message = `Recover ${name}, or purge it to make it anew: it was deleted, and keeps its name for 48 hours`;
    const commands = ['recover', 'purge'].map((verb) => `az cognitiveservices account ${verb} ${it}`);
    return [{ level: 'problem', code: 'deleted', message, commands }];
  }
  const { account } = finding;
  const { name, kind, sku, location } = account;
  const found = `${name} is an ${sku} resource of kind ${kind} in ${location}`;
  return [{ level: 'ok', code: 'account', message: found }, ...faultsOf(account, use), ...checkRole(account, use)];
}

function faultsOf(account: SpeechAccount, { signIn, endpoint }: AccountUse): readonly AccountCheck[] {
  const { name, kind, sku, location } = account;
  const update = `az cognitiveservices account update --name ${name} --resource-group ${account.resourceGroup}`;
  const checks: AccountCheck[] = [];
  const problem = (code: AccountCheck['code'], message: string, command?: string): void =>
    void checks.push({ level: 'problem', code, message, ...(command === undefined ? {} : { commands: [command] }) });
  const warning = (code: AccountCheck['code'], message: string): void =>
    void checks.push({ level: 'warning', code, message });
  if (!kindsWithSpeech.has(kind))
    problem('kind', `Use a resource of kind ${[...kindsWithSpeech].join(', ')}: ${name} is of kind ${kind}`);
  if (sku !== 'S0')
    problem(
      'sku',
      `Move ${name} to S0: ${sku} has one endpoint, which is deleted after 7 days, and no room for pipelines`,
      `${update} --sku S0`,
    );
  if (account.provisioningState !== 'Succeeded')
    problem('state', `Wait until ${name} is ready: its provisioning state is ${account.provisioningState}`);
  const place = endpoint === undefined ? 'own' : placeOfUrl(account, endpoint);
  if (place === 'another')
    problem(
      'endpoint',
      `Unset SPEECHOPS_ENDPOINT, or set it to ${account.endpoint}: the resource id names ${name}, and ${endpoint} is another resource`,
    );
  if (place === 'unknown')
    warning(
      'endpoint',
      `Make sure that ${endpoint} leads to ${name}: SPEECHOPS_ENDPOINT counts, and its own base URL is ${account.endpoint}`,
    );
  if (signIn === 'entra' && !account.hasCustomSubdomain)
    problem(
      'subdomain',
      `Give ${name} a custom subdomain, or set SPEECHOPS_KEY: Entra ID cannot sign in to its region's host`,
      `${update} --custom-domain SUBDOMAIN`,
    );
  if (signIn === 'key' && !account.takesKeys)
    problem(
      'keys',
      `Unset SPEECHOPS_KEY and sign in with Entra ID: ${name} takes no keys (local authentication is off)`,
    );
  if (!account.isPublic)
    warning('network', `Run this inside the network of ${name}: it answers through its private endpoints only`);
  if (lacksTrainingHardware(location)) {
    const message = `Expect slow training with audio, or train elsewhere and copy the model: ${location} has no hardware for training`;
    warning('region', message);
  }
  return checks;
}

/**
 * Whether a base URL is of the account, its own or that of its region, which its keys are for. What stands before an account
 * (a gateway, another name in a private network) cannot be known.
 */
function placeOfUrl({ endpoint, location }: SpeechAccount, url: string): 'own' | 'another' | 'unknown' {
  if (originOf(url) === originOf(endpoint)) return 'own';
  const { hostname = '' } = URL.canParse(url) ? new URL(url) : {};
  if (!/\.(azure|microsoft)\.(com|us|cn)$/.test(hostname)) return 'unknown';
  // All hosts of an account begin with its subdomain.
  const [first] = hostname.split('.');
  return first === location || originOf(endpoint).startsWith(`https://${first}.`) ? 'own' : 'another';
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

/** The data plane lets a role that may only read in, and refuses it in the middle of a run. */
function checkRole({ id, name }: SpeechAccount, { permissions }: AccountUse): readonly AccountCheck[] {
  if (permissions === undefined) return [];
  const commands = [`az role assignment create --role "${role}" --assignee IDENTITY --scope ${id}`];
  if (permissions.kind === 'unknown') {
    const message = `Make sure that the identity has the role ${role} on ${name}: Azure does not say what it may do (${permissions.reason})`;
    return [{ level: 'warning', code: 'role', message, commands }];
  }
  const all = Object.entries(writeActions);
  const refused = all.filter(([, action]) => !allowsDataAction(permissions.permissions, action)).map(([what]) => what);
  if (refused.length === 0)
    return [{ level: 'ok', code: 'role', message: `The identity may make ${listed(all.map(([what]) => what))}` }];
  if (refused.length === all.length) {
    const message = `Grant the identity the role ${role} on ${name}, and wait some minutes: its roles let it make nothing there`;
    return [{ level: 'problem', code: 'role', message, commands }];
  }
  // Roles of one's own: a pipeline may need no more than it gives.
  const message = `Expect steps to fail that make ${listed(refused)}: the identity may not, the role ${role} would let it`;
  return [{ level: 'warning', code: 'role', message, commands }];
}

function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' and ');
}

const role = 'Cognitive Services Speech Contributor';

const kindsWithSpeech: ReadonlySet<string> = new Set(['SpeechServices', 'AIServices', 'CognitiveServices']);
