import { parseAccountId } from '../../azure/account-id.ts';
import { type AccountCheck, diagnoseAccount, type SignIn } from '../../azure/diagnose-account.ts';
import type { AccountFinding } from '../../azure/speech-account.ts';
import { ServiceError } from '../../engine/ports.ts';
import { isLoopback } from '../../document/base-url.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { checkLine } from '../../report/checks-text.ts';
import { cloudOf } from '../../speech/azure-cloud.ts';
import { entraCredential } from '../../speech/entra-credential.ts';
import { type Io, UsageError } from '../session.ts';

/** The findings about an account, with the checks that say whether pipelines can work with it. */
export interface CheckedAccount {
  readonly finding: AccountFinding;
  readonly checks: readonly AccountCheck[];
}

/**
 * Checks the account with this resource id, and that `endpoint` is its base URL. A resource id does not say in which cloud it is:
 * `SPEECHOPS_MANAGEMENT_ENDPOINT`, `SPEECHOPS_ENDPOINT` and `AZURE_AUTHORITY_HOST` do.
 */
export async function checkAccount(
  io: Io,
  { resourceId, endpoint }: { readonly resourceId: string; readonly endpoint?: string | undefined },
): Promise<CheckedAccount> {
  // A large package, and most commands do without it.
  const { findSpeechAccount } = await import('../../azure/speech-account.ts');
  const { findDataPermissions } = await import('../../azure/data-permissions.ts');
  const { env, signal } = io;
  const own = env['SPEECHOPS_MANAGEMENT_ENDPOINT'] ?? '';
  const cloud = cloudOf([own, env['SPEECHOPS_ENDPOINT'], env['AZURE_AUTHORITY_HOST']]);
  const options = {
    credential: await entraCredential(cloud, env),
    managementEndpoint: own === '' ? cloud.managementEndpoint : own,
    emulatorToken: env['SPEECHOPS_EMULATOR_TOKEN'],
    signal,
  };
  const finding = await findSpeechAccount(resourceId, options);
  const signIn = signInOf(io);
  const asks = signIn === 'entra' && finding.kind === 'found';
  const permissions = asks ? await findDataPermissions(resourceId, options) : undefined;
  return { finding, checks: diagnoseAccount(finding, { signIn, permissions, endpoint }) };
}

/**
 * The base URL of the account with this resource id. Refuses one that pipelines cannot work with, with all that is wrong, and
 * tells what is not good. `endpoint` is what the environment names for it: then an Azure that cannot be asked is no obstacle.
 */
export async function endpointOfAccount(
  io: Io,
  { resourceId, endpoint }: { readonly resourceId: string; readonly endpoint?: string | undefined },
): Promise<string> {
  if (parseAccountId(resourceId) === undefined) throw new UsageError(noResourceId(resourceId));
  if (endpoint !== undefined && isStandIn(io, endpoint)) {
    tell(io, `${endpoint} takes the place of ${resourceId}, which is not checked`);
    return endpoint;
  }
  const account = await checkAccount(io, { resourceId, endpoint }).catch((error: unknown) => {
    if (endpoint === undefined || io.signal.aborted || !(error instanceof ServiceError)) throw error;
    tell(io, `warning: ${resourceId} is not checked before it is used. ${error.message}`);
    return undefined;
  });
  if (account === undefined) return endpoint ?? '';
  const { finding, checks } = account;
  const problems = checks.filter(({ level }) => level === 'problem').map(checkLine);
  if (problems.length > 0 || finding.kind !== 'found') throw new UsageError(problems.join('; '));
  for (const check of checks) if (check.level === 'warning') tell(io, `warning: ${checkLine(check)}`);
  return endpoint ?? finding.account.endpoint;
}

/**
 * Tells whether a service on this machine stands in for an account in Azure. An emulator's own account is looked up at the
 * emulator.
 */
function isStandIn(io: Io, endpoint: string): boolean {
  const isLocal = URL.canParse(endpoint) && isLoopback(new URL(endpoint));
  return isLocal && (io.env['SPEECHOPS_MANAGEMENT_ENDPOINT'] ?? '') === '';
}

/** The tier of the account with this resource id. Refuses one that Azure does not have, or that is of another tier than Speech has. */
export async function tierOf(resourceId: string, io: Io): Promise<'S0' | 'F0'> {
  if (parseAccountId(resourceId) === undefined) throw new UsageError(noResourceId(resourceId));
  const { finding, checks } = await checkAccount(io, { resourceId });
  const sku = finding.kind === 'found' ? finding.account.sku : undefined;
  if (sku === 'S0' || sku === 'F0') return sku;
  const problems = checks.filter(({ level }) => level === 'problem').map(checkLine);
  throw new UsageError(problems.length > 0 ? problems.join('; ') : `Give --tier: the resource has the tier ${sku}`);
}

function tell(io: Io, text: string): void {
  io.stderr.write(`${escapeControls(text)}\n`);
}

/** By what the environment signs in to Speech resources. */
export function signInOf(io: Io): SignIn {
  return (io.env['SPEECHOPS_KEY'] ?? '') === '' ? 'entra' : 'key';
}

/** The message about a text that is no resource id of a Speech resource. */
export function noResourceId(text: string): string {
  const form = '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.CognitiveServices/accounts/NAME';
  return `Give the resource id of a Speech resource (${form}): got ${JSON.stringify(text)}`;
}
