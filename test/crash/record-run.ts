import type { BootedState } from './booted-state.ts';
import { expectSucceeded, openCrashWorld } from './crash-world.ts';

/** What a run of the crash pipeline does that nobody kills. */
export interface RecordedRun {
  /** How often it makes each remote call. */
  readonly calls: Readonly<Record<string, number>>;
  /** The tables of each journal write, in order. */
  readonly writes: readonly string[];
}

/** Runs the crash pipeline on the embedded store and answers at which moments it can be killed. */
export async function recordRun(state: BootedState): Promise<RecordedRun> {
  await using world = await openCrashWorld({}, state);
  const ended = await world.run({ saysWrites: true }).ended;
  expectSucceeded(ended);
  const writes = [...ended.stderr.matchAll(/^journal write: (.*)$/gm)].map(([, tables = '']) => tables);
  return { calls: countsOf(world.proxy.calls), writes };
}

export function countsOf(calls: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
}
