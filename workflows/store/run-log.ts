import type { Pool } from 'pg';
import type { Store } from './embedded-store.ts';
import { askRepeatedly, reachDatabase } from './reach-database.ts';
import { prepareTables } from './tables.ts';
import { isLeftOut, type RunEvent } from '../engine/run-record.ts';

/** A line in the log of a run, about the run or one of its steps. */
export interface LogEntry {
  /** ISO date-time. */
  readonly at: string;
  /** `run` for the run as a whole, else the event of a step. */
  readonly kind: 'run' | RunEvent['kind'];
  readonly stepId?: string;
  readonly message: string;
}

/**
 * The log of runs, kept beside the journal for people to read later and from elsewhere. Nothing depends on it: lines are written
 * together a moment later, and the last ones are lost with the process.
 */
export class RunLog {
  readonly #pool: Pool;
  /** By step, then by message without its numbers. */
  readonly #told = new Map<string, Map<string, Told>>();
  #unwritten: (LogEntry & { readonly runId: string })[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The log of a store in which this process keeps runs. Throws a DatabaseError when the database cannot be reached. */
  static async open(store: Store): Promise<RunLog> {
    if (!store.embedded) await reachDatabase(store.pool);
    await prepareTables(store);
    return new RunLog(store.pool);
  }

  /** The log of a store that may have none yet, for reading. */
  static reading({ pool }: Store): Pick<RunLog, 'read'> {
    return new RunLog(pool);
  }

  /** The last lines after the one with the number `after`, oldest first; at most `limit` (@default 200). */
  async read(
    runId: string,
    options: { readonly limit?: number; readonly after?: number } = {},
  ): Promise<readonly (LogEntry & { readonly number: number })[]> {
    // A failed query costs the embedded store its only connection, so the table is looked for first.
    const found = await askRepeatedly<{ readonly exists: boolean }>(this.#pool, hasLog);
    if (found.rows[0]?.exists !== true) return [];
    const { rows } = await askRepeatedly<Row>(this.#pool, readLines, [runId, options.after ?? 0, options.limit ?? 200]);
    return rows.map(({ number, at, kind, step_id: stepId, message }) => ({
      number: Number(number),
      at: at.toISOString(),
      kind,
      ...(stepId === null ? {} : { stepId }),
      message,
    }));
  }

  /** Keeps a line about the run as a whole. */
  note(runId: string, message: string): void {
    this.#add({ runId, kind: 'run', at: new Date().toISOString(), message });
  }

  /** Returns a function that keeps the events of a run, except of steps that had ended before and are only remembered. */
  eventsOf(runId: string): (event: RunEvent) => void {
    const begun = new Set<string>();
    return (event) => {
      const { stepId } = event;
      if (event.kind === 'step-started') begun.add(stepId);
      const isRemembered = event.kind === 'step-finished' && !isLeftOut(event.record) && !begun.has(stepId);
      if (!isRemembered) this.#tell(event, runId);
    };
  }

  /** Writes the lines that are not written yet; does not throw when the database does not take them. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  #tell(event: RunEvent, runId: string): void {
    const { stepId } = event;
    const message = messageOf(event);
    if (event.kind === 'step-progress' && !this.#isNews(message, `${runId}/${stepId}`)) return;
    if (event.kind === 'step-finished') this.#told.delete(`${runId}/${stepId}`);
    this.#add({ runId, kind: event.kind, stepId, at: new Date().toISOString(), message });
  }

  /**
   * A step that polls for days repeats its message. With other numbers the message is kept ever less often, unchanged it is not.
   */
  #isNews(message: string, step: string): boolean {
    const told = this.#told.get(step) ?? new Map<string, Told>();
    this.#told.set(step, told);
    const said = message.replaceAll(/\d+/g, '#');
    const now = Date.now();
    const last = told.get(said);
    if (last !== undefined && (last.message === message || now - last.time < last.pauseMilliseconds)) return false;
    const pauseMilliseconds =
      last === undefined ? 0 : Math.min(500 + 2 * last.pauseMilliseconds, longestPauseMilliseconds);
    told.set(said, { message, time: now, pauseMilliseconds });
    return true;
  }

  #add(entry: LogEntry & { readonly runId: string }): void {
    this.#unwritten.push(entry);
    // While the database does not answer, only the newest lines are kept.
    if (this.#unwritten.length > mostUnwritten) this.#unwritten.shift();
    this.#timer ??= setTimeout(() => void this.#write(), writeAfterMilliseconds).unref();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    this.#writing = this.#writeAfter(this.#writing);
    await this.#writing;
  }

  async #writeAfter(before: Promise<void>): Promise<void> {
    await before;
    const lines = this.#unwritten.splice(0);
    if (lines.length === 0) return;
    const columns = [
      lines.map(({ runId }) => runId),
      lines.map(({ at }) => at),
      lines.map(({ kind }) => kind),
      lines.map(({ stepId }) => stepId ?? null),
      lines.map(({ message }) => message),
    ];
    try {
      await this.#pool.query(writeLines, columns);
    } catch {
      this.#unwritten = [...lines, ...this.#unwritten].slice(-mostUnwritten);
    }
  }
}

interface Told {
  readonly message: string;
  readonly time: number;
  /** For how long the message is not kept with other numbers. */
  readonly pauseMilliseconds: number;
}

interface Row {
  readonly number: string;
  readonly at: Date;
  readonly kind: LogEntry['kind'];
  readonly step_id: string | null;
  readonly message: string;
}

function messageOf(event: RunEvent): string {
  if (event.kind === 'step-progress') return event.message;
  if (event.kind === 'step-started') return event.reason === undefined ? 'started' : `started because ${event.reason}`;
  const { status, error, reason } = event.record;
  const said = error ?? (isLeftOut(event.record) ? reason : undefined);
  return said === undefined ? status : `${status}: ${said}`;
}

const hasLog = "SELECT to_regclass('speechops.run_log') IS NOT NULL AS exists";

const readLines = `
  SELECT * FROM (
    SELECT number, at, kind, step_id, message FROM speechops.run_log
    WHERE run_id = $1 AND number > $2 ORDER BY number DESC LIMIT $3
  ) AS newest ORDER BY number`;

const writeLines = `
  INSERT INTO speechops.run_log (run_id, at, kind, step_id, message)
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])`;

const writeAfterMilliseconds = 300;
const longestPauseMilliseconds = 600_000;
const mostUnwritten = 1000;
