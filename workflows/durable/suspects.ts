import type { Pool } from 'pg';
import { askRepeatedly } from '../store/reach-database.ts';
import { suspectQueue } from './fleet-queues.ts';

/** A run that was under way when its executor ended by memory, a stall or a crash, so that it may be the cause. */
export interface Suspect {
  readonly runId: string;
  /** How many executors have ended with it, since it was submitted or last resumed. */
  readonly ends: number;
  /** How many of these executed no other run, so that this run alone can be the cause. */
  readonly ownEnds: number;
  /** Why the last of these executors ended: completes "it …". */
  readonly cause: string;
  /** The steps of the run that were at work when the last one ended. */
  readonly steps: readonly string[];
}

/** A run that has ended so many executors is set aside. */
const mostEnds = 3;
/** A run that has ended so many executors alone has ended some while it was only being set aside. */
const hopelessEnds = 6;

/** Whether the run has ended so many executors that its steps are not tried again. Ends of shared executors count as one. */
export function isSetAside({ ends, ownEnds }: Suspect): boolean {
  // Of the runs that shared an executor only one has ended it, perhaps another one: all such ends count as one.
  return ownEnds + Math.min(ends - ownEnds, 1) >= mostEnds;
}

/** Whether the run ends executors even while it is set aside, so that only cancelling it helps. */
export function isHopeless(suspect: Suspect | undefined): boolean {
  return suspect !== undefined && suspect.ownEnds >= hopelessEnds;
}

/** The reason for setting the run aside, a clause for its record. */
export function reasonToSetAside(suspect: Suspect): string {
  return `it ${suspect.cause}, and ${suspect.ends} processes that executed the run have ended so`;
}

/** How an executor ended. */
export interface ExecutorEnd {
  readonly executor: string;
  readonly cause: string;
  /** The runs that the executor is known to have begun, each with its steps at work. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
}

/**
 * The runs that may have ended an executor, by its memory or by keeping it busy; a table beside the journal, for all workers. A
 * suspect is executed alone in its process until it has shown that it is harmless.
 */
export class Suspects {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Records the runs of the executor that may have ended it, and returns them. May be repeated when its outcome is not known. */
  async note({ executor, cause, inside }: ExecutorEnd): Promise<readonly Suspect[]> {
    const { rows } = await askRepeatedly<{ readonly run_id: string }>(this.#pool, findExecuting, [executor]);
    const executing = rows.map(({ run_id: runId }) => runId);
    const begun = executing.filter((runId) => inside.has(runId));
    // A plan alone can use up the memory before its run has begun. Then each run that the executor had claimed may be the cause.
    const suspects = begun.length > 0 ? begun : executing;
    if (suspects.length === 0) return [];
    const steps = suspects.map((runId) => JSON.stringify(inside.get(runId) ?? []));
    const { rows: kept } = await askRepeatedly<Row>(this.#pool, noteEnd, [
      suspects,
      steps,
      suspects.length === 1,
      cause,
      executor,
    ]);
    return kept.map(suspectOf);
  }

  /** The suspects among these runs, by run id. */
  async among(runIds: readonly string[]): Promise<ReadonlyMap<string, Suspect>> {
    if (runIds.length === 0) return new Map();
    try {
      const { rows } = await askRepeatedly<Row>(this.#pool, findSuspects, [runIds]);
      return new Map(rows.map((row) => [row.run_id, suspectOf(row)]));
    } catch (error) {
      // No executor has prepared this database for suspects yet.
      if ((error as { readonly code?: string }).code === undefinedTable) return new Map();
      throw error;
    }
  }

  /** Marks the run as harmless: workers execute it beside other runs again. */
  async clear(runId: string): Promise<void> {
    await askRepeatedly(this.#pool, 'UPDATE speechops.suspects SET is_cleared = true WHERE run_id = $1', [runId]);
  }

  /** Sets the counts of a run that is resumed to zero. It stays a suspect. */
  async countAnew(runId: string): Promise<void> {
    await askRepeatedly(this.#pool, 'UPDATE speechops.suspects SET ends = 0, own_ends = 0 WHERE run_id = $1', [runId]);
  }

  /** Forgets a run that has ended and left its executor alive. */
  async forget(runId: string): Promise<void> {
    await askRepeatedly(this.#pool, 'DELETE FROM speechops.suspects WHERE run_id = $1', [runId]);
  }

  /** Whether a suspect with a journal of this format waits for a process, or this executor has one. */
  async areThereFor(executor: string | undefined, options: { readonly format: string }): Promise<boolean> {
    const { rows } = await askRepeatedly<{ readonly found: boolean }>(this.#pool, findWork, [
      suspectQueue,
      executor ?? '',
      options.format,
    ]);
    return rows[0]?.found === true;
  }
}

interface Row {
  readonly run_id: string;
  readonly ends: number;
  readonly own_ends: number;
  readonly cause: string;
  readonly steps: readonly string[];
}

function suspectOf(row: Row): Suspect {
  const { run_id: runId, ends, own_ends: ownEnds, cause, steps } = row;
  return { runId, ends, ownEnds, cause, steps };
}

/** PostgreSQL's error code. */
const undefinedTable = '42P01';

const findExecuting = `
  SELECT workflow_uuid AS run_id FROM dbos.workflow_status
  WHERE executor_id = $1 AND status = 'PENDING' AND name = 'speechops.run'`;

/** The row names the executor whose end was counted last, so that each end counts once. */
const noteEnd = `
  INSERT INTO speechops.suspects AS known (run_id, ends, own_ends, cause, steps, executor, is_cleared)
  SELECT run_id, 1, $3::boolean::integer, $4, steps::jsonb, $5, false FROM unnest($1::text[], $2::text[]) AS inside (run_id, steps)
  ON CONFLICT (run_id) DO UPDATE SET
    ends = known.ends + (known.executor <> excluded.executor)::integer,
    own_ends = known.own_ends + CASE WHEN known.executor <> excluded.executor THEN excluded.own_ends ELSE 0 END,
    cause = excluded.cause, steps = excluded.steps, executor = excluded.executor, is_cleared = false
  RETURNING run_id, ends, own_ends, cause, steps`;

const findSuspects = `
  SELECT run_id, ends, own_ends, cause, steps FROM speechops.suspects
  WHERE run_id = ANY($1::text[]) AND NOT is_cleared`;

const findWork = `
  SELECT EXISTS (
    SELECT FROM dbos.workflow_status
    WHERE queue_name = $1 AND application_version = $3
      AND (status = 'ENQUEUED' OR (status = 'PENDING' AND executor_id = $2))) AS found`;
