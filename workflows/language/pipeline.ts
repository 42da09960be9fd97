import type { StepKind } from '../../schemas/index.ts';

/**
 * A checked, normalised pipeline: defaults are applied, names resolve, there are no cycles. Plain data that JSON carries
 * unchanged, because a run stores it as its input.
 */
export interface Pipeline {
  readonly name: string;
  readonly description?: string;
  readonly locale: string;
  /** Display name of the Custom Speech project that everything is linked to. */
  readonly project?: string;
  /** Azure resource id of the Speech resource. */
  readonly resource?: string;
  /** Runs of the same group run one at a time. */
  readonly concurrency?: string;
  /** Every declared input with the value of this run. */
  readonly inputs: Readonly<Record<string, PipelineInput>>;
  /** In the order of the document. */
  readonly steps: readonly PipelineStep[];
  /**
   * Step ids by distance from the start: a step's needs are all in earlier layers, and the steps of one layer do not need
   * each other. Within a layer in the order of the document.
   */
  readonly layers: readonly (readonly string[])[];
}

export type InputType = 'rate' | 'string' | 'number' | 'boolean' | 'duration';

/** Rates are 0..1, durations are seconds. */
export interface PipelineInput {
  readonly type: InputType;
  readonly value: string | number | boolean;
}

export interface PipelineStep {
  readonly id: string;
  /** What people see: the id when the document gives no name. */
  readonly name: string;
  readonly uses: StepKind;
  /**
   * The settings with defaults applied: rates are 0..1, durations are seconds. Strings with `${{ }}` are still to be
   * evaluated, then checked with `settleWith`.
   */
  readonly with: Readonly<Record<string, PlainValue>>;
  /** Ids of the steps that must have finished: those of `needs:`, then those that expressions refer to, each once. */
  readonly needs: readonly string[];
  /** A template of one expression, `${{ … }}`, whatever way the document writes it. */
  readonly if?: string;
  readonly timeoutSeconds?: number;
  readonly continueOnError: boolean;
}

/** What JSON can carry. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };
