import { DBOSClient, Error as EngineErrors, type WorkflowStatus } from '@dbos-inc/dbos-sdk';
import type { Plan } from '../plan/plan.ts';
import { decisionsThatCount, hasEndedItsQuestion, type Decision } from './decision.ts';
import { type Mark, RunHistory } from './run-history.ts';
import type { Shortage } from '../store/disk-room.ts';
import type { Abandoned, OpenRun, RunStatus } from '../engine/engine.ts';
import type { Store } from '../store/embedded-store.ts';
import { fleetQueues, queueOf, suspectQueue } from './fleet-queues.ts';
import { isHopeless, Suspects } from './suspects.ts';
import { journalFormat } from './journal-format.ts';
import { askRepeatedly, reachDatabase } from '../store/reach-database.ts';
import type { RunRecord, StepRecord } from '../engine/run-record.ts';
import { storedPlan, storedRecord, storedStep } from './stored-run.ts';

/** The DBOS workflow that executes a run. */
export const runWorkflow = 'speechops.run';
export interface RunSummary {
  readonly runId: string;
  /** Name of the pipeline; `?` when this version cannot read the stored plan. */
  readonly pipeline: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Format of its journal: see {@link journalFormat}. */
  readonly format: string;
  /** Why the run failed, when the cause is not one of its steps. */
  readonly error?: string;
  /** Set for an unfinished run that no living process executes, by readers that look for that. */
  readonly abandoned?: Abandoned;
  /** Set for a run that waits for room on a disk, by readers that look for that. */
  readonly waitsForRoom?: Shortage;
}

/** A run, as far as this version can read it. */
export interface RunDetails extends RunSummary {
  readonly plan?: Plan;
  /** The steps that have ended. */
  readonly steps: Readonly<Record<string, StepRecord>>;
  readonly record?: RunRecord;
  /** Of a run that was cancelled: how the steps that were under way then have left things, by their ids. */
  readonly leftBehind?: Readonly<Record<string, string>>;
}

/** The cancellations and the last resumption of a run. */
export interface RunPast {
  /** Cancellations since the run was last resumed. */
  readonly cancellations: number;
  /** ISO date-time at which the run was last resumed after it had ended. */
  readonly resumedAt?: string;
}

/** How runs stand, as far as it takes to see that something has changed. */
export interface Pulse {
  readonly kept: string;
  readonly executed: readonly { readonly runId: string; readonly executor: string }[];
}

/** Reads and steers runs but executes none, so that every process can use it. */
export class Journal {
  readonly #client: DBOSClient;
  readonly #pool: Store['pool'];
  readonly #suspects: Suspects;
  readonly #history: RunHistory;
  /** Of the runs that were listed, with what they were in then. */
  readonly #summaries = new Map<string, { readonly state: string; readonly summary: RunSummary }>();

  private constructor(client: DBOSClient, store: Pick<Store, 'pool' | 'embedded'>) {
    this.#client = client;
    this.#pool = store.pool;
    this.#suspects = new Suspects(store.pool);
    this.#history = new RunHistory(client, store);
  }

  /** Throws a DatabaseError when the database cannot be reached. */
  static async open(store: Omit<Store, 'room' | 'isDown'>): Promise<Journal> {
    if (!store.embedded) await reachDatabase(store.pool);
    // DBOS asks for an address but uses the pool.
    const client = await DBOSClient.create({
      systemDatabaseUrl: 'postgresql://unused',
      systemDatabasePool: store.pool,
      applicationName,
      logger: silent,
    });
    return new Journal(client, store);
  }

  /** The newest runs first: at most `limit` (@default 50), those with these ids, or those whose ids begin so. */
  async runs(
    options: { readonly limit?: number; readonly runIds?: readonly string[]; readonly idPrefix?: string } = {},
  ): Promise<readonly RunSummary[]> {
    const found = await this.#client.listWorkflows({
      workflowName: runWorkflow,
      sortDesc: true,
      limit: options.limit ?? options.runIds?.length ?? 50,
      ...(options.runIds === undefined ? {} : { workflowIDs: [...options.runIds] }),
      ...(options.idPrefix === undefined ? {} : { workflow_id_prefix: likeItself(options.idPrefix) }),
      loadInput: false,
      loadOutput: false,
    });
    await this.#summarise(found);
    return found.flatMap(({ workflowID }) => this.#summaries.get(workflowID)?.summary ?? []);
  }

  /** Reads the plans and records of those runs alone that have changed since they were last listed. */
  async #summarise(found: readonly WorkflowStatus[]): Promise<void> {
    if (this.#summaries.size > mostSummaries) this.#summaries.clear();
    const states = new Map(found.map((status) => [status.workflowID, stateIn(status)]));
    const changed = [...states].flatMap(([id, state]) => (this.#summaries.get(id)?.state === state ? [] : [id]));
    if (changed.length === 0) return;
    const read = await this.#client.listWorkflows({ workflowIDs: changed, limit: changed.length });
    for (const status of read)
      this.#summaries.set(status.workflowID, { state: stateIn(status), summary: summaryOf(status) });
  }

  /** The runs that have not ended, each with all that is kept of it. */
  async *openRuns(): AsyncIterable<OpenRun> {
    const found = await this.#client.listWorkflows({
      workflowName: runWorkflow,
      status: ['PENDING', 'ENQUEUED'],
      loadInput: false,
      loadOutput: false,
    });
    for (const { workflowID: runId } of found) {
      const status = await this.#client.getWorkflow(runId);
      const steps = (await this.#client.listWorkflowSteps(runId)) ?? [];
      yield { runId, kept: [status?.input, ...steps.map(({ output }) => output)] };
    }
  }

  async details(runId: string): Promise<RunDetails | undefined> {
    const status = await this.#client.getWorkflow(runId);
    if (status === undefined || status === null || status.workflowName !== runWorkflow) return undefined;
    const steps = (await this.#client.listWorkflowSteps(runId)) ?? [];
    const ended = steps.flatMap(({ name, output }) => {
      const record = storedStep(output);
      return record === undefined ? [] : [[name, record] as const];
    });
    const plan = planOf(status);
    const record = recordOf(status);
    return {
      ...summaryOf(status),
      ...(plan === undefined ? {} : { plan }),
      steps: Object.fromEntries(ended),
      ...(record === undefined ? {} : { record }),
      ...(statusOf(status) === 'cancelled' ? { leftBehind: await this.leftBehind(runId) } : {}),
    };
  }

  /** What is kept of runs, in a text that is another one after every change; and the runs that are executed. Reads no plan. */
  async pulse(): Promise<Pulse> {
    const { rows } = await askRepeatedly<{ readonly kept: string }>(this.#pool, findPulse);
    // A failed query costs the embedded store its only connection, so these tables are looked for first.
    const own = await askRepeatedly<{ readonly exists: boolean }>(this.#pool, hasOwnTables);
    const noted =
      own.rows[0]?.exists === true
        ? await askRepeatedly<{ readonly kept: string }>(this.#pool, findOwnPulse)
        : undefined;
    const found = await askRepeatedly<{ readonly id: string; readonly executor: string }>(this.#pool, findExecuted, [
      runWorkflow,
      fleetAttribute,
    ]);
    return {
      kept: `${rows[0]?.kept ?? ''} ${noted?.rows[0]?.kept ?? ''}`,
      executed: found.rows.map(({ id, executor }) => ({ runId: id, executor })),
    };
  }

  /** Whether a run of this id exists. Works on a database whose tables are missing or incomplete. */
  async holds(runId: string): Promise<boolean> {
    // A failed query costs the embedded store its only connection, so the table is looked for first.
    const { rows } = await this.#pool.query<{ readonly exists: boolean }>(hasJournal);
    return rows[0]?.exists === true && (await this.#pool.query(findRun, [runId])).rowCount === 1;
  }

  /** Marks the run as cancelled and ends its workflow. Returns how often it was cancelled since it was last resumed. */
  async cancel(runId: string): Promise<number> {
    assertNamed(runId);
    await this.mark(runId, 'cancelled');
    await this.#client.cancelWorkflow(runId);
    return (await this.past(runId)).cancellations;
  }

  /** Lets a cancelled run continue: one of the fleet from its queue, another one in the process that executes it. */
  async resumeWorkflow(runId: string, plan: Plan): Promise<void> {
    await this.#client.resumeWorkflow(runId, await this.queueFor(runId, plan));
  }

  /** The queue in which a run of the fleet waits for a worker; empty for other runs. */
  async queueFor(
    runId: string,
    plan: Plan,
  ): Promise<{ readonly queueName?: string; readonly queuePartitionKey?: string }> {
    const [place] = await this.places({ runIds: [runId] });
    if (place?.isOfFleet !== true) return {};
    return (await this.#suspects.among([runId])).has(runId) ? { queueName: suspectQueue } : queueOf(plan);
  }

  /** Keeps a decision about a step. Returns the one that counts: the first that answers the open question. */
  async decide(runId: string, stepId: string, decision: Decision): Promise<Decision> {
    assertNamed(runId);
    const run = await this.details(runId);
    const closed = await this.#history.marks(runId, `answered/${stepId}`);
    const question = closed.length + (hasEndedItsQuestion(run?.steps[stepId]) ? 1 : 0);
    for (;;) {
      const before = await this.#history.decisions(runId, stepId);
      const isFinal = ({ isUnsure, by }: Decision): boolean => isUnsure !== true || by === decision.by;
      const first = decisionsThatCount(before, question).find(isFinal);
      if (first !== undefined) return first;
      await this.#history.addDecision({ ...decision, question }, { runId, stepId, number: before.length });
    }
  }

  /** The decisions about a step that count now, oldest first. */
  async decisions(runId: string, stepId: string): Promise<readonly Decision[]> {
    const kept = await this.#history.decisions(runId, stepId);
    // Most steps have no decision, and then the marks need not be read.
    if (kept.length === 0) return [];
    return decisionsThatCount(kept, (await this.#history.marks(runId, `answered/${stepId}`)).length);
  }

  /** Marks the run as resumed. A no on which one of its steps has failed counts no more. */
  async markResumption({ runId, steps }: Pick<RunDetails, 'runId' | 'steps'>): Promise<void> {
    for (const [stepId, record] of Object.entries(steps)) {
      if (!hasEndedItsQuestion(record)) continue;
      if ((await this.#history.decisions(runId, stepId)).length > 0) await this.mark(runId, `answered/${stepId}`);
    }
    await this.mark(runId, 'resumed');
  }

  /** Keeps a mark of the run with the present time. */
  async mark(runId: string, mark: Mark): Promise<void> {
    const cancellations = mark === 'resumed' ? (await this.#history.marks(runId, 'cancelled')).length : 0;
    // Marks are ordered by number: the processes that write them have different clocks.
    const { length: number } = await this.#history.marks(runId, mark);
    await this.#history.addMark({ at: new Date().toISOString(), cancellations }, { runId, mark, number });
  }

  /** Keeps how steps that are under way would leave things, in place of what was kept of them before; `undefined`: there is nothing to say. */
  async leaveBehind(runId: string, left: ReadonlyMap<string, string | undefined>): Promise<void> {
    for (const [stepId, said] of left) await this.#history.leaveBehind({ runId, stepId, said });
  }

  /** How steps have left things that were under way when the run was cancelled, or its process died, by their ids. */
  async leftBehind(runId: string): Promise<Readonly<Record<string, string>>> {
    return await this.#history.leftBehind(runId);
  }

  /** The cancellations and the last resumption of the run, by its marks. */
  async past(runId: string): Promise<RunPast> {
    const last = (await this.#history.marks(runId, 'resumed')).at(-1);
    const cancelled = (await this.#history.marks(runId, 'cancelled')).length;
    const { at, cancellations = 0 } = last ?? {};
    return { cancellations: cancelled - cancellations, ...(at === undefined ? {} : { resumedAt: at }) };
  }

  /**
   * Submits the run to the workers of the fleet. Of the runs that wait, the one with the lowest `priority` is taken first
   * (@default 0). Throws a {@link RunExistsError} when a run of this id exists.
   */
  async enqueue(runId: string, plan: Plan, options: { readonly priority?: number } = {}): Promise<void> {
    assertNamed(runId);
    const { priority = 0 } = options;
    try {
      await this.#client.enqueue(
        {
          ...queueOf(plan),
          workflowName: runWorkflow,
          workflowID: runId,
          workflowIDReusePolicy: 'reject',
          appVersion: journalFormat,
          attributes: { [fleetAttribute]: true },
          priority,
        },
        plan,
      );
    } catch (error) {
      if (EngineErrors.isWorkflowIDInUseError(error)) throw new RunExistsError(runId);
      throw error;
    }
  }

  /** The places of the runs with these ids, or of the runs of these queues that are executed or wait. */
  async places(
    which: { readonly runIds: readonly string[] } | { readonly queues: readonly string[]; readonly executing: boolean },
  ): Promise<readonly RunPlace[]> {
    const found = await this.#client.listWorkflows({
      workflowName: runWorkflow,
      loadInput: false,
      loadOutput: false,
      ...('runIds' in which
        ? { workflowIDs: [...which.runIds] }
        : { queueName: [...which.queues], status: which.executing ? 'PENDING' : 'ENQUEUED' }),
    });
    return found.map(placeOfRun);
  }

  /**
   * Takes runs from their executors and puts them back into the queues that they came from, suspects into {@link suspectQueue}.
   * Cancels those that end executors even while they are set aside.
   */
  async giveBack(runs: readonly RunPlace[]): Promise<void> {
    const suspects = await this.#suspects.among(runs.filter((run) => run.isOfFleet).map(({ runId }) => runId));
    for (const suspect of suspects.values()) if (isHopeless(suspect)) await this.#client.cancelWorkflow(suspect.runId);
    const rest = runs.filter(({ runId }) => !isHopeless(suspects.get(runId)));
    const queueOfRun = (run: RunPlace): string | undefined => (suspects.has(run.runId) ? suspectQueue : run.queue);
    for (const [queue, ofQueue] of Map.groupBy(rest, queueOfRun)) {
      const options = queue === undefined || queue.startsWith('_') ? {} : { queueName: queue };
      await this.#client.resumeWorkflows(
        ofQueue.map(({ runId }) => runId),
        options,
      );
    }
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }
}

/** Throws when the id of a run is blank. DBOS would execute the run under an id of its own choice, or look for it for ever. */
export function assertNamed(runId: string): void {
  if (runId.trim() === '') throw new Error('Give the id of a run: it is blank (speechops runs lists the runs)');
}

/** Where a run is: with an executor, or in a queue. */
export interface RunPlace {
  readonly runId: string;
  /** Whether the journal names an executor for it, living or dead. */
  readonly isExecuting: boolean;
  readonly executor?: string;
  readonly queue?: string;
  readonly format: string;
  /** Whether the run was submitted to the fleet. */
  readonly isOfFleet: boolean;
}

/** A run of this id exists already. */
export class RunExistsError extends Error {
  override readonly name = 'RunExistsError';

  constructor(runId: string) {
    super(`Choose another run id: there is a run ${runId} already (to continue that one: speechops resume ${runId})`);
  }
}

const fleetAttribute = 'fleet';
const hasJournal = "SELECT to_regclass('dbos.workflow_status') IS NOT NULL AS exists";
/** The steps of runs that have ended do not change. */
const findPulse = `
  SELECT concat_ws(' ', count(*), max(updated_at), (
    SELECT count(*) FROM dbos.operation_outputs WHERE workflow_uuid IN (
      SELECT workflow_uuid FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED'))
  )) AS kept FROM dbos.workflow_status`;
const hasOwnTables = "SELECT to_regclass('speechops.decisions') IS NOT NULL AS exists";
const findOwnPulse = `
  SELECT concat_ws(' ', (SELECT last_value FROM pg_sequences WHERE schemaname = 'speechops' AND sequencename = 'run_log_number_seq'),
    (SELECT last_value FROM pg_sequences WHERE schemaname = 'speechops' AND sequencename = 'schedules_revision_seq'),
    (SELECT count(*) FROM speechops.schedules),
    (SELECT count(*) FROM speechops.decisions), (SELECT count(*) FROM speechops.marks)) AS kept`;
/** A run outside the fleet belongs to the executor \`run:ID\`. */
const findExecuted = `
  SELECT workflow_uuid AS id,
    CASE WHEN (attributes ->> $2) = 'true' THEN coalesce(executor_id, '') ELSE 'run:' || workflow_uuid END AS executor
  FROM dbos.workflow_status WHERE status = 'PENDING' AND name = $1 ORDER BY workflow_uuid`;
const findRun = 'SELECT FROM dbos.workflow_status WHERE workflow_uuid = $1';

function placeOfRun(status: WorkflowStatus): RunPlace {
  return {
    runId: status.workflowID,
    isExecuting: status.status === 'PENDING',
    format: status.applicationVersion ?? 'unknown',
    ...(status.executorId === undefined ? {} : { executor: status.executorId }),
    ...(status.queueName === undefined ? {} : { queue: status.queueName }),
    isOfFleet: status.attributes?.[fleetAttribute] === true,
  };
}

/** Whatever is written of a run changes it. */
function stateIn({ status, updatedAt, completedAt, queueName }: WorkflowStatus): string {
  return [status, updatedAt, completedAt, queueName].join();
}

/** They are listed at most so many at a time. */
const mostSummaries = 20_000;

export const applicationName = 'speechops';

/** DBOS would write its log to the terminal of a person who runs a pipeline. */
export const silent = { debug() {}, info() {}, warn() {}, error() {} };

function summaryOf(status: WorkflowStatus): RunSummary {
  const record = recordOf(status);
  const error = record?.error ?? errorOf(status);
  const finishedAt =
    record?.finishedAt ?? (status.completedAt === undefined ? undefined : new Date(status.completedAt).toISOString());
  return {
    runId: status.workflowID,
    pipeline: planOf(status)?.pipeline.name ?? '?',
    status: statusOf(status),
    startedAt: new Date(status.createdAt).toISOString(),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(error === undefined ? {} : { error }),
    format: status.applicationVersion ?? 'unknown',
  };
}

/** The status of a run. It has failed, too, when its workflow threw an error. */
function statusOf(status: WorkflowStatus): RunStatus {
  if (status.status === 'SUCCESS') return recordOf(status)?.status ?? 'ended';
  if (status.status === 'CANCELLED') return 'cancelled';
  if (status.status === 'ENQUEUED' && fleetQueues.includes(status.queueName ?? '')) return 'queued';
  return status.status === 'PENDING' || status.status === 'ENQUEUED' ? 'running' : 'failed';
}

function recordOf(status: WorkflowStatus): RunRecord | undefined {
  return status.status === 'SUCCESS' ? storedRecord(status.output) : undefined;
}

/** Only for a run that failed: DBOS keeps an error for a cancelled run, too. */
function errorOf(status: WorkflowStatus): string | undefined {
  if (statusOf(status) !== 'failed') return undefined;
  const { error } = status;
  const isSaid = typeof error === 'object' && error !== null && 'message' in error;
  return isSaid ? String(error.message) : error === undefined || error === null ? undefined : String(error);
}

function planOf(status: WorkflowStatus): Plan | undefined {
  return storedPlan(status.input?.[0]);
}

/** The text as a pattern of LIKE that stands for itself: DBOS hands it on as it is. */
function likeItself(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
