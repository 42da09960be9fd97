import path from 'node:path';
import { type JsonSchema, schemaOfKind } from '../../../schemas/index.ts';
import type { CheckedStep } from './check-steps.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { nearestName } from '../../document/nearest-name.ts';
import { isTemplate, literalText, scalarText, valueAt } from '../../document/yaml/plain-value.ts';
import type { SourceNode } from '../../document/yaml/read-document.ts';
import { isUrl, withoutSignature } from '../../document/signed-url.ts';
import { outputAlone, outputsIn } from '../../expressions/expression-tree.ts';
import type { LocalTestSet } from '../../scoring/significance/test-set-size.ts';
import { isTrainableKind, trainableKindsDate, trainableKindsOf } from '../trainable-kinds.ts';
import { checkTestSets, type LocalSet } from './check-test-sets.ts';

/**
 * Checks what models are made of and measured with, as far as the document says it: datasets that go together and are of
 * the pipeline's locale, none that a model is both trained and measured with, no trained model that is served without a
 * measurement, measurements of the endpoints that are swapped, models that are compared with others, and test sets that can show
 * what is asked of them. `locale` is the pipeline's, as it is written, and `locales` what it may come to.
 */
export function checkModels(
  steps: readonly CheckedStep[],
  {
    locale,
    locales,
    testSetSize,
    findings,
  }: {
    readonly locale: string | undefined;
    readonly locales: readonly string[];
    readonly testSetSize: ((places: readonly string[]) => LocalTestSet | undefined) | undefined;
    readonly findings: Findings;
  },
): void {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const own = locale === undefined || isTemplate(locale) ? undefined : locale;
  const at: Pipeline = { locale: own, locales, byId, findings };
  const using = steps.map((step) => ({ step, values: valuesOf(step, byId) }));
  const measures = using.filter(({ step }) => schemaOf(step)['x-measures'] === true);
  const trains = using.filter(({ step }) => schemaOf(step)['x-trains'] === true);
  for (const one of [...measures, ...trains]) checkLocales(one, at);
  for (const one of trains) checkKinds(one, at);
  // Of a document with errors it is not known yet what its steps will be.
  if (findings.errors() > 0) return;
  checkTestData({ measures, trains }, at);
  checkServed(using, { ...at, measures });
  checkEndpoints(using, { measures, findings });
  checkComparisons(measures, { findings });
  if (testSetSize !== undefined) checkTestSets(localSets(measures), { testSetSize, findings });
}

interface Pipeline {
  /** Undefined where an expression gives it. */
  readonly locale: string | undefined;
  /** All that it may be, as far as the document says so. */
  readonly locales: readonly string[];
  readonly byId: ReadonlyMap<string, CheckedStep>;
  readonly findings: Findings;
}

/** A step with those of its settings that name datasets and models. */
interface Use {
  readonly step: CheckedStep;
  readonly values: readonly Value[];
}

interface Value {
  readonly key: string;
  readonly node: SourceNode;
  readonly text: string;
  readonly schema: JsonSchema;
  /** The settings in which it stands: those of the step, or of one of several things in them. */
  readonly settings: SourceNode;
  /** The step of this pipeline that makes the object, and what its schema says of the output. */
  readonly made: { readonly step: CheckedStep; readonly output: JsonSchema } | undefined;
}

function schemaOf({ uses }: CheckedStep): JsonSchema {
  return schemaOfKind(uses ?? '') ?? {};
}

function valuesOf(step: CheckedStep, byId: Pipeline['byId']): readonly Value[] {
  return valuesIn(valueAt(step.node, 'with'), schemaOf(step), byId);
}

function valuesIn(
  settings: SourceNode | undefined,
  { properties = {} }: JsonSchema,
  byId: Pipeline['byId'],
): readonly Value[] {
  if (settings === undefined) return [];
  const values: Value[] = [];
  for (const [key, schema] of namingSettings(properties)) {
    const written = valueAt(settings, key);
    if (written === undefined) continue;
    for (const node of written.kind === 'list' ? written.items : [written]) {
      const text = scalarText(node);
      if (schema.properties !== undefined) values.push(...valuesIn(node, schema, byId));
      else if (text !== undefined) values.push({ key, node, text, schema, settings, made: madeBy(text, byId) });
    }
  }
  return values;
}

/** Those of the settings that name datasets and models, or have such in them, with the schema of what they name. */
function namingSettings(
  properties: NonNullable<JsonSchema['properties']>,
): readonly (readonly [key: string, schema: JsonSchema])[] {
  let naming = namingOf.get(properties);
  if (naming === undefined) {
    naming = Object.entries(properties)
      .map(([key, property]) => [key, property.items ?? property] as const)
      .filter(([, schema]) => ['dataset', 'model'].includes(schema['x-type'] ?? '') || schema.properties !== undefined);
    namingOf.set(properties, naming);
  }
  return naming;
}

/** Gone with the schemas. */
const namingOf = new WeakMap<NonNullable<JsonSchema['properties']>, ReturnType<typeof namingSettings>>();

function madeBy(text: string, byId: Pipeline['byId']): Value['made'] {
  const reference = isTemplate(text) ? outputAlone(text) : undefined;
  const step = reference && byId.get(reference.stepId);
  if (reference === undefined || step === undefined) return undefined;
  const outputs = schemaOf(step).$defs?.['outputs']?.properties ?? {};
  const output = Object.hasOwn(outputs, reference.output) ? outputs[reference.output] : undefined;
  return output && { step, output };
}

function datasetsOf({ values }: Use): readonly Value[] {
  return values.filter(({ schema }) => schema['x-type'] === 'dataset');
}

function checkLocales(use: Use, { locale: own, findings }: Pipeline): void {
  if (own === undefined) return;
  for (const { key, node, made } of datasetsOf(use)) {
    const locale = literalText(valueAt(made?.step.settings, made?.output['x-locale-from'] ?? ''));
    if (made === undefined || locale === undefined || locale.toLowerCase() === own.toLowerCase()) continue;
    findings.report('dataset-locale', node, { key, step: made.step.id, locale, own });
  }
}

function checkKinds(use: Use, { locales, findings }: Pipeline): void {
  const stepsOfKind = new Map<string, string>();
  for (const { key, node, made, schema } of datasetsOf(use)) {
    const kind = literalText(valueAt(made?.step.settings, made?.output['x-kind-from'] ?? ''));
    if (made === undefined || kind === undefined) continue;
    if (schema['x-kinds-by-locale'] === true && isTrainableKind(kind)) {
      const untrainable = locales.find((locale) => trainableKindsOf(locale)?.includes(kind) === false);
      if (untrainable !== undefined)
        findings.report('dataset-kind-locale', node, { step: made.step.id, ...whatTrains(untrainable, kind) });
    }
    if (stepsOfKind.has(kind)) continue;
    stepsOfKind.set(kind, made.step.id);
    const apart = schemaOf(use.step).properties?.[key]?.['x-kinds-apart'] ?? [];
    if (!apart.includes(kind) || !apart.every((one) => stepsOfKind.has(one))) continue;
    const steps = apart.map((one) => stepsOfKind.get(one) ?? '');
    findings.report('dataset-kinds-apart', node, { kinds: apart, steps });
  }
}

/** What models of a locale are trained with in place of a kind that they are not trained with. */
function whatTrains(
  locale: string,
  kind: string,
): {
  readonly kind: string;
  readonly locale: string;
  readonly kinds: readonly string[];
  readonly instead: string;
  readonly date: string;
} {
  const kinds = trainableKindsOf(locale) ?? [];
  const ways = Object.hasOwn(otherWays, kind) ? (otherWays[kind] ?? []) : [];
  const instead =
    ways.find(({ as }) => kinds.includes(as))?.how ?? `Train with ${kinds.map((one) => `\`${one}\``).join(', ')}`;
  return { kind, locale, kinds, instead, date: trainableKindsDate };
}

/** What else the data of a kind can be uploaded as, the best first. */
const otherWays: Readonly<Record<string, readonly { readonly as: string; readonly how: string }[]>> = {
  Acoustic: [{ as: 'Language', how: 'Upload the texts of its transcript as `Language`, a sentence a line' }],
  AudioFiles: [
    { as: 'Acoustic', how: 'Upload the recordings with a transcript, as `Acoustic`' },
    { as: 'Language', how: 'Upload what is said in them as `Language`, a sentence a line' },
  ],
  Language: [{ as: 'Acoustic', how: 'Upload recordings of such sentences with their transcript, as `Acoustic`' }],
  LanguageMarkdown: [{ as: 'Language', how: 'Write its sentences out with the items of the lists, as `Language`' }],
  Pronunciation: [{ as: 'Language', how: 'Upload sentences with these words as `Language`' }],
  OutputFormatting: [
    { as: 'Language', how: 'Format what was recognised after recognition; as `Language` only words are trained' },
  ],
};

/** Tells data that a model is trained with and that some model of the pipeline is measured with. */
function checkTestData(
  { measures, trains }: { readonly measures: readonly Use[]; readonly trains: readonly Use[] },
  { findings }: Pipeline,
): void {
  const measuredWith = new Map<string, string>();
  for (const use of measures)
    for (const dataset of datasetsOf(use)) {
      for (const data of identitiesOf(dataset)) if (!measuredWith.has(data)) measuredWith.set(data, use.step.id);
    }
  for (const use of trains)
    for (const dataset of datasetsOf(use)) {
      const measure = identitiesOf(dataset).flatMap((data) => measuredWith.get(data) ?? [])[0];
      if (measure !== undefined)
        findings.report('trained-with-test-data', dataset.node, { train: use.step.id, measure });
    }
}

/** The datasets that are measured and whose recordings lie here, as far as the document says where. */
function localSets(measures: readonly Use[]): readonly LocalSet[] {
  return measures.flatMap((use) =>
    datasetsOf(use).flatMap(({ node, made, settings }) => {
      const from = made === undefined ? [] : (sourcesOf(made.step) ?? []);
      return from.length === 0 || from.some(isUrl) ? [] : [{ step: use.step, node, settings, from }];
    }),
  );
}

/** The setting that says where an upload takes its data from. */
function sourceOf(step: CheckedStep): string | undefined {
  const settings = Object.entries(schemaOf(step).properties ?? {});
  return settings.find(([, schema]) => schema['x-type'] === 'path-or-url')?.[0];
}

/** Where an upload takes its data from, as far as that is written literally; undefined where it is not. */
function sourcesOf(step: CheckedStep): readonly string[] | undefined {
  const written = valueAt(valueAt(step.node, 'with'), sourceOf(step) ?? '');
  const texts = (written?.kind === 'list' ? written.items : [written]).map((node) => scalarText(node));
  return texts.every((text) => text !== undefined && !isTemplate(text)) ? (texts as readonly string[]) : undefined;
}

/** The same texts for the same data: the places that its upload takes it from, else the step or the object. */
function identitiesOf({ text, made }: Value): readonly string[] {
  if (made === undefined) return [(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0] ?? text).toLowerCase()];
  const written = valueAt(valueAt(made.step.node, 'with'), sourceOf(made.step) ?? '');
  const sources = (written?.kind === 'list' ? written.items : [written]).map((node) => scalarText(node));
  return sources.map((from) =>
    from === undefined
      ? `step ${made.step.id}`
      : `from ${isUrl(from) ? withoutSignature(from) : path.posix.join(from, '.').replace(/\/$/, '')}`,
  );
}

/** A graph in which more steps than this have to be looked at is taken to be in order. */
const MAX_VISITS = 200_000;

/** Tells steps that put a model that the pipeline trains behind an endpoint without waiting for a measurement of it. */
function checkServed(
  using: readonly Use[],
  { measures, byId, findings }: Pipeline & { readonly measures: readonly Use[] },
): void {
  const measuring = measurementsByTraining(measures);
  let visits = 0;
  for (const { step, values } of using) {
    for (const { node, schema, made } of values) {
      if (schema['x-served'] !== true || made === undefined || schemaOf(made.step)['x-trains'] !== true) continue;
      const wanted = measuring.get(made.step.id) ?? new Set();
      const before = wanted.size === 0 ? new Set<string>() : allNeeds(step, byId);
      visits += before.size;
      if (visits > MAX_VISITS) return;
      if ([...wanted].some((id) => before.has(id))) continue;
      const [measuredBy] = wanted;
      findings.report('unmeasured-model', node, { swap: step.id, train: made.step.id, measuredBy });
    }
  }
}

/**
 * Tells a measurement of an endpoint whose name is near that of an endpoint that this pipeline swaps, and is not it: where none of
 * that name exists the newest base model is measured, and any model may be better than that.
 */
function checkEndpoints(
  using: readonly Use[],
  { measures, findings }: Pick<Pipeline, 'findings'> & { readonly measures: readonly Use[] },
): void {
  const swaps = new Map<string, string>();
  for (const { step, values } of using) {
    const name = scalarText(valueAt(valueAt(step.node, 'with'), 'endpoint'));
    if (name === undefined || !values.some(({ schema }) => schema['x-served'] === true)) continue;
    // An expression may give any name.
    if (isTemplate(name)) return;
    swaps.set(name, step.id);
  }
  for (const { step, values } of measures)
    for (const { node, text, schema } of values) {
      const [, name] = /^endpoint\/(.*)$/.exec(text) ?? [];
      if (schema['x-type'] !== 'model' || name === undefined || isTemplate(name) || swaps.has(name)) continue;
      const nearest = nearestName(name, [...swaps.keys()]);
      if (nearest === undefined) continue;
      const swap = swaps.get(nearest) ?? '';
      findings.report('other-endpoint', node, { measure: step.id, endpoint: name, swap, nearest });
    }
}

/** Tells a model that is measured beside itself, which is never better, and is paid for twice. */
function checkComparisons(measures: readonly Use[], { findings }: Pick<Pipeline, 'findings'>): void {
  for (const { step, values } of measures) {
    const models = values.filter(({ schema }) => schema['x-type'] === 'model');
    const keys = new Map<string, string>();
    for (const model of models) {
      const name = nameOfModel(model);
      const other = keys.get(name);
      if (other === undefined) keys.set(name, model.key);
      else findings.report('same-model', model.node, { step: step.id, keys: [other, model.key] });
    }
  }
}

/** The same text for two values only where they certainly name the same model. */
function nameOfModel({ text }: Value): string {
  const output = isTemplate(text) ? outputAlone(text) : undefined;
  if (output !== undefined) return `${output.stepId}.${output.output}`;
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(text)?.[0].toLowerCase() ?? text;
}

/** The steps that measure the model of a step, by the id of that step. */
function measurementsByTraining(measures: readonly Use[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { step, values } of measures)
    for (const { schema, text, made } of values) {
      if (schema['x-type'] !== 'model' || !isTemplate(text)) continue;
      const models = made === undefined ? outputsIn(text).map(({ stepId }) => stepId) : [made.step.id];
      for (const id of models) found.set(id, (found.get(id) ?? new Set()).add(step.id));
    }
  return found;
}

/** The ids of all steps that must have ended before a step starts. */
function allNeeds(step: CheckedStep, byId: Pipeline['byId']): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [step];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const id of next.needs.keys()) {
      const need = found.has(id) ? undefined : byId.get(id);
      found.add(id);
      if (need !== undefined) open.push(need);
    }
  }
  return found;
}
