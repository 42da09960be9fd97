import type { Expr } from '@actions/expressions';
import { type JsonSchema, stepSchemas } from '../../schemas/index.ts';
import type { Findings } from '../document/diagnostics/diagnostics.ts';
import { nearestName } from '../document/nearest-name.ts';
import { nodeOf } from '../expressions/expression-tree.ts';
import { typeOfSchema, type ValueType } from '../expressions/value-type.ts';
import type { ExpressionNames, ExpressionPlaces } from '../language/references/expression-scope.ts';

/** What the rules of policies may read. */
export const policyContexts = ['step', 'plan', 'now', 'inputs'] as const;

/** The members of the contexts; those of `inputs` are the inputs of whichever pipeline is planned. */
const members: Readonly<Record<string, Readonly<Record<string, ValueType>>>> = {
  step: {
    id: 'text',
    uses: 'text',
    action: 'text',
    effects: 'list',
    resource: 'text',
    endpoint: 'text',
    before: 'text',
    after: 'text',
    wer: 'rate',
    werBefore: 'rate',
    cost: 'number',
    costPerMonth: 'number',
    outputs: 'mapping',
  },
  plan: {
    name: 'text',
    locale: 'text',
    resource: 'text',
    effects: 'list',
    actions: 'mapping',
    cost: 'number',
    costPerMonth: 'number',
  },
  now: { weekday: 'text', hour: 'number', date: 'text' },
};

/** The types of the names in a rule. */
export class PolicyNames implements ExpressionNames {
  readonly #findings: Findings;
  readonly #places: ExpressionPlaces;

  constructor({ findings, places }: { readonly findings: Findings; readonly places: ExpressionPlaces }) {
    this.#findings = findings;
    this.#places = places;
  }

  context(): ValueType {
    return 'mapping';
  }

  member(context: string, { node, expr }: Parameters<ExpressionNames['member']>[1]): ValueType {
    const known = members[context];
    if (known === undefined) return 'any';
    if (Object.hasOwn(known, node.name)) return known[node.name] ?? 'any';
    return this.#unknown(expr, { of: context, property: node.name, allowed: Object.keys(known) });
  }

  /** `step.outputs.<name>`, of whichever kind the step is. */
  path(expr: Expr): ValueType | undefined {
    const output = outputOfStep(expr);
    if (output === undefined) return undefined;
    const types = new Set(kinds.flatMap((kind) => outputTypes(kind).get(output) ?? []));
    const [only] = types;
    if (only !== undefined) return types.size === 1 ? only : 'any';
    const allowed = [...new Set(kinds.flatMap((kind) => [...outputTypes(kind).keys()]))].toSorted();
    return this.#unknown(expr, { of: 'step.outputs', property: output, allowed });
  }

  anyMember(): void {
    // What is read by a name that is calculated may be any.
  }

  #unknown(
    expr: Expr,
    what: { readonly of: string; readonly property: string; readonly allowed: readonly string[] },
  ): ValueType {
    const nearest = nearestName(what.property, what.allowed);
    this.#findings.report('unknown-property', this.#places.property(expr), () => ({ ...what, nearest }));
    return 'any';
  }
}

/** The name in `step.outputs.<name>`. */
export function outputOfStep(expr: Expr): string | undefined {
  const output = nodeOf(expr);
  if (output.kind !== 'property') return undefined;
  const outputs = nodeOf(output.of);
  if (outputs.kind !== 'property' || outputs.name !== 'outputs') return undefined;
  const context = nodeOf(outputs.of);
  return context.kind === 'context' && context.name === 'step' ? output.name : undefined;
}

const kinds = Object.values(stepSchemas) as readonly JsonSchema[];

/** The outputs of a step kind, with their types. */
export function outputTypes(kind: JsonSchema): ReadonlyMap<string, ValueType> {
  const outputs = Object.entries(kind.$defs?.['outputs']?.properties ?? {});
  return new Map(outputs.map(([name, schema]) => [name, typeOfSchema(schema)]));
}
