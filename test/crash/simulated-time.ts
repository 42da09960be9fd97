import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Emulator } from '../../emulator/start-emulator.ts';
import type { Anchor } from './simulated-date.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';

const dayMilliseconds = 24 * 3_600_000;
const mostMilliseconds = 240_000;

/** The time of an emulator and of the processes that follow it. */
export interface SimulatedTime {
  /** What a process needs that follows it, beside the module `preload`. */
  readonly env: Readonly<Record<string, string>>;
  readonly preload: URL;
  /** Sets it ahead to so many days after the beginning, unless it is later already. */
  toDay(day: number): Promise<void>;
  /**
   * Sets it ahead step by step until something is so; from some hours before `day` on it only passes, so that a process that
   * is slow to notice does not come too late for that day. Throws after four minutes of real time, naming `what`.
   */
  passUntil(
    what: string,
    isSo: () => Promise<boolean>,
    options: { readonly stepSeconds: number; readonly day: number },
  ): Promise<void>;
}

/** Lets an emulator, and all processes that follow it, live through days. `folder`: where they read what time it is. */
export async function simulateTime(emulator: Pick<Emulator, 'url' | 'key'>, folder: string): Promise<SimulatedTime> {
  const file = path.join(folder, 'simulated-time');
  const { now, speed } = (await (await controlEmulator(emulator, '/clock')).json()) as {
    readonly now: string;
    readonly speed: number;
  };
  const began = Date.parse(now);
  let anchor: Anchor = { real: Date.now(), simulated: began, speed };
  const tell = async (): Promise<void> => {
    await writeFile(`${file}.new`, JSON.stringify(anchor));
    await rename(`${file}.new`, file);
  };
  const advance = async (milliseconds: number): Promise<void> => {
    const response = await controlEmulator(emulator, '/clock', { body: { advanceSeconds: milliseconds / 1000 } });
    if (!response.ok) throw new Error(await response.text());
    anchor = { ...anchor, simulated: anchor.simulated + milliseconds };
    await tell();
  };
  const passed = (): number => anchor.simulated + (Date.now() - anchor.real) * speed - began;
  await tell();
  return {
    env: { SIMULATED_TIME: file },
    preload: new URL('simulated-date.ts', import.meta.url),
    async toDay(day) {
      await advance(Math.max(0, day * dayMilliseconds - passed()));
    },
    async passUntil(what, isSo, { stepSeconds, day }) {
      const end = Date.now() + mostMilliseconds;
      while (!(await isSo())) {
        if (Date.now() > end) throw new Error(`Waited in vain until day ${passed() / dayMilliseconds} for ${what}`);
        if (passed() < (day - 0.2) * dayMilliseconds) await advance(stepSeconds * 1000);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    },
  };
}
