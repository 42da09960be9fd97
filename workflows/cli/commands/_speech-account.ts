import { parseAccountId } from '../../azure/account-id.ts';
import { diagnoseAccount, type SignIn } from '../../azure/diagnose-account.ts';
import type { AccountFinding } from '../../azure/speech-account.ts';
import { escapeControls } from '../../language/quote-name.ts';
import { cloudOf } from '../../speech/azure-cloud.ts';
import { entraCredential } from '../../speech/entra-credential.ts';
import { type Io, UsageError } from '../session.ts';

/**
 * What Azure Resource Manager knows of the account with this resource id. A resource id does not say in which cloud:
 * `SPEECHOPS_MANAGEMENT_ENDPOINT`, `SPEECHOPS_ENDPOINT` and `AZURE_AUTHORITY_HOST` do.
 */
export async function findAccount(io: Io, resourceId: string): Promise<AccountFinding> {
  // A large package, and most commands do without it.
  const { findSpeechAccount } = await import('../../azure/speech-account.ts');
  const { env } = io;
  const own = env['SPEECHOPS_MANAGEMENT_ENDPOINT'] ?? '';
  const cloud = cloudOf([own, env['SPEECHOPS_ENDPOINT'], env['AZURE_AUTHORITY_HOST']]);
  return await findSpeechAccount(resourceId, {
    credential: await entraCredential(cloud, env),
    managementEndpoint: own === '' ? cloud.managementEndpoint : own,
    signal: io.signal,
  });
}

/**
 * The base URL of the account with this resource id. Refuses one that pipelines cannot work with, with all that is wrong, and
 * tells what is not good.
 */
export async function endpointOfAccount(io: Io, resourceId: string): Promise<string> {
  if (parseAccountId(resourceId) === undefined) throw new UsageError(noResourceId(resourceId));
  const finding = await findAccount(io, resourceId);
  const checks = diagnoseAccount(finding, { signIn: signInOf(io) });
  const problems = checks.filter(({ level }) => level === 'problem').map(({ message }) => message);
  if (problems.length > 0 || finding.kind !== 'found') throw new UsageError(problems.join('; '));
  for (const { level, message } of checks)
    if (level === 'warning') io.stderr.write(escapeControls(`warning: ${message}`) + '\n');
  return finding.account.endpoint;
}

/** By what the environment signs in to Speech resources. */
export function signInOf(io: Io): SignIn {
  return (io.env['SPEECHOPS_KEY'] ?? '') === '' ? 'entra' : 'key';
}

/** What to say of a text that is no resource id of a Speech resource. */
export function noResourceId(text: string): string {
  const form = '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.CognitiveServices/accounts/NAME';
  return `Give the resource id of a Speech resource (${form}): got ${JSON.stringify(text)}`;
}
