import type { Expr } from '@actions/expressions';
import { type JsonSchema, type StepKindName, stepSchemas } from '../../../schemas/index.ts';
import { valueAt } from '../../document/yaml/plain-value.ts';
import { nearestName } from '../../document/nearest-name.ts';
import { nodeOf, stepOutput, type StepOutputReference } from '../../expressions/expression-tree.ts';
import { typeOfSchema, type ValueType } from '../../expressions/value-type.ts';
import { isCredentialName } from '../variables/credential-names.ts';
import { type ExpressionNames, type ExpressionPlaces, type ExpressionScope, propertyPath } from './expression-scope.ts';

/** The types of what the names in an expression refer to. A name that refers to nothing is reported, and has any type. */
export class NameTypes implements ExpressionNames {
  readonly #tree: Expr;
  readonly #scope: ExpressionScope;
  readonly #places: ExpressionPlaces;

  constructor(tree: Expr, of: { readonly scope: ExpressionScope; readonly places: ExpressionPlaces }) {
    this.#tree = tree;
    this.#scope = of.scope;
    this.#places = of.places;
  }

  /** The type of a whole context. */
  context(name: string, expr: Expr): ValueType {
    const { findings, matrix, isFinally, isOnce = false } = this.#scope;
    if (name === 'env') for (const variable of this.#scope.variables.declared.keys()) this.#variable(variable, expr);
    if (name === 'steps') findings.report('incomplete-step-reference', this.#places.at(expr), {});
    if (name === 'matrix' && (matrix === undefined || isFinally || isOnce)) {
      const step = isFinally ? ('finally' as const) : ('once' as const);
      findings.report('no-matrix', this.#places.at(expr), { of: matrix === undefined ? 'pipeline' : step });
      return 'any';
    }
    return name === 'steps' ? 'any' : 'mapping';
  }

  /** The type of one member of a context. */
  member(
    context: string,
    at: { readonly node: { readonly name: string; readonly token: object }; readonly expr: Expr },
  ): ValueType {
    const { findings, inputs, matrix, isFinally, isOnce = false } = this.#scope;
    const { name } = at.node;
    if (context === 'inputs') {
      this.#scope.onInput(name);
      if (inputs.has(name)) {
        const type = inputs.get(name) ?? 'any';
        return type === 'string' ? 'text' : type;
      }
      findings.report('unknown-input', this.#places.property(at.expr), () => ({
        input: name,
        allowed: [...inputs.keys()],
        nearest: nearestName(name, inputs.keys()),
      }));
      return 'any';
    }
    if (context === 'env') {
      this.#variable(name, at.expr);
      return 'text';
    }
    if (context === 'matrix' && matrix !== undefined && !isFinally && !isOnce) {
      if (!matrix.types.has(name)) this.#scope.onUnknownMatrixValue(name, this.#places.property(at.expr));
      return matrix.types.get(name) ?? 'any';
    }
    if (context === 'run') {
      if (name === 'id') return 'text';
      if (name === 'status') {
        if (!isFinally) findings.report('status-too-early', this.#places.at(at.expr), {});
        return 'text';
      }
      const allowed = isFinally ? ['id', 'status'] : ['id'];
      findings.report('unknown-property', this.#places.property(at.expr), () => ({
        of: 'run',
        property: name,
        allowed,
        nearest: nearestName(name, allowed),
      }));
      return 'any';
    }
    return context === 'steps' ? this.#incomplete(at.expr) : this.context(context, at.expr);
  }

  /** The type of an output of a step; what else is under `steps` is reported. */
  path(expr: Expr): ValueType | undefined {
    const reference = stepOutput(expr);
    if (reference !== undefined) return this.#output(reference);
    return isStepPath(expr) ? this.#incomplete(expr) : undefined;
  }

  anyMember(context: string): void {
    if (context === 'inputs') this.#scope.onInput(undefined);
  }

  #variable(variable: string, expr: Expr): void {
    const { findings, variables, takesSecrets } = this.#scope;
    const { declared, set } = variables;
    variables.onVariable(variable);
    const found = declared.get(variable);
    if (found === undefined) {
      const allowed = [...declared.keys()];
      const nearest = nearestName(variable, allowed);
      findings.report('undeclared-variable', this.#places.property(expr), { variable, allowed, nearest });
    } else if (found.isSecret && !(takesSecrets && expr === this.#tree)) {
      const byName = isCredentialName(variable);
      findings.report('misplaced-secret', this.#places.property(expr), { variable, byName });
    } else if (set !== undefined && !set.has(variable)) {
      findings.report('unset-variable', this.#places.property(expr), { variable });
    }
  }

  /** `steps.<id>` without an output, or with something else than `outputs` where that must be. */
  #incomplete(expr: Expr): ValueType {
    const path = propertyPath(expr);
    const [id, outputs] = path;
    if (id !== undefined && outputs !== undefined && outputs.name !== 'outputs') {
      const at = this.#places.token(outputs.token);
      this.#scope.findings.report('unknown-property', at, () => ({
        of: `steps.${id.name}`,
        property: outputs.name,
        allowed: ['outputs'],
        nearest: nearestName(outputs.name, ['outputs']),
      }));
    } else this.#scope.findings.report('incomplete-step-reference', this.#places.at(expr), {});
    return 'any';
  }

  /** The type of an output of a step. */
  #output({ stepId, stepToken, output, outputToken }: StepOutputReference): ValueType {
    const { references, findings } = this.#scope;
    const step = references.resolve(stepId, this.#places.token(stepToken));
    const uses = step?.uses;
    if (uses === undefined) return 'any';
    const outputs = outputsOf(uses);
    const schema = Object.hasOwn(outputs, output) ? outputs[output] : undefined;
    if (schema === undefined) {
      const allowed = Object.keys(outputs);
      findings.report('unknown-output', this.#places.token(outputToken), () => ({
        step: stepId,
        uses,
        output,
        allowed,
        nearest: nearestName(output, allowed),
      }));
      return 'any';
    }
    const key = schema['x-present-with'];
    if (key !== undefined && valueAt(step?.settings, key) === undefined) {
      findings.report('output-not-present', this.#places.token(outputToken), { step: stepId, output, key });
    }
    return typeOfSchema(schema);
  }
}

function isStepPath(expr: Expr): boolean {
  const node = nodeOf(expr);
  if (node.kind === 'context') return node.name === 'steps';
  return (
    (node.kind === 'property' || node.kind === 'index' || node.kind === 'every') &&
    stepOutput(expr) === undefined &&
    isStepPath(node.of)
  );
}

/** The outputs of a step kind by name. */
function outputsOf(kind: StepKindName): Readonly<Record<string, JsonSchema>> {
  return (stepSchemas[kind] as JsonSchema).$defs?.['outputs']?.properties ?? {};
}
