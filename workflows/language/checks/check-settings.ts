import { literalForms } from '../../document/literal-forms.ts';
import { type JsonSchema, schemaOfKind, stepSchemas } from '../../../schemas/index.ts';
import { typeOfTemplate } from '../references/check-expression.ts';
import type { ExpressionScope } from '../references/expression-scope.ts';
import { checkResults, type Foresight } from './check-results.ts';
import { checkMatrixPaths, checkPath, type Files, type PathOptions, type PathType } from './check-path.ts';
import {
  entryAt,
  isTemplate,
  literalText,
  type PlainValue,
  scalarText,
  valueAt,
} from '../../document/yaml/plain-value.ts';
import type { Combination } from '../pipeline.ts';
import type { SourceMap, SourceNode, SourceScalar } from '../../document/yaml/read-document.ts';
import { outputAlone } from '../../expressions/expression-tree.ts';
import { locatorIn } from '../../expressions/scalar-offsets.ts';
import { fits, nameOfValueType, typeOfSchema, type ValueType } from '../../expressions/value-type.ts';

/** What the values of a step's settings are checked with. */
export interface SettingsScope extends Omit<ExpressionScope, 'locate'> {
  readonly foresight: Foresight;
  readonly text: string;
  readonly files: Files | undefined;
  readonly onEmptyMatrixValue: ReportEmpty;
  /** The settings among which these are one, and their schema. */
  readonly outer?: { readonly settings: SourceMap; readonly schema: JsonSchema };
}

/** Told for an expression that gives nothing in a combination, where there must be something. */
export type ReportEmpty = (node: SourceScalar, found: { readonly key: string; readonly combination: string }) => void;

/** Checks what a schema cannot: expressions and their types, references to objects and steps, paths. */
export function checkSettings(settings: SourceMap, schema: JsonSchema, scope: SettingsScope): void {
  const inner: SettingsScope = { ...scope, outer: { settings, schema } };
  for (const { key, value } of settings.entries) {
    const property = schema.properties?.[key];
    if (property !== undefined && Object.hasOwn(schema.properties ?? {}, key))
      checkNode(value, property, {
        key,
        scope: inner,
        isNeeded: schema.required?.includes(key) === true,
      });
  }
  checkCompanions(settings, schema, scope);
}

interface Setting {
  readonly key: string;
  readonly scope: SettingsScope;
  /** Whether there must be a value: one that an expression does not give is as good as not written. */
  readonly isNeeded: boolean;
}

function checkNode(node: SourceNode, schema: JsonSchema, setting: Setting): void {
  if (node.kind === 'map') {
    if (schema.properties !== undefined) checkSettings(node, schema, setting.scope);
  } else if (node.kind === 'list') {
    for (const item of node.items)
      if (schema.items !== undefined) checkNode(item, schema.items, { ...setting, isNeeded: true });
  } else if (typeof node.value === 'string' && node.value !== '') {
    if (isTemplate(node.value)) checkTemplate(node, schema, setting);
    else checkLiteral(node, schema, setting);
  } else if (node.value === 1 && schema['x-type'] === 'rate') {
    setting.scope.findings.report('rate-of-one', node, { key: setting.key });
  }
}

/** The type of the template that a scalar is. */
export function typeOfScalar(node: SourceScalar, scope: SettingsScope): ValueType {
  const locate = locatorIn(node, scope.text);
  return typeOfTemplate(scope.foresight.session.look(String(node.value)), { ...scope, locate });
}

function checkTemplate(node: SourceScalar, schema: JsonSchema, { key, scope, isNeeded }: Setting): void {
  const before = scope.findings.errors();
  const takesSecrets = schema['x-takes-secrets'] === true && hasPlaceForSecret(String(node.value));
  const actual = typeOfScalar(node, { ...scope, takesSecrets });
  if (scope.findings.errors() === before) {
    const combinations = scope.isFinally || scope.isOnce === true ? [] : (scope.matrix?.combinations ?? []);
    const paths = new Map<string, string>();
    const onResult = (value: PlainValue, { id }: Combination): void => {
      if (typeof value === 'string' && value !== '' && !isTemplate(value)) paths.set(id, value);
    };
    const place = { ...scope.foresight, node, key, combinations, onResult };
    const empty = checkResults(String(node.value), place);
    const wants = schema['x-type'];
    if (isPathType(wants)) checkMatrixPaths(node, { ...scope, wants, ...heldIn(schema, scope), paths });
    checkDatasetKind(node, schema, { key, scope });
    if (empty !== undefined && isNeeded) scope.onEmptyMatrixValue(node, { key, combination: empty.id });
  }
  const wanted = typeOfSchema(schema);
  if (fits(actual, wanted)) return;
  const names = { expected: nameOfValueType(wanted), actual: nameOfValueType(actual) };
  scope.findings.report('value-type', node, { key, ...names, hint: hintFor(actual, wanted) });
}

const pathTypes: ReadonlySet<string> = new Set<PathType>(['file', 'folder', 'path', 'path-or-url', 'output-folder']);

function isPathType(type: string | undefined): type is PathType {
  return type !== undefined && pathTypes.has(type);
}

/** What has to be at a path. */
function heldIn(
  { 'x-heard': isHeard = false, 'x-terms': isTerms = false, 'x-manifest': namedBy, 'x-pattern-of': kindIn }: JsonSchema,
  { outer }: Pick<SettingsScope, 'outer'>,
): Pick<PathOptions, 'isHeard' | 'isTerms' | 'manifest' | 'pattern'> {
  const literal = (key: string): string | undefined => {
    const written = scalarText(valueAt(outer?.settings, key));
    return written === undefined || isTemplate(written) ? undefined : written;
  };
  return {
    isHeard,
    isTerms,
    manifest: namedBy === undefined ? undefined : { column: literal(namedBy) },
    pattern: kindIn === undefined ? undefined : { kind: literal(kindIn) },
  };
}

/** The kind of a dataset is known before the run where a step of this pipeline makes it and says the kind literally. */
function checkDatasetKind(
  node: SourceScalar,
  { 'x-dataset-kinds': allowed }: JsonSchema,
  { key, scope }: Pick<Setting, 'key' | 'scope'>,
): void {
  if (allowed === undefined) return;
  const reference = outputAlone(String(node.value));
  const step = reference && scope.references.resolve(reference.stepId, node);
  if (reference === undefined || step?.uses === undefined) return;
  const { $defs, properties }: JsonSchema = stepSchemas[step.uses];
  const setting = $defs?.['outputs']?.properties?.[reference.output]?.['x-kind-from'] ?? '';
  const kind = literalText(valueAt(step.settings, setting));
  // Of a kind that does not exist it is told where it is written.
  if (kind === undefined || allowed.includes(kind) || properties?.[setting]?.enum?.includes(kind) !== true) return;
  scope.findings.report('wrong-dataset-kind', node, { key, step: reference.stepId, kind, allowed });
}

/** One expression alone may be the whole URL; others come behind the `?` of one, since its path is shown and kept. */
function hasPlaceForSecret(template: string): boolean {
  return (
    /^\s*\$\{\{(?:(?!\}\})[^])*\}\}\s*$/.test(template) ||
    /^https:\/\/(?:[^\s?#{}$]|\$\{\{(?:(?!\}\}|env)[^])*\}\})*\?/i.test(template)
  );
}

function hintFor(actual: ValueType, wanted: ValueType): string | undefined {
  if (wanted === 'text') return `Make text of it with ${actual === 'rate' ? 'percent(…)' : "format('{0}', …)"}`;
  return actual === 'text' && wanted !== 'list'
    ? 'Read it from text with fromJSON(…), or declare an input of this type'
    : undefined;
}

function checkLiteral(node: SourceScalar, schema: JsonSchema, { key, scope }: Setting): void {
  const value = String(node.value);
  const type = schema['x-type'] ?? '';
  if (type === 'measurement') checkMeasurement(node, scope);
  if (isPathType(type)) {
    const { findings, files } = scope;
    checkPath(node, { wants: type, ...heldIn(schema, scope), findings, files });
  }
  const text = Object.hasOwn(literalForms, type) ? literalForms[type] : undefined;
  if (text !== undefined && !text.isOf(value))
    scope.findings.report('invalid-form', node, { key, value, form: text.form });
  const forms = Object.hasOwn(referenceForms, type) ? referenceForms[type] : undefined;
  const own = Object.keys(schema['x-value-needs'] ?? {});
  if (forms === undefined || isObjectReference(value) || forms.also?.test(value) === true || own.includes(value))
    return;
  scope.findings.report('invalid-reference', node, {
    key,
    value,
    forms: [...own.map((name) => `\`${name}\``), forms.text].join(', '),
    nearest: outputOf(value, { type, scope }),
    lookup: forms.lookup,
  });
}

const idsOfModels = '`speechops lifecycle --format json` lists the models of a Speech resource with their ids';

interface ReferenceForm {
  readonly text: string;
  readonly also?: RegExp;
  readonly lookup?: string;
}

const referenceForms: Readonly<Record<string, ReferenceForm>> = {
  dataset: { text: "a dataset's `self` URL or id, or an expression" },
  model: {
    text: "`endpoint/<name>`, `base`, `base/<name>`, a model's `self` URL or id, or an expression",
    also: /^(base|(endpoint|base)\/\S.*)$/,
    lookup: idsOfModels,
  },
  'model-in-use': {
    text: "`endpoint/<name>`, a model's `self` URL or id, or an expression",
    also: /^endpoint\/\S.*$/,
  },
  'custom-model': { text: "a model's `self` URL or id, or an expression" },
  // Their names have the day on which they were made: one without digits is a misspelt `newest`.
  'base-model': {
    text: "`newest`, a base model's display name, `self` URL or id, or an expression",
    also: /^(newest|.*\d.*)$/,
  },
};

function isObjectReference(value: string): boolean {
  return (
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) || (/^https?:\/\//i.test(value) && URL.canParse(value))
  );
}

/** The id of a step was written where one of its outputs is wanted. */
function outputOf(
  value: string,
  { type, scope }: { readonly type: string; readonly scope: SettingsScope },
): string | undefined {
  const output = type === 'dataset' ? 'dataset' : 'model';
  return scope.references.has(value) ? `\${{ steps.${value}.outputs.${output} }}` : undefined;
}

function checkMeasurement(node: SourceScalar, scope: SettingsScope): void {
  const id = String(node.value);
  const step = scope.references.resolve(id, node);
  if (step?.uses === undefined) return;
  const allowed = Object.keys(stepSchemas).filter((kind) => schemaOfKind(kind)?.['x-measures'] === true);
  if (!allowed.includes(step.uses)) scope.findings.report('measured-by-kind', node, { id, uses: step.uses, allowed });
}

/** Settings that mean nothing without another one, or beside another one that has not its default. */
function checkCompanions(
  settings: SourceMap,
  { properties = {} }: JsonSchema,
  { findings, outer }: Pick<SettingsScope, 'findings' | 'outer'>,
): void {
  for (const { key, keySpan, value } of settings.entries) {
    const {
      'x-needs': needs,
      'x-needs-unless': alone = [],
      'x-value-needs': needsOf = {},
      'x-needs-default': other = '',
    } = (Object.hasOwn(properties, key) && properties[key]) || {};
    const text = scalarText(value) ?? '';
    const companion = Object.hasOwn(needsOf, text) ? needsOf[text] : undefined;
    if (companion !== undefined && entryAt(settings, companion) === undefined) {
      const { description } = properties[companion] ?? {};
      findings.report('missing-companion', keySpan, { key: `${key}: ${text}`, needed: [companion], description });
    }
    // What an expression gives is checked when it is known.
    const isAlone = alone.includes(text) || (alone.length > 0 && isTemplate(text));
    const needed = isAlone || needs === undefined ? [] : [needs].flat();
    const isThere = (name: string): boolean => [settings, outer?.settings].some((map) => map && entryAt(map, name));
    if (needed.length > 0 && !needed.some(isThere)) {
      const [first = ''] = needed;
      const { description } = properties[first] ?? outer?.schema.properties?.[first] ?? {};
      findings.report('missing-companion', keySpan, {
        key: alone.length === 0 ? key : `${key}: ${text}`,
        needed,
        description,
      });
    }
    const written = scalarText(entryAt(settings, other)?.value);
    if (written === undefined || isTemplate(written) || written === properties[other]?.default) continue;
    findings.report('setting-without-effect', keySpan, { key, other, value: written });
  }
}
