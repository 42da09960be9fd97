import { isDeepStrictEqual } from 'node:util';
import type { PipelineSchedule, ScheduleEntry } from '../../language/pipeline.ts';
import type { TickState } from './due-tick.ts';

/** An entry of a pipeline's schedule, as the workers know it. */
export interface ScheduleDefinition extends Omit<ScheduleEntry, 'name'> {
  readonly pipeline: string;
  /** Undefined for the only entry of a pipeline that gives it no name. */
  readonly name: string | undefined;
  /** Absolute path of the pipeline's file, on every worker. */
  readonly file: string;
  /** Base URL of the Speech resource that its runs are for. */
  readonly endpoint: string;
  /** Priority of its runs among those that wait for a worker. */
  readonly priority: number;
}

/** A schedule of the fleet: its definition, and how far it is. */
export interface Schedule extends ScheduleDefinition, TickState {
  readonly lastTick?: Date;
  readonly lastRunId?: string;
}

/** The whole schedule of a pipeline. The fleet drops entries of the pipeline that this one does not have. */
export interface DeclaredSchedule
  extends PipelineSchedule, Pick<ScheduleDefinition, 'file' | 'endpoint' | 'priority'> {}

export interface ScheduleChange {
  readonly kind: 'added' | 'changed' | 'kept' | 'removed';
  /** The schedule after the change; a removed one as it was. */
  readonly schedule: Schedule;
}

/**
 * The changes that make the schedules of these pipelines in the fleet what is declared. No run is started for the past: an entry
 * that is new or has new times begins now. An entry that joins paused ones is paused.
 */
export function scheduleChanges(
  existing: readonly Schedule[],
  to: { readonly declared: readonly DeclaredSchedule[]; readonly now: Date },
): readonly ScheduleChange[] {
  return to.declared.flatMap((declared) => {
    const before = existing.filter(({ pipeline }) => pipeline === declared.pipeline);
    const isPaused = before.some((schedule) => schedule.isPaused);
    const wanted = declared.entries.map((entry) => definitionOf(entry, declared));
    const removed = before.filter(({ name }) => !wanted.some((definition) => definition.name === name));
    return [
      ...wanted.map((definition) => {
        const old = before.find(({ name }) => name === definition.name);
        return changeOf(definition, { old, isPaused, now: to.now });
      }),
      ...removed.map((schedule): ScheduleChange => ({ kind: 'removed', schedule })),
    ];
  });
}

function definitionOf(entry: ScheduleEntry, of: DeclaredSchedule): ScheduleDefinition {
  const { pipeline, file, endpoint, priority } = of;
  return { ...entry, name: entry.name, pipeline, file, endpoint, priority };
}

function changeOf(
  definition: ScheduleDefinition,
  from: { readonly old: Schedule | undefined; readonly isPaused: boolean; readonly now: Date },
): ScheduleChange {
  const { old, isPaused, now } = from;
  if (old === undefined) return { kind: 'added', schedule: { ...definition, isPaused, doneUntil: now } };
  if (isDeepStrictEqual(definitionIn(old), definitionIn(definition))) return { kind: 'kept', schedule: old };
  const hasSameTimes =
    old.cron === definition.cron && old.timeZone === definition.timeZone && old.missed === definition.missed;
  // The new definition may start the run that the old one could not, so the failure is dropped.
  const { failure: _, ...rest } = old;
  return {
    kind: 'changed',
    schedule: { ...rest, ...definition, doneUntil: hasSameTimes ? old.doneUntil : now },
  };
}

function definitionIn(schedule: ScheduleDefinition): ScheduleDefinition {
  const { pipeline, name, file, endpoint, cron, timeZone, missed, inputs, priority } = schedule;
  return { pipeline, name, file, endpoint, cron, timeZone, missed, inputs, priority };
}
