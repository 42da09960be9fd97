import { documentSchema } from '../../../schemas/index.ts';
import { typeOfTemplate } from '../references/check-expression.ts';
import { reportFault } from '../references/expression-faults.ts';
import type { ExpressionScope } from '../references/expression-scope.ts';
import type { Matrix } from '../matrix/check-matrix.ts';
import { type Foresight, withinBounds } from './check-results.ts';
import type { ReportEmpty } from './check-settings.ts';
import type { Findings, Span } from '../../document/diagnostics/diagnostics.ts';
import { parseTemplate, type Template } from '../../expressions/expression-syntax.ts';
import { isTemplate, type PlainValue, valueAt } from '../../document/yaml/plain-value.ts';
import { nodeOf } from '../../expressions/expression-tree.ts';
import { forCombination, readsMatrixAlone } from '../matrix/for-combination.ts';
import type { SourceMap, SourceScalar } from '../../document/yaml/read-document.ts';
import { nearestLocale } from '../../document/schema/report-value.ts';
import { locatorIn } from '../../expressions/scalar-offsets.ts';
import { noVariables } from '../variables/check-variables.ts';
import { noReferences } from '../references/step-references.ts';
import { nearestTrainableLocale, trainableKindsDate, trainableKindsOf } from '../trainable-kinds.ts';

interface LocaleScope {
  readonly text: string;
  readonly matrix: Matrix | undefined;
  readonly findings: Findings;
  readonly foresight: Foresight;
  readonly onUnknownMatrixValue: (name: string, at: Span) => void;
  readonly onEmptyMatrixValue: ReportEmpty;
}

/**
 * Checks the pipeline's `locale`: an expression in it reads the matrix alone and gives a locale for every combination.
 * Answers the locales that it comes to, each where it is written.
 */
export function checkLocale(document: SourceMap, scope: LocaleScope): readonly WrittenLocale[] {
  const node = valueAt(document, 'locale');
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return [];
  if (isTemplate(node.value)) return checkTemplate(node, scope);
  return localeForm.test(node.value) ? [node] : [];
}

/** A value with its place. */
export type WrittenLocale = Span & { readonly value: PlainValue };

/** Tells the locales that the service has not, where it is known which it has. */
export function checkKnownLocales(values: readonly WrittenLocale[], findings: Findings): void {
  for (const at of values) {
    const locale = String(at.value);
    if (trainableKindsOf(locale) !== undefined) continue;
    const nearest = nearestTrainableLocale(locale);
    findings.report('unknown-locale', at, { locale, nearest, date: trainableKindsDate });
  }
}

/** The locales that an expression gives, each where it is written; none where something is wrong. */
function checkTemplate(node: SourceScalar, scope: LocaleScope): readonly WrittenLocale[] {
  const template = parseTemplate(String(node.value));
  const locate = locatorIn(node, scope.text);
  if (template.fault !== undefined) {
    reportFault(template.fault, { findings: scope.findings, locate });
    return [];
  }
  if (!template.parts.every((part) => part.kind === 'text' || readsMatrixAlone(part.expression))) {
    scope.findings.report('expression-not-allowed', node, { key: 'locale' });
    return [];
  }
  const before = scope.findings.errors();
  typeOfTemplate(template, { ...scope, ...nothingElse, locate });
  return scope.findings.errors() === before ? checkValues(node, { template, scope }) : [];
}

const nothingElse: Pick<
  ExpressionScope,
  'inputs' | 'references' | 'isFinally' | 'variables' | 'takesSecrets' | 'onInput'
> = {
  inputs: new Map(),
  references: noReferences,
  isFinally: false,
  variables: noVariables,
  takesSecrets: false,
  onInput: () => undefined,
};

const localeForm = new RegExp(documentSchema.$defs.locale.pattern);

/** Tells a wrong value where it is written: in the matrix when it is taken from there as it is. */
function checkValues(
  node: SourceScalar,
  {
    template,
    scope: { matrix, findings, foresight, onEmptyMatrixValue },
  }: { readonly template: Template; readonly scope: LocaleScope },
): readonly WrittenLocale[] {
  const combinations = matrix?.combinations ?? [];
  const given = withinBounds({ ...foresight, node, key: 'locale' }, () =>
    combinations.map((combination) => forCombination(String(node.value), { combination, ...foresight })),
  );
  if (given === undefined) return [];
  const empty = combinations[given.findIndex((value) => value === null || value === '')];
  if (empty !== undefined) {
    onEmptyMatrixValue(node, { key: 'locale', combination: empty.id });
    return [];
  }
  const name = nameAlone(template);
  const written = name === undefined ? undefined : matrix?.values.get(name);
  const values = written ?? [...new Set(given)].map((value) => ({ ...node, value }));
  for (const at of values) {
    const value = String(at.value);
    if (!localeForm.test(value)) findings.report('invalid-locale', at, { value, nearest: nearestLocale(value) });
  }
  return values.filter(({ value }) => localeForm.test(String(value)));
}

/** The name in `${{ matrix.<name> }}` when there is nothing else. */
function nameAlone({ parts }: Template): string | undefined {
  const [part] = parts;
  if (parts.length !== 1 || part?.kind !== 'expression') return undefined;
  const node = nodeOf(part.expression.tree);
  return node.kind === 'property' && nodeOf(node.of).kind === 'context' ? node.name : undefined;
}
