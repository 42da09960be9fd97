import { schemaOfKind } from '../../../schemas/index.ts';
import { parseBaseUrl } from '../../document/base-url.ts';
import { quoteName } from '../../document/quote-name.ts';
import { typeOfTemplate } from '../references/check-expression.ts';
import { reportFault } from '../references/expression-faults.ts';
import type { ExpressionScope } from '../references/expression-scope.ts';
import type { DeclaredInput } from './check-inputs.ts';
import { isDoneOnce, type Matrix } from '../matrix/check-matrix.ts';
import { type Foresight, withinBounds } from './check-results.ts';
import { isStepKind } from './check-schema.ts';
import type { ReportEmpty } from './check-settings.ts';
import type { VariableScope } from '../variables/check-variables.ts';
import type { Findings, Span } from '../../document/diagnostics/diagnostics.ts';
import type { Template } from '../../expressions/expression-syntax.ts';
import {
  entryAt,
  isTemplate,
  type PlainValue,
  scalarText,
  valueAt,
  writtenSteps,
} from '../../document/yaml/plain-value.ts';
import { contextsIn } from '../../expressions/expression-tree.ts';
import { BoundExceeded } from '../../expressions/evaluation-error.ts';
import { type Contexts, evaluate } from '../../expressions/expressions.ts';
import { type Combination, usesResource } from '../pipeline.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceScalar } from '../../document/yaml/read-document.ts';
import { locatorIn } from '../../expressions/scalar-offsets.ts';
import { noReferences } from '../references/step-references.ts';

/** The Speech resource that a pipeline names. */
export interface DeclaredResource {
  /**
   * A base URL or an Azure resource id; of the first combination where the matrix decides it. Undefined when it depends on
   * an input or a variable that has no value yet.
   */
  readonly value: string | undefined;
  /** The base URLs by the ids of combinations, where the matrix decides them. */
  readonly byCombination: ReadonlyMap<string, string>;
}

export interface ResourceScope {
  readonly text: string;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly matrix: Matrix | undefined;
  readonly variables: VariableScope;
  /** Undefined while nobody knows what the variables will be. */
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly foresight: Foresight;
  readonly findings: Findings;
  readonly onInput: (name: string | undefined) => void;
  readonly onUnknownMatrixValue: (name: string, at: Span) => void;
  readonly onEmptyMatrixValue: ReportEmpty;
}

/**
 * Checks the pipeline's `resource`: it is an Azure resource id or a base URL, and an expression in it reads nothing but the
 * matrix, inputs and variables. Undefined when there is none, or when it has faults.
 */
export function checkResource(document: SourceMap, scope: ResourceScope): DeclaredResource | undefined {
  const node = valueAt(document, 'resource');
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return undefined;
  if (/^\/subscriptions\/./i.test(node.value)) return { value: node.value, byCombination: new Map() };
  const declared = resourceIn(node, {
    ...ofAll,
    key: 'resource',
    scope,
    combinations: scope.matrix?.combinations ?? [],
  });
  if (declared === undefined) return undefined;
  const { combinations = [] } = scope.matrix ?? {};
  // What is not known yet will hardly make one resource of the different values of a matrix.
  const isAnother =
    declared.value === undefined ? readsMatrix(node, scope) && combinations.length > 1 : isSeveral(declared);
  if (isAnother) reportSingle(document, scope);
  return declared;
}

/** Checks the Speech resources that steps name: their own, and those in their settings. By the scalars that name them. */
export function checkStepResources(
  document: SourceMap,
  scope: ResourceScope,
): ReadonlyMap<SourceNode, DeclaredResource | undefined> {
  const found = new Map<SourceNode, DeclaredResource | undefined>();
  for (const { node, isFinally } of writtenSteps(document)) {
    if (node.kind !== 'map') continue;
    const isAlone = isFinally || isDoneOnce(node);
    const combinations = isAlone ? [] : (scope.matrix?.combinations ?? []);
    for (const { key, value } of resourcesWritten(node))
      if (value.kind === 'scalar' && typeof value.value === 'string' && value.value !== '')
        found.set(value, resourceIn(value, { key, scope, combinations, isFinally, isOnce: !isFinally && isAlone }));
  }
  return found;
}

/** The entries of a step that name Speech resources: its `resource`, and settings whose schema says so, a list as an entry for each. */
export function resourcesWritten(step: SourceMap): readonly SourceEntry[] {
  const own = entryAt(step, 'resource');
  const settings = valueAt(step, 'with');
  const { properties = {} } = schemaOfKind(scalarText(valueAt(step, 'uses')) ?? '') ?? {};
  const named =
    settings?.kind === 'map'
      ? settings.entries.flatMap((entry) => {
          const { items, 'x-type': type } = (Object.hasOwn(properties, entry.key) && properties[entry.key]) || {};
          if (type === 'resource') return [entry];
          if (items?.['x-type'] !== 'resource' || entry.value.kind !== 'list') return [];
          return entry.value.items.map((value) => ({ ...entry, value }));
        })
      : [];
  return [...(own === undefined ? [] : [own]), ...named];
}

function resourceIn(
  node: SourceScalar,
  { combinations, ...of }: Omit<Place, 'node'> & { readonly combinations: readonly Combination[] },
): DeclaredResource | undefined {
  const value = String(node.value);
  const { key, scope } = of;
  const place = { node, ...of };
  if (!isTemplate(value)) {
    const url = checkUrl(value, place);
    return url === undefined ? undefined : { value: url, byCombination: new Map() };
  }
  const template = scope.foresight.session.look(value);
  if (!isReadable(template, place)) return undefined;
  const reads = new Set(expressionsOf(template).flatMap(({ tree }) => [...contextsIn(tree)]));
  const isKnown = !reads.has('env') || scope.env !== undefined;
  if (!isKnown || (reads.has('inputs') && [...scope.inputs.values()].some((input) => input.value === undefined)))
    return { value: undefined, byCombination: new Map() };
  const contexts = contextsOf(scope);
  const urlIn = (combination?: Combination): string | undefined =>
    withinBounds({ ...scope.foresight, node, key }, () => urlOf(template, { ...place, combination, contexts }));
  if (!reads.has('matrix')) {
    const url = urlIn();
    return url === undefined ? undefined : { value: url, byCombination: new Map() };
  }
  const byCombination = new Map<string, string>();
  for (const combination of combinations) {
    const url = urlIn(combination);
    if (url === undefined) return undefined;
    byCombination.set(combination.id, url);
  }
  return { value: [...byCombination.values()][0], byCombination };
}

function readsMatrix({ value }: SourceScalar, { foresight }: ResourceScope): boolean {
  const template = foresight.session.look(String(value));
  return template.fault === undefined && expressionsOf(template).some(({ tree }) => contextsIn(tree).has('matrix'));
}

function isSeveral({ byCombination }: DeclaredResource): boolean {
  return new Set(byCombination.values()).size > 1;
}

interface Place {
  readonly node: SourceScalar;
  /** What names it. */
  readonly key: string;
  /** Whether it is of a step under `finally`, or of one that is done once. */
  readonly isFinally: boolean;
  readonly isOnce: boolean;
  readonly scope: ResourceScope;
}

const ofAll = { isFinally: false, isOnce: false };

function checkUrl(value: string, { node, scope }: Pick<Place, 'node' | 'scope'>): string | undefined {
  const parsed = parseBaseUrl(value);
  if ('url' in parsed) return parsed.url;
  scope.findings.report('invalid-resource', node, { value, reason: parsed.fault });
  return undefined;
}

/** Whether the expressions can be evaluated before anything runs; says why when they cannot. */
function isReadable(template: Template, { node, key, scope, isFinally, isOnce }: Place): boolean {
  const { findings, matrix } = scope;
  const locate = locatorIn(node, scope.text);
  if (template.fault !== undefined) {
    reportFault(template.fault, { findings, locate });
    return false;
  }
  const allowed: ReadonlySet<string> = new Set(['matrix', 'inputs', 'env']);
  if (expressionsOf(template).some(({ tree }) => [...contextsIn(tree)].some((name) => !allowed.has(name)))) {
    findings.report('expression-not-allowed', node, { key });
    return false;
  }
  const before = findings.errors();
  const inputs: ExpressionScope['inputs'] = new Map([...scope.inputs].map(([name, { type }]) => [name, type]));
  // A variable that is not set is more than a warning here: what it gives is looked at.
  const variables = { ...scope.variables, set: undefined };
  const { onInput, onUnknownMatrixValue } = scope;
  const nothingElse = { references: noReferences, isFinally, isOnce, variables, takesSecrets: false };
  typeOfTemplate(template, { ...nothingElse, inputs, matrix, findings, locate, onInput, onUnknownMatrixValue });
  return findings.errors() === before;
}

/** The base URL that the template gives, every expression of which has to give something. */
function urlOf(
  template: Template,
  {
    node,
    key,
    scope,
    combination,
    contexts,
  }: Place & { readonly combination: Combination | undefined; readonly contexts: Contexts },
): string | undefined {
  const written = String(node.value);
  let url = '';
  for (const part of template.parts) {
    if (part.kind === 'text') url += part.text;
    else {
      const source = written.slice(part.expression.start - '${{'.length, part.expression.end + '}}'.length);
      const value = textIn(source, { ...contexts, matrix: combination?.values ?? {} });
      if (value === '') {
        const reads = contextsIn(part.expression.tree);
        const isMatrixAlone = reads.size === 1 && reads.has('matrix');
        if (combination !== undefined && isMatrixAlone)
          scope.onEmptyMatrixValue(node, { key, combination: combination.id });
        else
          scope.findings.report('invalid-resource', node, {
            value: source,
            reason: emptyBecause({ combination, reads, inputs: [...scope.inputs.keys()] }),
          });
        return undefined;
      }
      url += value;
    }
  }
  scope.foresight.session.make(url.length);
  return checkUrl(url.trim(), { node, scope });
}

/** Where a matrix names the input, the name may be wrong in one combination alone: it is said which, and what there is. */
function emptyBecause({
  combination,
  reads,
  inputs,
}: {
  readonly combination: Combination | undefined;
  readonly reads: ReadonlySet<string>;
  readonly inputs: readonly string[];
}): string {
  const given = 'so set the variable or give the input that it reads';
  if (combination === undefined) return `it is empty, ${given}`;
  const where = `it is empty in the combination ${quoteName(combination.id)}, ${given}`;
  return reads.has('inputs') ? `${where}; the pipeline declares ${inputs.map(quoteName).join(', ')}` : where;
}

function contextsOf({ inputs, variables, env, foresight }: ResourceScope): Contexts {
  const values = [...inputs].map(([name, { value }]): readonly [string, PlainValue] => [name, value ?? null]);
  const set = Object.entries(env ?? {}).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && variables.declared.has(pair[0]),
  );
  return {
    inputs: Object.fromEntries(values),
    env: Object.fromEntries(set),
    matrix: {},
    steps: {},
    run: {},
    session: foresight.session,
  };
}

/** Empty also when a function refuses its arguments. */
function textIn(expression: string, contexts: Contexts): string {
  try {
    const value = evaluate(expression, contexts);
    return value === null || typeof value === 'object' ? '' : String(value);
  } catch (error) {
    if (error instanceof BoundExceeded) throw error;
    return '';
  }
}

/** Reports the first step of no combination that needs a Speech resource and names none: it would not know which of several. */
function reportSingle(document: SourceMap, { findings }: ResourceScope): void {
  for (const { node, isFinally } of writtenSteps(document)) {
    const uses = valueAt(node, 'uses');
    const kind = scalarText(uses);
    if (valueAt(node, 'resource') !== undefined || (!isFinally && !isDoneOnce(node))) continue;
    if (uses === undefined || !isStepKind(kind) || !usesResource(kind)) continue;
    findings.report('resource-of-several-combinations', uses, { uses: kind, isFinally });
    return;
  }
}

function expressionsOf({ parts }: Template) {
  return parts.flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
}
