import { parseAccountId } from '../../azure/account-id.ts';
import type { TextToSpeechPort } from '../../engine/ports.ts';
import { type Io, UsageError } from '../session.ts';
import { connect } from './connection.ts';
import { noResourceId, signInOf } from './speech-account.ts';

/** The text-to-speech of the Speech resource of the environment, or of the embedded emulator. */
export async function openSpeech(
  io: Io,
  { emulator, resourceId }: { readonly emulator: boolean; readonly resourceId: string | undefined },
): Promise<{ readonly speech: TextToSpeechPort; readonly close: () => Promise<void> }> {
  if (resourceId !== undefined && parseAccountId(resourceId) === undefined)
    throw new UsageError(noResourceId(resourceId));
  if (!emulator && resourceId === undefined && signInOf(io) === 'entra')
    throw new UsageError(
      'Name the Azure resource id of the Speech resource with --resource, or set SPEECHOPS_KEY: text-to-speech takes a token of Entra ID only with it',
    );
  const connection = await connect(io, { emulator, folder: io.cwd, knownAudio: [] });
  return { speech: connection.textToSpeech({ resourceId }), close: connection.close };
}
