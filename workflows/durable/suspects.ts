import type { Pool } from 'pg';
import { suspectQueue } from './fleet-queues.ts';

/** A run that was under way when the process that executed it ended in a way that a run can bring about. */
export interface Suspect {
  readonly runId: string;
  /** How many processes have ended with it, since it was submitted or last resumed. */
  readonly ends: number;
  /** How many of them it had for itself: it alone can have ended those. */
  readonly ownEnds: number;
  /** What was wrong with the last one: completes "it …". */
  readonly cause: string;
  /** The steps that were at work then. */
  readonly steps: readonly string[];
}

/** How many processes a run may end before it is set aside. */
const mostEnds = 3;
/** A run that ends processes even while it is only being set aside. */
const hopelessEnds = 6;

/** Whether it has ended so many processes that its steps are not tried again; only an end that it alone can have caused counts last. */
export function isSetAside({ ends, ownEnds }: Suspect): boolean {
  // One of several runs has ended a process that they shared: such an end counts once, however many there were.
  return ownEnds + Math.min(ends - ownEnds, 1) >= mostEnds;
}

/** Whether not even setting it aside has worked. */
export function isHopeless(suspect: Suspect | undefined): boolean {
  return suspect !== undefined && suspect.ownEnds >= hopelessEnds;
}

/** Why it is set aside, as its record says it. */
export function reasonToSetAside(suspect: Suspect): string {
  return `it ${suspect.cause}, and ${suspect.ends} processes that executed the run have ended so`;
}

/** The end of a process that executed runs. */
export interface ExecutorEnd {
  readonly executor: string;
  readonly cause: string;
  /** The runs that it had begun, as far as is known, with their steps at work. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which runs may have ended processes of workers, by their memory or by keeping them busy. They are executed one by one, each
 * in a process that it has for itself, until they have shown that they are harmless; kept beside the journal for all workers.
 */
export class Suspects {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Keeps which runs were under way in the process, and answers them. May be repeated when its outcome is not known. */
  async note({ executor, cause, inside }: ExecutorEnd): Promise<readonly Suspect[]> {
    const { rows } = await this.#pool.query<{ readonly run_id: string }>(findExecuting, [executor]);
    const executing = rows.map(({ run_id: runId }) => runId);
    const begun = executing.filter((runId) => inside.has(runId));
    // A run whose plan alone is too much has not begun: then it may be any of those that were taken.
    const suspects = begun.length > 0 ? begun : executing;
    if (suspects.length === 0) return [];
    const steps = suspects.map((runId) => JSON.stringify(inside.get(runId) ?? []));
    const { rows: kept } = await this.#pool.query<Row>(noteEnd, [
      suspects,
      steps,
      suspects.length === 1,
      cause,
      executor,
    ]);
    return kept.map(suspectOf);
  }

  /** Those of these runs that are suspected now. */
  async among(runIds: readonly string[]): Promise<ReadonlyMap<string, Suspect>> {
    if (runIds.length === 0) return new Map();
    try {
      const { rows } = await this.#pool.query<Row>(findSuspects, [runIds]);
      return new Map(rows.map((row) => [row.run_id, suspectOf(row)]));
    } catch (error) {
      // No worker that knows of suspects has ever been there.
      if ((error as { readonly code?: string }).code === undefinedTable) return new Map();
      throw error;
    }
  }

  /** The run has shown that it is harmless: it is executed among others again. */
  async clear(runId: string): Promise<void> {
    await this.#pool.query('UPDATE speechops.suspects SET is_cleared = true WHERE run_id = $1', [runId]);
  }

  /** Somebody tries the run again: from now on its ends are counted anew, still apart from others. */
  async countAnew(runId: string): Promise<void> {
    await this.#pool.query('UPDATE speechops.suspects SET ends = 0, own_ends = 0 WHERE run_id = $1', [runId]);
  }

  /** Forgets a run that has succeeded. */
  async forget(runId: string): Promise<void> {
    await this.#pool.query('DELETE FROM speechops.suspects WHERE run_id = $1', [runId]);
  }

  /** Whether suspects wait for a process that has room for one, or this executor has some. */
  async areThereFor(executor: string | undefined, options: { readonly format: string }): Promise<boolean> {
    const { rows } = await this.#pool.query<{ readonly found: boolean }>(findWork, [
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

/** PostgreSQL's code. */
const undefinedTable = '42P01';

const findExecuting = `
  SELECT workflow_uuid AS run_id FROM dbos.workflow_status
  WHERE executor_id = $1 AND status = 'PENDING' AND name = 'speechops.run'`;

/** The executor says whether this end has been counted. */
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
