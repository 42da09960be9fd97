import type { Plan } from '../../plan/plan.ts';
import { RunExistsError, type Journal } from '../../durable/journal.ts';
import type { ClockPort } from '../../time/clock.ts';
import { every } from '../../time/every.ts';
import { askedMilliseconds } from '../../engine/retries/unanswered.ts';
import { dueTick, retryTime, scheduledRunId } from './due-tick.ts';
import type { ScheduleDefinition } from './schedule-changes.ts';
import type { KeptSchedule, Schedules } from './schedules.ts';

/** Makes the plan of a scheduled pipeline as it is now. Throws an error with a message for people when there is none. */
export type PlanScheduled = (schedule: ScheduleDefinition, options: { readonly signal: AbortSignal }) => Promise<Plan>;

/** The outcome of a tick. */
export type ScheduleEvent =
  | (ScheduleTick & { readonly kind: 'schedule-fired'; readonly runId: string })
  /** `retryAt` is absent when the tick is given up, because the next one comes before. */
  | (ScheduleTick & { readonly kind: 'schedule-failed'; readonly error: unknown; readonly retryAt?: Date });

interface ScheduleTick {
  readonly pipeline: string;
  readonly schedule: string | undefined;
  readonly tick: Date;
}

export interface KeepingOptions {
  readonly schedules: Schedules;
  readonly journal: Pick<Journal, 'enqueue'>;
  readonly plan: PlanScheduled;
  readonly clock: ClockPort;
  readonly isReady: () => boolean;
  readonly onEvent: (event: ScheduleEvent | { readonly kind: 'trouble'; readonly error: unknown }) => void;
  /** Ends the keeping: no more runs are started, and planning stops. */
  readonly signal: AbortSignal;
}

/**
 * Starts scheduled runs at their ticks, beside any number of other workers. Resolves after the signal is aborted and the starts
 * under way have ended.
 */
export async function keepToSchedules(options: KeepingOptions): Promise<void> {
  const { schedules, clock, isReady, signal } = options;
  const firing = new Map<string, Promise<void>>();
  const look = async (): Promise<void> => {
    try {
      if (isReady()) for (const schedule of await schedules.list()) start(schedule, { ...options, firing });
    } catch (error) {
      tellTrouble(error, options);
    }
  };
  await every(lookEveryMilliseconds, look, { signal, spread: 0.25, sleep: clock.sleep });
  await Promise.all(firing.values());
}

type Keeping = KeepingOptions & { readonly firing: Map<string, Promise<void>> };

function start(schedule: KeptSchedule, keeping: Keeping): void {
  const { firing, clock } = keeping;
  const key = JSON.stringify([schedule.pipeline, schedule.name]);
  // A tick that is not started now is still due at the next look, here or on another worker.
  if (firing.has(key) || firing.size >= mostAtATime) return;
  const tick = dueTick(schedule, clock.now());
  if (tick === undefined) return;
  const fired = keeping.schedules
    .whileMine(schedule, async () => await fire(schedule, { tick, keeping }))
    .catch((error: unknown) => tellTrouble(error, keeping))
    .finally(() => firing.delete(key));
  firing.set(key, fired);
}

/** The tick is written as done after its run is enqueued: when the worker dies in between, the next look does it again. */
async function fire(schedule: KeptSchedule, at: { readonly tick: Date; readonly keeping: Keeping }): Promise<void> {
  const { tick, keeping } = at;
  const { schedules, journal, signal, onEvent } = keeping;
  const { pipeline, name, priority } = schedule;
  const runId = scheduledRunId(schedule, tick);
  try {
    const plan = await keeping.plan(schedule, { signal });
    // Planning takes a while: the schedule may have been paused, changed or removed.
    if (signal.aborted || !(await schedules.isUnchanged(schedule))) return;
    await enqueueOnce(journal, { runId, plan, priority });
  } catch (error) {
    if (!signal.aborted) await writeFailure(schedule, { ...at, error });
    return;
  }
  if (await schedules.settle(schedule, { tick, runId })) {
    onEvent({ kind: 'schedule-fired', pipeline, schedule: name, tick, runId });
  }
}

async function enqueueOnce(
  journal: Pick<Journal, 'enqueue'>,
  run: { readonly runId: string; readonly plan: Plan; readonly priority: number },
): Promise<void> {
  try {
    await journal.enqueue(run.runId, run.plan, { priority: run.priority });
  } catch (error) {
    // A worker enqueued the run of this tick before, and could not write that the tick is done.
    if (!(error instanceof RunExistsError)) throw error;
  }
}

async function writeFailure(
  schedule: KeptSchedule,
  failed: { readonly tick: Date; readonly error: unknown; readonly keeping: Keeping },
): Promise<void> {
  const { tick, error, keeping } = failed;
  const { pipeline, name, failure } = schedule;
  const attempts = (failure?.tick.getTime() === tick.getTime() ? failure.attempts : 0) + 1;
  const asked = { askedMilliseconds: askedMilliseconds(error) };
  const at = retryTime(schedule, { tick, attempts, now: keeping.clock.now(), ...asked });
  const retry = at === undefined ? {} : { retryAt: at };
  const message = error instanceof Error ? error.message : String(error);
  await keeping.schedules.fail(schedule, { tick, attempts, message, ...retry });
  keeping.onEvent({ kind: 'schedule-failed', pipeline, schedule: name, tick, error, ...retry });
}

function tellTrouble(error: unknown, { signal, onEvent }: KeepingOptions): void {
  if (!signal.aborted) onEvent({ kind: 'trouble', error });
}

const lookEveryMilliseconds = 2000;
/** Each start holds a connection while it plans. */
const mostAtATime = 3;
