import type { Pool } from 'pg';
import type { TickFailure } from './due-tick.ts';
import { unlessOthersDo } from '../../store/one-at-a-time.ts';
import { scheduleChanges, type DeclaredSchedule, type Schedule, type ScheduleChange } from './schedule-changes.ts';

/** A schedule as it was read: what was written since, makes it another one. */
export interface KeptSchedule extends Schedule {
  readonly revision: string;
}

/** The schedules of a fleet, one row each in its database. */
export class Schedules {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** All of them, by pipeline and name. */
  async list(): Promise<readonly KeptSchedule[]> {
    const { rows } = await this.#pool.query<Row>('SELECT * FROM speechops.schedules ORDER BY pipeline, name');
    return rows.map(scheduleOf);
  }

  /** Makes the schedules of these pipelines what is declared, all or nothing, and answers what became of each entry. */
  async declare(declared: readonly DeclaredSchedule[], now: Date): Promise<readonly ScheduleChange[]> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE speechops.schedules IN SHARE ROW EXCLUSIVE MODE');
      const { rows } = await client.query<Row>('SELECT * FROM speechops.schedules');
      const changes = scheduleChanges(rows.map(scheduleOf), { declared, now });
      for (const { kind, schedule } of changes) {
        if (kind === 'removed') await client.query(deleteRow, [schedule.pipeline, schedule.name ?? '']);
        if (kind === 'added' || kind === 'changed') await client.query(writeRow, valuesOf(schedule));
      }
      await client.query('COMMIT');
      client.release();
      return changes;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Removes a pipeline's entries, and answers how many there were. */
  async remove(pipeline: string): Promise<number> {
    return await this.#change('DELETE FROM speechops.schedules WHERE pipeline = $1', [pipeline]);
  }

  /** Lets nothing of a pipeline start any more; answers how many entries it has. */
  async pause(pipeline: string): Promise<number> {
    return await this.#change(
      'UPDATE speechops.schedules SET is_paused = true, revision = DEFAULT WHERE pipeline = $1',
      [pipeline],
    );
  }

  /** Takes {@link pause} back, from now on: what fell into the pause is not made up. Answers how many entries there are. */
  async continue(pipeline: string, now: Date): Promise<number> {
    await this.#change(
      `UPDATE speechops.schedules
       SET is_paused = false, settled_until = greatest(settled_until, $2), revision = DEFAULT, ${noFailure}
       WHERE pipeline = $1 AND is_paused`,
      [pipeline, now],
    );
    const { rows } = await this.#pool.query('SELECT 1 FROM speechops.schedules WHERE pipeline = $1', [pipeline]);
    return rows.length;
  }

  /** The outcome of `act` unless another worker is at this schedule, or has been since it was read. */
  async whileMine(schedule: KeptSchedule, act: () => Promise<void>): Promise<void> {
    const key = `schedule ${JSON.stringify([schedule.pipeline, schedule.name])}`;
    await unlessOthersDo(this.#pool, key, async () => {
      if (await this.isUnchanged(schedule)) await act();
    });
  }

  async isUnchanged({ pipeline, name, revision }: KeptSchedule): Promise<boolean> {
    const { rows } = await this.#pool.query(`SELECT 1 FROM speechops.schedules WHERE ${asRead}`, [
      pipeline,
      name ?? '',
      revision,
    ]);
    return rows.length > 0;
  }

  /** Writes that a tick has its run; false, and nothing written, when the schedule is another one by now. */
  async settle(schedule: KeptSchedule, done: { readonly tick: Date; readonly runId: string }): Promise<boolean> {
    const changed = await this.#change(
      `UPDATE speechops.schedules
       SET settled_until = $4, last_tick = $4, last_run = $5, revision = DEFAULT, ${noFailure} WHERE ${asRead}`,
      [schedule.pipeline, schedule.name ?? '', schedule.revision, done.tick, done.runId],
    );
    return changed > 0;
  }

  /** Writes that the run of a tick could not be started; nothing when the schedule is another one by now. */
  async fail(schedule: KeptSchedule, failure: TickFailure): Promise<void> {
    const { tick, attempts, message, retryAt } = failure;
    await this.#change(
      `UPDATE speechops.schedules
       SET failed_tick = $4, attempts = $5, error = $6, retry_at = $7, revision = DEFAULT WHERE ${asRead}`,
      [schedule.pipeline, schedule.name ?? '', schedule.revision, tick, attempts, message, retryAt ?? null],
    );
  }

  async #change(statement: string, values: readonly unknown[]): Promise<number> {
    return (await this.#pool.query(statement, [...values])).rowCount ?? 0;
  }
}

interface Row {
  readonly pipeline: string;
  /** Empty for an entry without a name. */
  readonly name: string;
  /** Never the same again, also when the row is made anew. */
  readonly revision: string;
  readonly file: string;
  readonly endpoint: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly missed: Schedule['missed'];
  readonly inputs: Schedule['inputs'];
  readonly priority: number;
  readonly is_paused: boolean;
  readonly settled_until: Date;
  readonly last_tick: Date | null;
  readonly last_run: string | null;
  readonly failed_tick: Date | null;
  readonly attempts: number | null;
  readonly error: string | null;
  readonly retry_at: Date | null;
}

const asRead = 'pipeline = $1 AND name = $2 AND revision = $3';
const noFailure = 'failed_tick = NULL, attempts = NULL, error = NULL, retry_at = NULL';
const deleteRow = 'DELETE FROM speechops.schedules WHERE pipeline = $1 AND name = $2';
const writeRow = `
  INSERT INTO speechops.schedules
    (pipeline, name, file, endpoint, cron, time_zone, missed, inputs, priority, is_paused, settled_until)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (pipeline, name) DO UPDATE
    SET file = $3, endpoint = $4, cron = $5, time_zone = $6, missed = $7, inputs = $8, priority = $9,
        is_paused = $10, settled_until = $11, revision = DEFAULT, ${noFailure}`;

function valuesOf(schedule: Schedule): unknown[] {
  const { pipeline, name, file, endpoint, cron, timeZone, missed, inputs, priority, isPaused, doneUntil } = schedule;
  const text = JSON.stringify(inputs);
  return [pipeline, name ?? '', file, endpoint, cron, timeZone, missed, text, priority, isPaused, doneUntil];
}

function scheduleOf(row: Row): KeptSchedule {
  const { pipeline, name, revision, file, endpoint, cron, missed, inputs, priority } = row;
  return {
    pipeline,
    name: name === '' ? undefined : name,
    revision,
    file,
    endpoint,
    cron,
    timeZone: row.time_zone,
    missed,
    inputs,
    priority,
    isPaused: row.is_paused,
    doneUntil: row.settled_until,
    ...(row.last_tick === null ? {} : { lastTick: row.last_tick }),
    ...(row.last_run === null ? {} : { lastRunId: row.last_run }),
    ...(row.failed_tick === null ? {} : { failure: failureOfTick(row, row.failed_tick) }),
  };
}

function failureOfTick({ attempts, error, retry_at: retryAt }: Row, tick: Date): TickFailure {
  return { tick, attempts: attempts ?? 1, message: error ?? '', ...(retryAt === null ? {} : { retryAt }) };
}
