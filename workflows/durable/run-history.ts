import type { DBOSClient, WorkflowStatus } from '@dbos-inc/dbos-sdk';
import type { Store } from '../store/embedded-store.ts';
import { askRepeatedly } from '../store/reach-database.ts';
import { prepareTables } from '../store/tables.ts';
import type { KeptDecision } from './decision.ts';

/**
 * What happened to a run: it was resumed after it had ended, or cancelled; or a step that had ended on a decision is done again,
 * so that a no counts no more.
 */
export type Mark = 'resumed' | 'cancelled' | `answered/${string}`;

export interface KeptMark {
  /** ISO date-time. */
  readonly at: string;
  /** For a resumption: how often the run had been cancelled before it. */
  readonly cancellations: number;
}

/**
 * The decisions of people about steps, and the marks of runs, each in the order in which it was kept. The release before kept
 * them as DBOS workflows: those are read as well, and come first.
 */
export class RunHistory {
  readonly #client: DBOSClient;
  readonly #store: Pick<Store, 'pool' | 'embedded'>;
  #hasTables = false;
  /** Whether the tables are as this version has them. */
  #isUpToDate = false;

  constructor(client: DBOSClient, store: Pick<Store, 'pool' | 'embedded'>) {
    this.#client = client;
    this.#store = store;
  }

  /** Every decision about a step. */
  async decisions(runId: string, stepId: string): Promise<readonly KeptDecision[]> {
    const before = await this.#decisionsOfWorkflows(runId, stepId);
    if (!(await this.#isPrepared())) return before;
    const { rows } = await askRepeatedly<DecisionRow>(this.#store.pool, findDecisions, [runId, stepId]);
    return [...before, ...rows.map(decisionOf)];
  }

  /** Keeps a decision as the one of this number, unless another process has been faster. */
  async addDecision(
    decision: KeptDecision,
    of: { readonly runId: string; readonly stepId: string; readonly number: number },
  ): Promise<void> {
    await this.#prepare();
    const { approved, by, at, comment, isUnsure = false, question = 0 } = decision;
    const values = [of.runId, of.stepId, of.number, question, approved, by, at, comment ?? null, isUnsure];
    await askRepeatedly(this.#store.pool, addDecision, values);
  }

  /** Every mark of this kind on a run. */
  async marks(runId: string, mark: Mark): Promise<readonly KeptMark[]> {
    const before = await this.#marksOfWorkflows(runId, mark);
    if (!(await this.#isPrepared())) return before;
    const { rows } = await askRepeatedly<KeptMark>(this.#store.pool, findMarks, [runId, mark]);
    return [...before, ...rows];
  }

  /** Keeps a mark as the one of this number, unless another process has been faster. */
  async addMark(
    kept: KeptMark,
    of: { readonly runId: string; readonly mark: Mark; readonly number: number },
  ): Promise<void> {
    await this.#prepare();
    await askRepeatedly(this.#store.pool, addMark, [of.runId, of.mark, of.number, kept.at, kept.cancellations]);
  }

  /** Keeps how a step that is under way would leave things; `said` is undefined where there is nothing to say any more. */
  async leaveBehind(of: {
    readonly runId: string;
    readonly stepId: string;
    readonly said: string | undefined;
  }): Promise<void> {
    const { runId, stepId, said } = of;
    await this.#prepare();
    if (said === undefined) await askRepeatedly(this.#store.pool, forgetLeftBehind, [runId, stepId]);
    else await askRepeatedly(this.#store.pool, leaveBehind, [runId, stepId, said]);
  }

  /** By the ids of the steps. */
  async leftBehind(runId: string): Promise<Readonly<Record<string, string>>> {
    const { rows: tables } = await askRepeatedly<{ readonly exists: boolean }>(this.#store.pool, hasLeftBehind);
    if (tables[0]?.exists !== true) return {};
    const { rows } = await askRepeatedly<{ readonly step_id: string; readonly said: string }>(
      this.#store.pool,
      findLeftBehind,
      [runId],
    );
    return Object.fromEntries(rows.map(({ step_id: stepId, said }) => [stepId, said]));
  }

  async #prepare(): Promise<void> {
    if (!this.#isUpToDate) await prepareTables(this.#store);
    this.#isUpToDate = true;
    this.#hasTables = true;
  }

  /** A failed query costs the embedded store its one connection, so it is asked first whether there are the tables. */
  async #isPrepared(): Promise<boolean> {
    if (this.#hasTables) return true;
    const { rows } = await askRepeatedly<{ readonly exists: boolean }>(this.#store.pool, hasTables);
    this.#hasTables = rows[0]?.exists === true;
    return this.#hasTables;
  }

  async #decisionsOfWorkflows(runId: string, stepId: string): Promise<readonly KeptDecision[]> {
    const kept: KeptDecision[] = [];
    for (;;) {
      const suffix = kept.length === 0 ? '' : `/${kept.length}`;
      const status = await this.#client.getWorkflow(`${runId}/decision/${stepId}${suffix}`);
      const decision = status?.input?.[0] as KeptDecision | undefined;
      if (decision === undefined) return kept;
      kept.push(decision);
    }
  }

  async #marksOfWorkflows(runId: string, mark: Mark): Promise<readonly KeptMark[]> {
    const prefix = `${runId}/${mark}/`;
    const found = await this.#client.listWorkflows({
      workflow_id_prefix: prefix,
      workflowName: 'speechops.mark',
      loadOutput: false,
    });
    const numberOf = ({ workflowID }: WorkflowStatus): number => Number(workflowID.slice(prefix.length));
    return found
      .filter(({ workflowID }) => workflowID.startsWith(prefix))
      .toSorted((one, other) => numberOf(one) - numberOf(other))
      .flatMap(({ input }) => (input?.[0] as KeptMark | undefined) ?? []);
  }
}

interface DecisionRow {
  readonly question: number;
  readonly approved: boolean;
  readonly by: string;
  readonly at: string;
  readonly comment: string | null;
  readonly is_unsure: boolean;
}

function decisionOf({ comment, is_unsure: isUnsure, ...kept }: DecisionRow): KeptDecision {
  return { ...kept, ...(comment === null ? {} : { comment }), ...(isUnsure ? { isUnsure } : {}) };
}

const hasTables = "SELECT to_regclass('speechops.marks') IS NOT NULL AS exists";
const findDecisions = `
  SELECT question, approved, by, at, comment, is_unsure FROM speechops.decisions
  WHERE run_id = $1 AND step_id = $2 ORDER BY number`;
const addDecision = `
  INSERT INTO speechops.decisions (run_id, step_id, number, question, approved, by, at, comment, is_unsure)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`;
const hasLeftBehind = "SELECT to_regclass('speechops.left_behind') IS NOT NULL AS exists";
const findLeftBehind = 'SELECT step_id, said FROM speechops.left_behind WHERE run_id = $1';
const forgetLeftBehind = 'DELETE FROM speechops.left_behind WHERE run_id = $1 AND step_id = $2';
const leaveBehind = `
  INSERT INTO speechops.left_behind (run_id, step_id, said) VALUES ($1, $2, $3)
  ON CONFLICT (run_id, step_id) DO UPDATE SET said = excluded.said`;
const findMarks = 'SELECT at, cancellations FROM speechops.marks WHERE run_id = $1 AND mark = $2 ORDER BY number';
const addMark = `
  INSERT INTO speechops.marks (run_id, mark, number, at, cancellations)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;
