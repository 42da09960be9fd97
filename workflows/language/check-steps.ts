import { inlineReferences } from '../../schemas/inline-references.ts';
import { type JsonSchema, type StepKind, stepSchemas } from '../../schemas/index.ts';
import { checkExpression, type KnownStep, reportFault } from './check-expression.ts';
import type { DeclaredInput } from './check-inputs.ts';
import type { FileKind } from './check-path.ts';
import { isStepKind } from './check-schema.ts';
import { checkSettings, type SettingsScope, typeOfScalar } from './check-settings.ts';
import type { Findings, Span } from './diagnostics.ts';
import { isTemplate, parseExpression } from './expression-syntax.ts';
import { nearestName } from './nearest-name.ts';
import { textOf, valueAt } from './plain-value.ts';
import type { SourceMap, SourceScalar } from './read-document.ts';
import { spanInText } from './scalar-offsets.ts';
import { nameOfValueType, type ValueType } from './value-type.ts';

/** A step of a document with what it waits for. */
export interface CheckedStep extends KnownStep {
  readonly id: string;
  readonly node: SourceMap;
  /** The steps it needs, each once: those of `needs` first. */
  readonly needs: ReadonlyMap<string, Span>;
}

export interface StepsOptions {
  readonly text: string;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly fileKind: FileKind | undefined;
  readonly findings: Findings;
  /** Told for each input that a step reads. */
  readonly onInput: (name: string) => void;
}

/** The steps of a document whose schema was checked: ids are unique, what they refer to is there and of the right type. */
export function checkSteps(document: SourceMap, options: StepsOptions): readonly CheckedStep[] {
  const steps = identify(document, options.findings);
  const known = new Map(steps.map((step) => [step.id, step]));
  const inputs = new Map([...options.inputs].map(([name, { type }]) => [name, type]));
  const env = options.env && new Set(Object.keys(options.env).filter((name) => options.env?.[name] !== undefined));
  const schemas = new Map(
    Object.entries(stepSchemas).map(([kind, schema]) => [kind, inlineReferences(schema as JsonSchema)]),
  );
  const onUnknownStep = unknownSteps(document, { ids: [...known.keys()], findings: options.findings });
  return steps.map((step) => {
    const needs = explicitNeeds(step, { known, onUnknownStep, findings: options.findings });
    const onStep = (id: string, at: Span): void => void (needs.has(id) || needs.set(id, at));
    const scope = { ...options, inputs, env, steps: known, stepId: step.id, onUnknownStep, onStep };
    checkCondition(step.node, scope);
    const settings = valueAt(step.node, 'with');
    const schema = step.uses && schemas.get(step.uses);
    if (settings?.kind === 'map' && schema !== undefined) checkSettings(settings, schema, scope);
    return { ...step, needs };
  });
}

type IdentifiedStep = Omit<CheckedStep, 'needs'>;

/**
 * Reports a step that is not there at the first place that names it: often its id was changed, and then every reference
 * is wrong. Says nothing where a step has no id, because that may be the one.
 */
function unknownSteps(
  document: SourceMap,
  { ids, findings }: { readonly ids: readonly string[]; readonly findings: Findings },
): (id: string, at: Span) => void {
  const list = valueAt(document, 'steps');
  const isUnsure = list?.kind === 'list' && list.items.some((step) => textOf(valueAt(step, 'id')) === undefined);
  const told = new Set<string>();
  return (id, at) => {
    if (isUnsure || told.has(id)) return;
    told.add(id);
    // Searching a near name among thousands takes time, and the first hundred hints are enough.
    const nearest = told.size > 100 ? undefined : nearestName(id, ids);
    findings.report('unknown-step', at, { id, nearest });
  };
}

function identify(document: SourceMap, findings: Findings): readonly IdentifiedStep[] {
  const list = valueAt(document, 'steps');
  const first = new Map<string, number>();
  const steps: IdentifiedStep[] = [];
  for (const node of list?.kind === 'list' ? list.items : []) {
    const idNode = valueAt(node, 'id');
    const id = textOf(idNode);
    if (node.kind !== 'map' || idNode === undefined || id === undefined) continue;
    const other = first.get(id.toLowerCase());
    if (other !== undefined) {
      findings.report('duplicate-step-id', idNode, { id, firstLine: findings.lineOf(other) });
      continue;
    }
    first.set(id.toLowerCase(), idNode.start);
    const uses = textOf(valueAt(node, 'uses'));
    const settings = valueAt(node, 'with');
    const keys = settings?.kind === 'map' ? settings.entries.map(({ key }) => key) : [];
    steps.push({ id, node, uses: kindOf(uses), settings: new Set(keys) });
  }
  return steps;
}

function kindOf(uses: string | undefined): StepKind | undefined {
  return isStepKind(uses) ? uses : undefined;
}

function explicitNeeds(
  step: IdentifiedStep,
  at: {
    readonly known: ReadonlyMap<string, unknown>;
    readonly onUnknownStep: (id: string, at: Span) => void;
    readonly findings: Findings;
  },
): Map<string, Span> {
  const needs = new Map<string, Span>();
  const list = valueAt(step.node, 'needs');
  for (const item of list?.kind === 'list' ? list.items : []) {
    const id = textOf(item);
    if (id === undefined || isTemplate(id)) continue;
    if (id === step.id) at.findings.report('own-output', item, { id });
    else if (!at.known.has(id)) at.onUnknownStep(id, item);
    else if (!needs.has(id)) needs.set(id, item);
  }
  return needs;
}

/** `if` takes an expression with or without its braces. */
function checkCondition(step: SourceMap, scope: SettingsScope): void {
  const node = valueAt(step, 'if');
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value.trim() === '') return;
  const type = isTemplate(node.value) ? typeOfScalar(node, scope) : typeOfBareExpression(node, scope);
  if (type === 'boolean' || type === 'any' || type === 'null') return;
  scope.findings.report('condition-type', node, { actual: nameOfValueType(type), hint: hintFor(node.value) });
}

function typeOfBareExpression(node: SourceScalar, scope: SettingsScope): ValueType {
  const value = String(node.value);
  const locate = (part: Span): Span => spanInText(node, { text: scope.text, part });
  const expression = parseExpression(value, { start: 0, end: value.length });
  if (!('kind' in expression)) return checkExpression(expression, { ...scope, locate });
  reportFault(expression, { findings: scope.findings, locate });
  return 'any';
}

function hintFor(condition: string): string {
  const isMixed = isTemplate(condition) && !/^\s*\$\{\{[^]*\}\}\s*$/.test(condition);
  return isMixed
    ? 'Text around `${{ }}` is always true: put the whole condition between the braces'
    : 'Compare it with something: `>`, `<`, `==` or `!=`';
}
