import type { PipelineStep } from '../language/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { GroupWait } from '../durable/execution.ts';
import type { RunScope } from '../engine/engine.ts';
import { createInterpreter } from '../engine/interpret-plan.ts';
import type { Ownership } from '../engine/ownership.ts';
import type { Ports } from '../engine/ports.ts';
import type { RunEvent, RunRecord } from '../engine/run-record.ts';
import type { SetAside } from '../engine/run-state.ts';
import type { Secrets } from '../engine/secrets.ts';
import type { StepKind } from '../engine/step-kind.ts';
import type { Callbacks } from '../engine/retries/wait-for-entity.ts';
import type { Store } from '../store/embedded-store.ts';
import type { RunLog } from '../store/run-log.ts';
import { Activity } from './activity.ts';
import { RequestBudget, type RequestLimit } from './request-budget.ts';
import type { FleetWebhooks } from './webhooks/fleet-webhooks.ts';
import type { WorkerEvent } from './worker-events.ts';
import { stepKey, workerKinds } from './worker-kinds.ts';
import type { WorkerStep } from './worker-ports.ts';

export interface WorkerRunsOptions {
  readonly store: Store;
  readonly executor: string;
  readonly kinds: Readonly<Record<string, StepKind>>;
  readonly connect: Connect;
  readonly webhooks: FleetWebhooks | undefined;
  readonly log: RunLog;
  readonly tell: (event: WorkerEvent) => void;
}

/**
 * Connects to the Speech resources of a plan. The returned function gives the connection of a step; `{}` is that of the steps
 * that name no resource. Throws when this worker cannot use them: the run then fails.
 */
export type Connect = (
  plan: Plan,
  admission: Admission,
) => Promise<(step: Pick<PipelineStep, 'resource'>) => WorkerConnection>;

export interface Admission {
  /** Resolves when a request may be sent to the resource. To be awaited before every attempt that counts for its limit. */
  beforeAttempt(attempt: {
    readonly origin: string;
    /** Whether other requests may go first. */
    readonly canWait: boolean;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;
}

export interface WorkerConnection {
  readonly ports: Ports;
  /** Asked for every request of the run after the request had its turn, right before it is sent. */
  readonly ownership: Ownership;
  /** Origin of the Speech resource: its name among all workers. */
  readonly resource: string;
  /** How many requests all workers together may send to the resource; absent for a service on this machine. */
  readonly limit?: RequestLimit;
  readonly pollMilliseconds: number;
  /** The secret variables that the run reads, as far as this worker provides them. @default none */
  readonly secrets?: Secrets;
}

/** The runs that a worker executes side by side. */
export class WorkerRuns {
  readonly #options: WorkerRunsOptions;
  readonly #runs = new Set<string>();
  /** By resource. */
  readonly #budgets = new Map<string, RequestBudget>();
  /** For which run of its group each run waits, as its log says. */
  readonly #noted = new Map<string, string | undefined>();
  /** Of the steps of all runs. */
  readonly activity: Activity;

  constructor(options: WorkerRunsOptions) {
    this.#options = options;
    this.activity = new Activity((step, activity) => options.tell({ kind: 'activity', step, activity }));
  }

  /** How many runs are executed now. */
  get count(): number {
    return this.#runs.size;
  }

  /** Seconds that requests have waited for their turn since the start, in all. */
  get requestWaitSeconds(): number {
    return [...this.#budgets.values()].reduce((sum, budget) => sum + budget.waitedSeconds, 0);
  }

  /** Notes in the log of a run for which run of its group it waits, whenever that changes. */
  noteWait({ runId, group, holder }: GroupWait): void {
    if (this.#noted.has(runId) && this.#noted.get(runId) === holder) return;
    this.#noted.set(runId, holder);
    this.#options.log.note(
      runId,
      `waiting for ${holder === undefined ? 'another run' : `run ${holder}`} of the concurrency group ${group}`,
    );
  }

  /** Executes a run, tells of its events and keeps them in its log. `setAside`: its steps are not tried again. */
  async execute(plan: Plan, of: { readonly scope: RunScope; readonly setAside?: SetAside }): Promise<RunRecord> {
    const { scope, setAside } = of;
    const { runId } = scope;
    const { activity } = this;
    const { executor, log, tell } = this.#options;
    const begun = new Set<string>();
    this.#runs.add(runId);
    tell({ kind: 'run-started', runId, pipeline: plan.pipeline.name });
    log.note(runId, `executed by ${executor}`);
    const keep = log.eventsOf(runId);
    try {
      const connectionOf = await this.#options.connect(plan, this.#admission());
      const steps = new Map(plan.pipeline.steps.map((step) => [step.id, step]));
      const kinds = workerKinds(this.#options.kinds, {
        runId,
        activity,
        workerStepOf: (stepId) => this.#workerStep(plan, connectionOf(steps.get(stepId) ?? {})),
      });
      const onEvent = (event: RunEvent): void => {
        keep(event);
        if (event.kind === 'step-started') begun.add(event.stepId);
        if (event.kind === 'step-finished') activity.end(stepKey(runId, event.stepId));
        const isRemembered = event.kind === 'step-finished' && !begun.has(event.stepId);
        tell({ kind: 'step', runId, event, isRemembered });
      };
      const onStep = (stepId: string): void =>
        tell({ kind: 'activity', step: stepKey(runId, stepId), activity: 'works' });
      const { ports, ownership, secrets } = connectionOf({});
      const portsOf = (step: PipelineStep): Ports => connectionOf(step).ports;
      const interpreter = createInterpreter({
        kinds,
        ports,
        portsOf,
        onEvent,
        onStep,
        ownership,
        setAside,
        ...(secrets === undefined ? {} : { secrets }),
      });
      const record = await Promise.race([interpreter(plan, scope), scope.givenUp]);
      tell({ kind: 'run-ended', runId, record });
      return record;
    } catch (error) {
      tell({ kind: 'run-left', runId, error });
      log.note(runId, `left by ${executor}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    } finally {
      for (const stepId of begun) activity.end(stepKey(runId, stepId));
      this.#runs.delete(runId);
    }
  }

  #workerStep(plan: Plan, connection: WorkerConnection): Omit<WorkerStep, 'whileWaiting'> {
    this.#keepBudget(connection);
    const callbacks = this.#callbacksOf(connection);
    return {
      folder: plan.folder,
      pollMilliseconds: connection.pollMilliseconds,
      ...(callbacks === undefined ? {} : { callbacks }),
    };
  }

  /** Lets attempts wait for their turns among the attempts of all workers. */
  #admission(): Admission {
    const budgets = this.#budgets;
    return {
      async beforeAttempt({ origin, ...request }) {
        await budgets.get(origin)?.admit(request);
      },
    };
  }

  #keepBudget({ resource, limit }: WorkerConnection): void {
    if (limit === undefined || this.#budgets.has(resource)) return;
    this.#budgets.set(resource, new RequestBudget(this.#options.store.pool, { resource, limit }));
  }

  #callbacksOf({ ports, resource }: WorkerConnection): Callbacks | undefined {
    const { webhooks } = ports.speech;
    // The webhook belongs to the fleet and not to a run, so that every worker may look after it.
    return webhooks === undefined ? undefined : this.#options.webhooks?.of(resource, webhooks);
  }
}
