import { DefaultAzureCredential } from '@azure/identity';
import type { SignIn } from '../../azure/diagnose-account.ts';
import type { AccountFinding } from '../../azure/speech-account.ts';
import type { Io } from '../session.ts';

/** What Azure Resource Manager knows of the account with this resource id; `SPEECHOPS_MANAGEMENT_ENDPOINT` names another cloud's. */
export async function findAccount(io: Io, resourceId: string): Promise<AccountFinding> {
  // A large package, and most commands do without it.
  const { findSpeechAccount } = await import('../../azure/speech-account.ts');
  return await findSpeechAccount(resourceId, {
    credential: new DefaultAzureCredential(),
    managementEndpoint: io.env['SPEECHOPS_MANAGEMENT_ENDPOINT'],
    signal: io.signal,
  });
}

/** By what the environment signs in to Speech resources. */
export function signInOf(io: Io): SignIn {
  return (io.env['SPEECHOPS_KEY'] ?? '') === '' ? 'entra' : 'key';
}
