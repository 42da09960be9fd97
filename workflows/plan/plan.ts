import type { Pipeline } from '../language/pipeline.ts';
import type { StepPlan } from './step-plan.ts';

/** What a run of a pipeline would do; plain data, and the whole input of a run. */
export interface Plan {
  readonly pipeline: Pipeline;
  /** Absolute path of the folder that the pipeline's paths are relative to. */
  readonly folder: string;
  /**
   * The Speech resource it was made for: the embedded emulator, or the base URL of another one. Steps of a matrix may name
   * their own, see `resourceOf`.
   */
  readonly target: 'embedded-emulator' | { readonly endpoint: string };
  /** What `env` means in expressions, secret variables aside: these are read where the run is executed. */
  readonly env: Readonly<Record<string, string>>;
  /** In the pipeline's order. */
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep extends StepPlan {
  readonly id: string;
  readonly name: string;
  readonly uses: string;
  /** Base URL of the Speech resource that it works on, or `embedded-emulator`; absent when it works on none. */
  readonly resource?: string;
}

/** Whether the plan, where it is known, has steps that are done whatever becomes of the others. */
export function hasFinally(plan: Plan | undefined): boolean {
  return plan?.pipeline.steps.some((step) => step.finally === true) === true;
}
