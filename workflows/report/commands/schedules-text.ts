import type { RunStatus } from '../../engine/engine.ts';
import { nextTick, type TickFailure } from '../../fleet/schedules/due-tick.ts';
import type { Schedule, ScheduleChange } from '../../fleet/schedules/schedule-changes.ts';
import { tickAfter } from '../../language/schedule/cron.ts';
import { escapeControls } from '../../document/quote-name.ts';

/** A schedule, and how its last run stands. */
export interface ListedSchedule extends Schedule {
  readonly lastRunStatus?: RunStatus;
}

const marks: Readonly<Record<ScheduleChange['kind'], string>> = {
  added: '+ added',
  changed: '~ changed',
  kept: '= kept',
  removed: '- removed',
};

/** Changes of schedules for a terminal: a line each, and the next ticks on the clock of the schedule's time zone. */
export function scheduleChangesText(changes: readonly ScheduleChange[], now: Date): string {
  return linesText(
    changes.flatMap(({ kind, schedule }) => [
      `${marks[kind].padEnd(10)} ${nameOf(schedule)}  ${timesOf(schedule)}`,
      ...(kind === 'removed' ? [] : [sourceOf(schedule), `${indent}next: ${aheadOf(schedule, now)}`]),
    ]),
  );
}

/** Schedules for a terminal: their times, then what is next, what was last and what went wrong. */
export function schedulesText(schedules: readonly ListedSchedule[], now: Date): string {
  if (schedules.length === 0) return 'Nothing is scheduled\n';
  return linesText(
    schedules.flatMap((schedule) => {
      const next = nextTick(schedule, now);
      return [
        `${nameOf(schedule)}  ${timesOf(schedule)}`,
        sourceOf(schedule),
        `${indent}next: ${next === undefined ? pausedOrNone(schedule) : tickText(next, schedule.timeZone)}`,
        ...lastOf(schedule),
        ...(schedule.failure === undefined ? [] : [failureOfTick(schedule.failure, schedule.timeZone)]),
      ];
    }),
  );
}

/** The next ticks, at most three. */
export function ticksAhead(schedule: Schedule, now: Date): readonly Date[] {
  const ticks: Date[] = [];
  let tick = nextTick(schedule, now);
  while (tick !== undefined && ticks.length < 3) {
    ticks.push(tick);
    tick = tickAfter(schedule, tick);
  }
  return ticks;
}

const indent = '    ';

function nameOf({ pipeline, name }: Schedule): string {
  return name === undefined ? pipeline : `${pipeline} ${name}`;
}

function timesOf({ cron, timeZone, missed, isPaused }: Schedule): string {
  return `${cron}  ${timeZone}${missed === 'skip' ? '  missed: skip' : ''}${isPaused ? '  paused' : ''}`;
}

function sourceOf({ file, endpoint }: Schedule): string {
  return `${indent}file: ${file}, for ${endpoint}`;
}

function aheadOf(schedule: Schedule, now: Date): string {
  const ticks = ticksAhead(schedule, now).map((tick) => tickText(tick, schedule.timeZone));
  return ticks.length === 0 ? pausedOrNone(schedule) : ticks.join(', ');
}

function pausedOrNone({ isPaused, pipeline }: Schedule): string {
  return isPaused ? `none while it is paused (speechops schedule --continue ${pipeline})` : 'none';
}

function lastOf({ lastTick, lastRunId, lastRunStatus, timeZone }: ListedSchedule): readonly string[] {
  if (lastTick === undefined || lastRunId === undefined) return [];
  return [`${indent}last: ${tickText(lastTick, timeZone)}, run ${lastRunId} ${lastRunStatus ?? 'unknown'}`];
}

function failureOfTick({ tick, message, attempts, retryAt }: TickFailure, timeZone: string): string {
  const tried = attempts === 1 ? 'tried once' : `tried ${attempts} times`;
  const then = retryAt === undefined ? 'given up' : `again at ${retryAt.toISOString()}`;
  return `${indent}error: no run for ${tickText(tick, timeZone)} (${tried}, ${then}): ${message}`;
}

/** `Mon 2026-01-05 03:00 +01:00`, on the clock of a time zone. */
function tickText(tick: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(tick);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${offset}`;
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}
