import { connect, type Connection } from '../connect/connection.ts';
import { endpointOfAccount } from '../connect/speech-account.ts';
import { type Io, UsageError } from '../session.ts';
import { withPlace } from './borrow-place.ts';

/** The Speech resource that a command without a pipeline works on: the one of an Azure resource id, of the environment, or the emulator. */
export async function connectToResource(
  io: Io,
  { emulator = false, resource }: { readonly emulator?: boolean; readonly resource?: string },
): Promise<Connection> {
  if (resource !== undefined && emulator)
    throw new UsageError('Say once which Speech resource: give --resource ID or --emulator');
  const own = io.env['SPEECHOPS_ENDPOINT'] || undefined;
  const named =
    resource === undefined ? {} : { endpoint: await endpointOfAccount(io, { resourceId: resource, endpoint: own }) };
  const where = { emulator, folder: io.cwd, knownAudio: [], ...named };
  return await withPlace(io, async () => await connect(io, where));
}
