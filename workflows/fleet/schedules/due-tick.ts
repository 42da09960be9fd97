import { createHash } from 'node:crypto';
import { tickAfter, tickUntil, type CronTimes } from '../../language/schedule/cron.ts';

/** The part of a schedule that decides whether a run is to be started. */
export interface TickState extends CronTimes {
  /** Whether one run makes up for the ticks at which no worker was there, or no run does. */
  readonly missed: 'once' | 'skip';
  readonly isPaused: boolean;
  /** Ticks up to this time have their run, or get none. */
  readonly doneUntil: Date;
  /** The tick whose run could last not be started. */
  readonly failure?: TickFailure;
}

export interface TickFailure {
  readonly tick: Date;
  readonly message: string;
  readonly attempts: number;
  /** Absent when the tick was given up. */
  readonly retryAt?: Date;
}

/**
 * The tick for which a run is to be started now, or undefined. Of several missed ticks it is the newest. With `skip` a tick
 * counts as missed when no worker has tried it within a minute.
 */
export function dueTick(state: TickState, now: Date): Date | undefined {
  if (state.isPaused) return undefined;
  const tick = tickUntil(state, now);
  if (tick === undefined || tick <= state.doneUntil) return undefined;
  const { failure } = state;
  if (failure?.tick.getTime() === tick.getTime()) {
    return failure.retryAt !== undefined && failure.retryAt <= now ? tick : undefined;
  }
  return state.missed === 'skip' && now.getTime() - tick.getTime() > graceMilliseconds ? undefined : tick;
}

/** The next tick, undefined when there will be none. */
export function nextTick(state: TickState, now: Date): Date | undefined {
  return state.isPaused ? undefined : tickAfter(state, now);
}

/**
 * When to try again to start the run of a tick, or undefined when the next tick comes before. The pause is 5 s after the first
 * attempt, doubles up to a quarter of an hour, and is never shorter than the service asks for.
 */
export function retryTime(
  times: CronTimes,
  of: { readonly tick: Date; readonly attempts: number; readonly now: Date; readonly askedMilliseconds?: number },
): Date | undefined {
  const own = Math.min(longestPauseMilliseconds, 5000 * 2 ** (of.attempts - 1));
  const pause = Math.max(own, of.askedMilliseconds ?? 0);
  const at = new Date(of.now.getTime() + pause);
  const next = tickAfter(times, of.tick);
  return next !== undefined && at >= next ? undefined : at;
}

/** The id of the run of a tick: every worker gives the same one, and no two ticks share one. */
export function scheduledRunId(
  schedule: { readonly pipeline: string; readonly name: string | undefined },
  tick: Date,
): string {
  const { pipeline, name } = schedule;
  const spoken = name === undefined ? pipeline : `${pipeline}-${name}`;
  const slug = spoken.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  const time = tick.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  // The digest tells apart names that differ only in characters that an id cannot have.
  const digest = createHash('sha256')
    .update(JSON.stringify([pipeline, name ?? null]))
    .digest('hex')
    .slice(0, 8);
  return [...(slug === '' ? [] : [slug.slice(0, 70)]), time, digest].join('-');
}

const graceMilliseconds = 60_000;
const longestPauseMilliseconds = 15 * 60_000;
