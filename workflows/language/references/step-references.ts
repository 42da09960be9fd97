import { backId, copyId, type Matrix } from '../matrix/check-matrix.ts';
import type { Findings, Span } from '../../document/diagnostics/diagnostics.ts';
import type { SourceMap, SourceNode } from '../../document/yaml/read-document.ts';
import { takenBackBy } from '../pipeline.ts';
import type { StepKindName } from '../../../schemas/index.ts';

/** A step of a document, as far as others can refer to it. */
export interface KnownStep {
  readonly id: string;
  /** Undefined when the document names no kind that exists. */
  readonly uses: StepKindName | undefined;
  /** As they are written. */
  readonly settings: SourceNode | undefined;
  readonly isFinally: boolean;
  /** It is done once, whatever combinations there are. */
  readonly isOnce: boolean;
}

export interface IdentifiedStep extends KnownStep {
  readonly node: SourceMap;
  readonly idSpan: Span;
}

/** The steps by the names that references use. */
export interface StepNames {
  /** By the ids that are written. */
  readonly written: ReadonlyMap<string, KnownStep>;
  /** The step that each copy of the matrix is made from; empty without a matrix. */
  readonly copies: ReadonlyMap<string, KnownStep>;
  readonly matrix: Matrix | undefined;
}

/** The names of all steps; reports copies that would have the id of another step. */
export function nameSteps(
  steps: readonly IdentifiedStep[],
  { matrix, findings }: { readonly matrix: Matrix | undefined; readonly findings: Findings },
): StepNames {
  const hasWaves = matrix?.hasWaves === true;
  const written = new Map(steps.map((step) => [step.id, step]));
  const copies = new Map<string, KnownStep>();
  const taken = new Set(steps.filter((step) => !isMultiplied(step)).map(({ id }) => id.toLowerCase()));
  for (const combination of matrix?.combinations ?? []) {
    for (const step of steps) {
      if (!isMultiplied(step)) continue;
      const copy = copyId(step.id, combination);
      const isTakenBack = hasWaves && step.uses !== undefined && takenBackBy(step.uses) !== undefined;
      for (const id of [copy, ...(isTakenBack ? [copyId(backId(step.id), combination)] : [])]) {
        if (taken.has(id.toLowerCase())) findings.report('copy-id-taken', step.idSpan, { id: step.id, copy: id });
        taken.add(id.toLowerCase());
      }
      copies.set(copy, step);
    }
  }
  return { written, copies, matrix };
}

/** Whether a matrix makes copies of the step. */
export function isMultiplied({ isFinally, isOnce }: Pick<KnownStep, 'isFinally' | 'isOnce'>): boolean {
  return !isFinally && !isOnce;
}

/** How one step refers to others. */
export interface References {
  /**
   * The step that an id means here. What the step may not refer to is reported, and undefined; what it may is one of its
   * needs from then on.
   */
  resolve(id: string, at: Span): KnownStep | undefined;
  /** Whether there is such a step, without referring to it. */
  has(id: string): boolean;
}

/** Of what belongs to no step. */
export const noReferences: References = { resolve: () => undefined, has: () => false };

export function referencesOf(
  step: KnownStep,
  at: StepNames & {
    readonly findings: Findings;
    onUnknownStep(id: string, span: Span): void;
    onStep(id: string, span: Span): void;
  },
): References {
  const { written, copies, matrix, findings } = at;
  return {
    has: (id) => written.has(id),
    resolve(id, span) {
      const copied = copies.get(id);
      // Steps under `finally` are of no combination: they name the copy they mean.
      if (step.isFinally && copied !== undefined) {
        at.onStep(id, span);
        return copied;
      }
      const found = written.get(id);
      const isCopy = copied !== undefined || (found !== undefined && isMultiplied(found));
      if (step.isOnce && matrix !== undefined && isCopy && id !== step.id) {
        findings.report('once-needs-copy', span, { id, step: step.id });
        return undefined;
      }
      if (found === undefined) {
        if (copied === undefined) at.onUnknownStep(id, span);
        else findings.report('step-of-other-combination', span, { id, own: copied.id });
        return undefined;
      }
      if (id === step.id) findings.report('own-output', span, { id });
      else if (found.isFinally && !step.isFinally) findings.report('step-after-all-others', span, { id });
      else if (step.isFinally && isMultiplied(found) && matrix !== undefined) {
        findings.report('step-of-several-combinations', span, () => ({
          id,
          copies: matrix.combinations.map((combination) => copyId(id, combination)),
        }));
      } else {
        at.onStep(id, span);
        return found;
      }
      return undefined;
    },
  };
}
