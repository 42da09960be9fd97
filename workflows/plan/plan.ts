import type { Pipeline } from '../language/pipeline.ts';
import type { Bill, EndpointChange, PlanningKind, ReviewedStep, StepPlan } from './step-plan.ts';

/** Says step by step which effects a run of a pipeline would have; plain data, and the whole input of a run. */
export interface Plan {
  readonly pipeline: Pipeline;
  /** Absolute path of the folder that the pipeline's paths are relative to. */
  readonly folder: string;
  /** The file that the pipeline was read from; absent in plans of versions that did not keep it. */
  readonly file?: PlannedFile;
  /**
   * The Speech resource it was made for: the embedded emulator, or the base URL of another one. Steps of a matrix may name
   * their own, see `resourceOf`.
   */
  readonly target: 'embedded-emulator' | { readonly endpoint: string };
  /** The values of `env` in expressions, without secret variables: the process that executes the run reads these. */
  readonly env: Readonly<Record<string, string>>;
  /** In the pipeline's order. */
  readonly steps: readonly PlannedStep[];
  /** SHA-256 of what it is made from and would do, by which people and records name it; absent in plans of versions that had none. */
  readonly hash?: string;
  /**
   * What a run holds to: it makes no change that a step of the plan has not announced, and reads no other local data. Of plans that somebody
   * has looked at, or rules have let through. @default a step decides anew what it finds
   */
  readonly bound?: {
    /** The digests of local data, by their keys. */
    readonly data: Readonly<Record<string, string>>;
  };
}

/** A file as it was when a plan was made from it. */
export interface PlannedFile {
  /** Of a file in the folder of the plan. */
  readonly name: string;
  /** SHA-256 of its text in hexadecimal. */
  readonly sha256: string;
}

export interface PlannedStep extends StepPlan {
  readonly id: string;
  readonly name: string;
  readonly uses: string;
  /** Base URL of the Speech resource that it works on, or `embedded-emulator`; absent when it works on none. */
  readonly resource?: string;
  /** What it takes from the Speech resource, as `restsOn` of its kind says. @default nothing */
  readonly restsOn?: Readonly<Record<string, string>>;
  /** What an endpoint would serve after it; absent when it changes none. */
  readonly endpointChange?: EndpointChange;
  /** What the service bills when it does what it may do. @default nothing */
  readonly bills?: readonly Bill[];
  /** What rules read of it. @default nothing */
  readonly reviewed?: ReviewedStep;
}

/** The hash of a plan as people see it. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** The steps of a plan for whose sake no run is begun: those that would fail and may not, or that only lack variables. */
export function stepsThatFail(plan: Plan): readonly PlannedStep[] {
  const mayFail = new Set(plan.pipeline.steps.flatMap(({ id, continueOnError }) => (continueOnError ? [id] : [])));
  return plan.steps.filter(({ id, action, unset }) => action === 'fail' && (unset !== undefined || !mayFail.has(id)));
}

/** Whether the plan has steps under `finally`, which are done also when others fail; false when there is no plan. */
export function hasFinally(plan: Plan | undefined): boolean {
  return plan?.pipeline.steps.some((step) => step.finally === true) === true;
}

/** The step kinds by the name that `uses` takes. */
export type PlanningKinds = Readonly<Record<string, PlanningKind>>;

/** What a plan is made from, besides the facts. */
export interface PlanSource {
  readonly pipeline: Pipeline;
  readonly folder: string;
  readonly file?: PlannedFile | undefined;
  readonly target: Plan['target'];
  /** The variables that the pipeline declares, as far as they are set, secret ones too. */
  readonly env: Readonly<Record<string, string>>;
  readonly kinds: PlanningKinds;
}
