import { inlineReferences } from '../../../schemas/inline-references.ts';
import { documentSchema, type JsonSchema, stepSchemas } from '../../../schemas/index.ts';
import { checkExpression } from '../references/check-expression.ts';
import { reportFault } from '../references/expression-faults.ts';
import type { DeclaredInput } from './check-inputs.ts';
import { isDoneOnce, type Matrix } from '../matrix/check-matrix.ts';
import type { Files } from './check-path.ts';
import { checkCondition as checkResultOfCondition, type Foresight } from './check-results.ts';
import { isStepKind } from './check-schema.ts';
import { checkSettings, type ReportEmpty, type SettingsScope, typeOfScalar } from './check-settings.ts';
import type { VariableScope } from '../variables/check-variables.ts';
import type { Findings, Span } from '../../document/diagnostics/diagnostics.ts';
import { parseDuration } from '../../document/durations.ts';
import { parseExpression, templateOf } from '../../expressions/expression-syntax.ts';
import { entryAt, isTemplate, scalarText, valueAt, writtenSteps } from '../../document/yaml/plain-value.ts';
import { nearestName } from '../../document/nearest-name.ts';
import { MAX_ID_LENGTH } from '../matrix/name-combinations.ts';
import type { SourceMap, SourceNode, SourceScalar } from '../../document/yaml/read-document.ts';
import { locatorIn } from '../../expressions/scalar-offsets.ts';
import {
  type IdentifiedStep,
  isMultiplied,
  type KnownStep,
  nameSteps,
  noReferences,
  referencesOf,
  type StepNames,
} from '../references/step-references.ts';
import { nameOfValueType, type ValueType } from '../../expressions/value-type.ts';

/** A step of a document with what it waits for. */
export interface CheckedStep extends IdentifiedStep {
  /** The steps it needs, each once: those of `needs` first. Under `finally` copies of the matrix have their own ids. */
  readonly needs: ReadonlyMap<string, Span>;
}

export interface StepsOptions {
  readonly text: string;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly matrix: Matrix | undefined;
  readonly variables: VariableScope;
  readonly files: Files | undefined;
  readonly foresight: Foresight;
  readonly findings: Findings;
  /** Told for each input that a step reads. */
  readonly onInput: (name: string | undefined) => void;
  readonly onUnknownMatrixValue: (name: string, at: Span) => void;
  readonly onEmptyMatrixValue: ReportEmpty;
}

/** The steps of a document whose schema was checked: ids are unique, what they refer to is there and of the right type. */
export function checkSteps(document: SourceMap, options: StepsOptions): readonly CheckedStep[] {
  const { findings } = options;
  const steps = identify(document, findings);
  const names = nameSteps(steps, options);
  const inputs = new Map([...options.inputs].map(([name, { type }]) => [name, type]));
  const schemas = new Map(
    Object.entries(stepSchemas).map(([kind, schema]) => [kind, inlineReferences(schema as JsonSchema)]),
  );
  checkNotice(document, {
    ...options,
    inputs,
    references: noReferences,
    isFinally: false,
    isOnce: true,
    takesSecrets: false,
  });
  const onUnknownStep = unknownSteps(document, { names, findings });
  return steps.map((step) => {
    const needs = new Map<string, Span>();
    const onStep = (id: string, at: Span): void => void (needs.has(id) || needs.set(id, at));
    const references = referencesOf(step, { ...names, findings, onUnknownStep: onUnknownStep(step), onStep });
    for (const item of itemsOf(valueAt(step.node, 'needs'))) {
      const id = scalarText(item);
      if (id !== undefined && !isTemplate(id)) references.resolve(id, item);
    }
    const scope = {
      ...options,
      inputs,
      references,
      isFinally: step.isFinally,
      isOnce: step.isOnce,
      takesSecrets: false,
    };
    checkOnce(step, options);
    checkCondition(step.node, scope);
    checkRetry(step.node, findings);
    const settings = valueAt(step.node, 'with');
    const schema = step.uses && schemas.get(step.uses);
    if (settings?.kind === 'map' && schema !== undefined) checkSettings(settings, schema, scope);
    return { ...step, needs };
  });
}

/** Checks `notify` of a document: expressions in it, and that it names a way to tell people. */
function checkNotice(document: SourceMap, scope: SettingsScope): void {
  const notice = entryAt(document, 'notify');
  if (notice?.value.kind !== 'map') return;
  const { value } = notice;
  const { teams, slack, email, webhook } = documentSchema.$defs;
  const ways: Readonly<Record<string, JsonSchema>> = { teams, slack, email, webhook };
  checkSettings(value, { properties: ways }, scope);
  const needed = Object.keys(ways);
  if (!needed.some((way) => entryAt(value, way) !== undefined))
    scope.findings.report('missing-companion', notice.keySpan, {
      key: 'notify',
      needed,
      description: teams.description,
    });
}

/**
 * Reports a step that is not there at the first place that names it: often its id was changed, and then every reference
 * is wrong. Says nothing where a step has no id, because that may be the one, nor of copies when the matrix may be wrong.
 */
function unknownSteps(
  document: SourceMap,
  { names, findings }: { readonly names: StepNames; readonly findings: Findings },
): (from: KnownStep) => (id: string, at: Span) => void {
  const isUnsure = writtenSteps(document).some(({ node }) => scalarText(valueAt(node, 'id')) === undefined);
  const areCopiesUnsure = isUnsure || (valueAt(document, 'strategy') !== undefined && findings.errors() > 0);
  const ids = [...names.written.keys()];
  const alone = [...names.written.values()].filter((step) => !isMultiplied(step)).map(({ id }) => id);
  const idsForFinally = names.matrix === undefined ? ids : [...names.copies.keys(), ...alone];
  const combinations = new Set(names.matrix?.combinations.map((combination) => combination.id));
  const told = new Set<string>();
  return ({ isFinally }) =>
    (id, at) => {
      if ((isFinally ? areCopiesUnsure : isUnsure) || told.has(id)) return;
      if (isFinally && originals(id, combinations).some((original) => told.has(original))) return;
      told.add(id);
      findings.report('unknown-step', at, () => {
        const allowed = isFinally ? idsForFinally : ids;
        return { id, allowed, nearest: nearestName(id, allowed) };
      });
    };
}

/** The ids of the steps that an id may be the copy of. */
function originals(id: string, combinations: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  const longest = Math.max(0, id.length - MAX_ID_LENGTH);
  for (let at = id.indexOf('-', longest); at >= 0; at = id.indexOf('-', at + 1))
    if (combinations.has(id.slice(at + 1))) found.push(id.slice(0, at));
  return found;
}

function identify(document: SourceMap, findings: Findings): readonly IdentifiedStep[] {
  const first = new Map<string, number>();
  const steps: IdentifiedStep[] = [];
  for (const { node, isFinally } of writtenSteps(document)) {
    const idSpan = valueAt(node, 'id');
    const id = scalarText(idSpan);
    if (node.kind !== 'map' || idSpan === undefined || id === undefined) continue;
    const other = first.get(id.toLowerCase());
    if (other !== undefined) {
      findings.report('duplicate-step-id', idSpan, () => ({ id, firstLine: findings.lineOf(other) }));
      continue;
    }
    first.set(id.toLowerCase(), idSpan.start);
    const uses = scalarText(valueAt(node, 'uses'));
    steps.push({
      id,
      idSpan,
      node,
      uses: isStepKind(uses) ? uses : undefined,
      settings: valueAt(node, 'with'),
      isFinally,
      isOnce: isDoneOnce(node),
    });
  }
  return steps;
}

/** `once` says something only of steps that a matrix would make copies of. */
function checkOnce({ id, node, isOnce, isFinally }: IdentifiedStep, { matrix, findings }: StepsOptions): void {
  const written = valueAt(node, 'once');
  if (written === undefined || !isOnce || (matrix !== undefined && !isFinally)) return;
  findings.report('once-without-effect', written, { id, isFinally });
}

function itemsOf(node: SourceNode | undefined): readonly SourceNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function checkRetry(step: SourceMap, findings: Findings): void {
  const retry = valueAt(step, 'retry');
  const written = valueAt(retry, 'delay');
  const [delay, maximum] = [scalarText(written), scalarText(valueAt(retry, 'max-delay'))];
  if (written === undefined || delay === undefined || maximum === undefined) return;
  const isAbove = (parseDuration(delay) ?? 0) > (parseDuration(maximum) ?? Infinity);
  if (isAbove) findings.report('delay-above-maximum', written, { delay, maximum });
}

/** `if` takes an expression with or without its braces. */
function checkCondition(step: SourceMap, scope: SettingsScope): void {
  const node = valueAt(step, 'if');
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value.trim() === '') return;
  const before = scope.findings.errors();
  const type = isTemplate(node.value) ? typeOfScalar(node, scope) : typeOfBareExpression(node, scope);
  if (scope.findings.errors() === before) {
    const combinations = scope.isFinally || scope.isOnce === true ? [] : (scope.matrix?.combinations ?? []);
    checkResultOfCondition(templateOf(node.value), { ...scope.foresight, node, key: 'if', combinations });
  }
  if (type === 'boolean' || type === 'any' || type === 'null') return;
  scope.findings.report('condition-type', node, { actual: nameOfValueType(type), hint: hintFor(node.value) });
}

function typeOfBareExpression(node: SourceScalar, scope: SettingsScope): ValueType {
  const value = String(node.value);
  const locate = locatorIn(node, scope.text);
  const expression = parseExpression(value, { start: 0, end: value.length });
  if (!('kind' in expression)) return checkExpression(expression, { ...scope, locate });
  reportFault(expression, { ...scope, locate });
  return 'any';
}

function hintFor(condition: string): string {
  const isMixed = isTemplate(condition) && !/^\s*\$\{\{[^]*\}\}\s*$/.test(condition);
  return isMixed
    ? 'Text around `${{ }}` is always true: put the whole condition between the braces'
    : 'Compare it with something: `>`, `<`, `==` or `!=`';
}
