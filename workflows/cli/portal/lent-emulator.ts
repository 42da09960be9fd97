import { BusyResource } from '../../../portal/server/sources.ts';
import { sleep } from '../../time/sleep.ts';
import { EmulatorInUseError } from '../connect/connection.ts';
import { askToLend } from '../runs/lend-place.ts';
import { stateFolder } from '../runs-folder.ts';
import type { Io } from '../session.ts';
import { isHeldElsewhere } from './portal-runs.ts';

/**
 * What `open` opens, which is the embedded emulator. A run that has it and only waits for people is asked to lend it: a person looks at what
 * was measured before the answer. Rejects with a {@link BusyResource} when the run is at work.
 */
export async function openLentEmulator<T>(io: Io, open: () => Promise<T>): Promise<T> {
  const folder = stateFolder(io);
  let end: number | undefined;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof EmulatorInUseError)) throw error;
      // The process that has the emulator has the store, too, unless it executes no run.
      const isLent = end !== undefined || (isHeldElsewhere(folder) && (await askToLend(folder, { io })) === 'lent');
      if (isLent) end ??= Date.now() + patienceMilliseconds;
      if (end === undefined || Date.now() >= end) throw new BusyResource(busy, { cause: error });
    }
    await sleep(lookEveryMilliseconds, io.signal);
  }
}

const busy = 'A run has the embedded emulator for itself';
/** The other process ends its part of the run in order. */
const patienceMilliseconds = 10_000;
const lookEveryMilliseconds = 200;
