import { DBOSClient, Error as EngineErrors, type WorkflowStatus } from '@dbos-inc/dbos-sdk';
import type { Plan } from '../plan/plan.ts';
import { decisionsThatCount, hasEndedItsQuestion, type Decision } from './decision.ts';
import { type Mark, RunHistory } from './run-history.ts';
import type { Shortage } from '../store/disk-room.ts';
import type { Abandoned, RunStatus } from '../engine/engine.ts';
import type { Store } from '../store/embedded-store.ts';
import { fleetQueues, queueOf, suspectQueue } from './fleet-queues.ts';
import { isHopeless, Suspects } from './suspects.ts';
import { journalFormat } from './journal-format.ts';
import { reachDatabase } from '../store/reach-database.ts';
import type { RunRecord, StepRecord } from '../engine/run-record.ts';
import { storedPlan, storedRecord, storedStep } from './stored-run.ts';

/** The name under which runs are kept, and what executes them. */
export const runWorkflow = 'speechops.run';
export interface RunSummary {
  readonly runId: string;
  /** Its name; `?` when the stored plan is none that this version can show. */
  readonly pipeline: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** The form in which it is kept: see {@link journalFormat}. */
  readonly format: string;
  /** Why it failed, when that is not for one of its steps. */
  readonly error?: string;
  /** Of a run that no living process executes though it has not ended, where that was looked at. */
  readonly abandoned?: Abandoned;
  /** Of a run that waits until there is room for what it does, where that was looked at. */
  readonly waitsForRoom?: Shortage;
}

/** A run as far as this version can show what is stored of it. */
export interface RunDetails extends RunSummary {
  readonly plan?: Plan;
  /** The steps that have ended. */
  readonly steps: Readonly<Record<string, StepRecord>>;
  readonly record?: RunRecord;
}

/** What was done to a run from outside. */
export interface RunPast {
  /** How often it was cancelled since it was last resumed. */
  readonly cancellations: number;
  /** When it was last resumed after it had ended: ISO date-time. */
  readonly resumedAt?: string;
}

/** Reading and steering runs, without executing any: for the process that executes them and for every other one. */
export class Journal {
  readonly #client: DBOSClient;
  readonly #pool: Store['pool'];
  readonly #suspects: Suspects;
  readonly #history: RunHistory;

  private constructor(client: DBOSClient, store: Pick<Store, 'pool' | 'embedded'>) {
    this.#client = client;
    this.#pool = store.pool;
    this.#suspects = new Suspects(store.pool);
    this.#history = new RunHistory(client, store);
  }

  /** Throws a DatabaseError when the database cannot be reached. */
  static async open(store: Omit<Store, 'room' | 'isDown'>): Promise<Journal> {
    if (!store.embedded) await reachDatabase(store.pool);
    // The address is not used: the pool is.
    const client = await DBOSClient.create({
      systemDatabaseUrl: 'postgresql://unused',
      systemDatabasePool: store.pool,
      applicationName,
      logger: silent,
    });
    return new Journal(client, store);
  }

  /** Newest first; those with these names alone, where some are given. */
  async runs(
    options: { readonly limit?: number; readonly runIds?: readonly string[] } = {},
  ): Promise<readonly RunSummary[]> {
    const found = await this.#client.listWorkflows({
      workflowName: runWorkflow,
      sortDesc: true,
      limit: options.limit ?? options.runIds?.length ?? 50,
      ...(options.runIds === undefined ? {} : { workflowIDs: [...options.runIds] }),
    });
    return found.map(summaryOf);
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
    };
  }

  /** Whether there is a run of this name; also where the tables of the journal are not made yet, or not all of them. */
  async holds(runId: string): Promise<boolean> {
    // A failed query costs the embedded store its one connection: so it is asked first whether there is the table.
    const { rows } = await this.#pool.query<{ readonly exists: boolean }>(hasJournal);
    return rows[0]?.exists === true && (await this.#pool.query(findRun, [runId])).rowCount === 1;
  }

  /** Ends the run where it stands, and keeps that it was; answers how often that has been since it was last resumed. */
  async cancel(runId: string): Promise<number> {
    await this.mark(runId, 'cancelled');
    await this.#client.cancelWorkflow(runId);
    return (await this.past(runId)).cancellations;
  }

  /** Lets a cancelled run go on, where it is executed or, when it is the fleet's, in its queue. */
  async resumeWorkflow(runId: string, plan: Plan): Promise<void> {
    await this.#client.resumeWorkflow(runId, await this.queueFor(runId, plan));
  }

  /** The queue in which a run of the fleet waits for a worker; none for another run. */
  async queueFor(
    runId: string,
    plan: Plan,
  ): Promise<{ readonly queueName?: string; readonly queuePartitionKey?: string }> {
    const [place] = await this.places({ runIds: [runId] });
    if (place?.isOfFleet !== true) return {};
    return (await this.#suspects.among([runId])).has(runId) ? { queueName: suspectQueue } : queueOf(plan);
  }

  /** Keeps a decision for a step; of those for a question the first one counts, and the result is the one that counts. */
  async decide(runId: string, stepId: string, decision: Decision): Promise<Decision> {
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

  /** The decisions for a step that count now, the first one first. */
  async decisions(runId: string, stepId: string): Promise<readonly Decision[]> {
    const kept = await this.#history.decisions(runId, stepId);
    // Most steps that are asked for have none: then nothing else is asked.
    if (kept.length === 0) return [];
    return decisionsThatCount(kept, (await this.#history.marks(runId, `answered/${stepId}`)).length);
  }

  /** Keeps that the run is resumed, and that the noes on which its steps have ended count no more. */
  async markResumption({ runId, steps }: Pick<RunDetails, 'runId' | 'steps'>): Promise<void> {
    for (const [stepId, record] of Object.entries(steps)) {
      if (!hasEndedItsQuestion(record)) continue;
      if ((await this.#history.decisions(runId, stepId)).length > 0) await this.mark(runId, `answered/${stepId}`);
    }
    await this.mark(runId, 'resumed');
  }

  /** Keeps that this was done to the run now. */
  async mark(runId: string, mark: Mark): Promise<void> {
    const cancellations = mark === 'resumed' ? (await this.#history.marks(runId, 'cancelled')).length : 0;
    // The number is what counts: people who cancel and resume have clocks of their own.
    const { length: number } = await this.#history.marks(runId, mark);
    await this.#history.addMark({ at: new Date().toISOString(), cancellations }, { runId, mark, number });
  }

  /** What was done to the run from outside. */
  async past(runId: string): Promise<RunPast> {
    const last = (await this.#history.marks(runId, 'resumed')).at(-1);
    const cancelled = (await this.#history.marks(runId, 'cancelled')).length;
    const { at, cancellations = 0 } = last ?? {};
    return { cancellations: cancelled - cancellations, ...(at === undefined ? {} : { resumedAt: at }) };
  }

  /**
   * Leaves the run to the workers of the fleet. Throws an {@link RunExistsError} when there is a run of this name.
   * `priority` counts among the runs that wait: 0 is taken first.
   */
  async enqueue(runId: string, plan: Plan, options: { readonly priority?: number } = {}): Promise<void> {
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

  /** Where runs are: those with these names, or those in these queues that a process executes or that wait for one. */
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
   * Takes runs from whoever executes them and puts them into the queue that they came from, those that are suspected of having
   * ended a process into the one in which they are executed apart from others.
   */
  async giveBack(runs: readonly RunPlace[]): Promise<void> {
    const suspects = await this.#suspects.among(runs.filter((run) => run.isOfFleet).map(({ runId }) => runId));
    for (const suspect of suspects.values()) if (isHopeless(suspect)) await this.#client.cancelWorkflow(suspect.runId);
    const left = runs.filter(({ runId }) => !isHopeless(suspects.get(runId)));
    const queueOfRun = (run: RunPlace): string | undefined => (suspects.has(run.runId) ? suspectQueue : run.queue);
    for (const [queue, ofQueue] of Map.groupBy(left, queueOfRun)) {
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

/** Where a run is executed, or waits to be. */
export interface RunPlace {
  readonly runId: string;
  /** Whether a process executes it, living or not. */
  readonly isExecuting: boolean;
  readonly executor?: string;
  readonly queue?: string;
  readonly format: string;
  /** Whether it was left to the workers of the fleet. */
  readonly isOfFleet: boolean;
}

/** There is a run of this name already. */
export class RunExistsError extends Error {
  override readonly name = 'RunExistsError';

  constructor(runId: string) {
    super(`Choose another run id: there is a run ${runId} already (to go on with that one: speechops resume ${runId})`);
  }
}

const fleetAttribute = 'fleet';
const hasJournal = "SELECT to_regclass('dbos.workflow_status') IS NOT NULL AS exists";
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

export const applicationName = 'speechops';

/** The engine's own chatter is not for the terminal of somebody who runs a pipeline. */
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

/** How the run stands. An error that is no outcome of a step is a failure too. */
export function statusOf(status: WorkflowStatus): RunStatus {
  if (status.status === 'SUCCESS') return recordOf(status)?.status ?? 'ended';
  if (status.status === 'CANCELLED') return 'cancelled';
  if (status.status === 'ENQUEUED' && fleetQueues.includes(status.queueName ?? '')) return 'queued';
  return status.status === 'PENDING' || status.status === 'ENQUEUED' ? 'running' : 'failed';
}

function recordOf(status: WorkflowStatus): RunRecord | undefined {
  return status.status === 'SUCCESS' ? storedRecord(status.output) : undefined;
}

/** Only of a run that failed: DBOS has an error of its own for one that was cancelled. */
function errorOf(status: WorkflowStatus): string | undefined {
  if (statusOf(status) !== 'failed') return undefined;
  const { error } = status;
  const isSaid = typeof error === 'object' && error !== null && 'message' in error;
  return isSaid ? String(error.message) : error === undefined || error === null ? undefined : String(error);
}

function planOf(status: WorkflowStatus): Plan | undefined {
  return storedPlan(status.input?.[0]);
}
