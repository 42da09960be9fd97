import { StoreInUseError } from '../../store/store-in-use.ts';
import { sleep } from '../../time/sleep.ts';
import { EmulatorInUseError } from '../connect/connection.ts';
import type { Io } from '../session.ts';
import { stateFolder } from '../runs-folder.ts';

/**
 * The outcome of `act`, which opens the store or the embedded emulator. When another process has them and its run only waits for
 * people, it is asked to lend them (for a run of this concurrency group), and `act` is tried again until it has. A process that does
 * not answer is given some seconds: it may be starting or ending. Rejects with the error of `act`, and what can be done when that
 * process is at work.
 */
export async function withPlace<T>(
  io: Io,
  act: () => Promise<T>,
  options: { readonly group?: string | undefined } = {},
): Promise<T> {
  const silentUntil = Date.now() + silenceMilliseconds;
  let end: number | undefined;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StoreInUseError) && !(error instanceof EmulatorInUseError)) throw error;
      if (end === undefined) {
        // It knows the store, which takes long to load.
        const { askToLend } = await import('./lend-place.ts');
        const holder = error instanceof StoreInUseError ? { holder: error.holder } : {};
        const answer = await askToLend(stateFolder(io), { io, ...holder, ...options });
        if (answer === 'refused' || (answer === 'silent' && Date.now() >= silentUntil)) throw withAdvice(error);
        if (answer === 'lent') {
          const isPortal = error instanceof StoreInUseError && error.holder.what === portalName;
          io.stderr.write(
            isPortal
              ? 'The portal reads the runs, and makes room\n'
              : 'Another run waits for an answer here, and makes room meanwhile\n',
          );
          end = Date.now() + patienceMilliseconds;
        }
      }
      if (end !== undefined && Date.now() >= end) throw error;
    }
    await sleep(lookEveryMilliseconds, io.signal);
  }
}

function withAdvice(error: Error): Error {
  error.message += `; or stop that run with Ctrl-C and resume it later, or keep runs in a PostgreSQL (SPEECHOPS_DATABASE_URL), where they do not wait for each other`;
  return error;
}

/** What a portal that reads runs is called where it has the store. */
export const portalName = 'portal';

/** The other process ends its part of the run in order. */
const patienceMilliseconds = 20_000;
const silenceMilliseconds = 10_000;
const lookEveryMilliseconds = 200;
