import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { BoundExceeded } from '../../expressions/evaluation-error.ts';
import type { EvaluationSession } from '../../expressions/evaluation-session.ts';
import { type Contexts, evaluateKnown, EvaluationError } from '../../expressions/expressions.ts';
import { contextsIn, isGivenByRun } from '../../expressions/expression-tree.ts';
import { conditionFor, forCombination } from '../matrix/for-combination.ts';
import type { Combination } from '../pipeline.ts';
import type { PlainValue } from '../../document/yaml/plain-value.ts';
import type { SourceScalar } from '../../document/yaml/read-document.ts';

/** What is known of the values that expressions will read, before anything runs. */
export interface Foresight {
  readonly session: EvaluationSession;
  /** The values of the inputs, where every one has a value. */
  readonly inputs: Contexts['inputs'] | undefined;
  readonly findings: Findings;
}

interface Place extends Foresight {
  readonly node: SourceScalar;
  readonly key: string;
  readonly combinations: readonly Combination[];
}

/**
 * Evaluates a template as far as its values are known already, and reports a result that is too large. Gives the first
 * combination of the matrix in which the result is nothing, and tells those before. What a function refuses is told when the step runs.
 */
export function checkResults(
  template: string,
  place: Place & { onResult?(value: PlainValue, combination: Combination): void },
): Combination | undefined {
  return withinBounds(place, () => {
    if (place.combinations.length === 0) evaluateNow(template, place);
    return place.combinations.find((combination) => {
      const value = forCombination(template, { combination, session: place.session });
      place.onResult?.(value, combination);
      return value === null || value === '';
    });
  });
}

/** The same for a condition, which may be empty. */
export function checkCondition(template: string, place: Place): void {
  withinBounds(place, () => {
    if (place.combinations.length === 0) evaluateNow(template, place);
    for (const combination of place.combinations) conditionFor(template, { combination, session: place.session });
  });
}

function evaluateNow(template: string, { session, inputs }: Foresight): void {
  const { parts } = session.read(template);
  if (inputs === undefined) return;
  // Many settings are a name, maybe with text around it, of which nothing is known yet.
  if (parts.every((part) => part.kind === 'text' || isGivenByRun(part.expression.tree))) return;
  for (const part of parts) {
    const reads = part.kind === 'text' ? undefined : contextsIn(part.expression.tree);
    if (reads?.has('env') === true || reads?.has('matrix') === true) return;
  }
  try {
    evaluateKnown(template, { inputs, steps: {}, env: {}, matrix: {}, run: {}, session }, () => false);
  } catch (error) {
    if (!(error instanceof EvaluationError) || error instanceof BoundExceeded) throw error;
  }
}

/** What an evaluation gives; undefined when it asks for too much, which is reported: what all may have together is told once. */
export function withinBounds<Value>(
  { node, key, session, findings }: Pick<Place, 'node' | 'key' | 'session' | 'findings'>,
  act: () => Value,
): Value | undefined {
  if (session.isSpent) return undefined;
  try {
    return act();
  } catch (error) {
    if (!(error instanceof BoundExceeded)) throw error;
    const { problem } = error;
    if (error.of === 'pipeline') findings.report('evaluation-budget', node, { problem });
    else findings.report('expression-too-large', node, { key, problem });
    return undefined;
  }
}
