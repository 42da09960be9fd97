import { inlineReferences } from '../../schemas/inline-references.ts';
import {
  documentSchema,
  type JsonSchema,
  type PipelineDocument,
  type StepDocument,
  type StepKindName,
  stepSchemas,
  takesType,
} from '../../schemas/index.ts';
import type { DeclaredInput } from './checks/check-inputs.ts';
import { backId, copyId, type Matrix } from './matrix/check-matrix.ts';
import { type DeclaredResource, resourcesWritten } from './checks/check-resource.ts';
import { isMultiplied } from './references/step-references.ts';
import type { DeclaredVariable } from './variables/check-variables.ts';
import type { CheckedStep } from './checks/check-steps.ts';
import { parseDuration } from '../document/durations.ts';
import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { templateOf } from '../expressions/expression-syntax.ts';
import { isTemplate, type PlainValue, plainValue, plainValueWithout, valueAt } from '../document/yaml/plain-value.ts';
import { conditionFor, forCombination, type InCombination } from './matrix/for-combination.ts';
import {
  type Combination,
  type Pipeline,
  type PipelineInput,
  type PipelineStep,
  type RetryPolicy,
  type Strategy,
  takenBackBy,
} from './pipeline.ts';
import { withNotices } from './notices.ts';
import { parseRate } from '../document/rates.ts';
import type { SourceMap, SourceNode } from '../document/yaml/read-document.ts';

/** The pipeline that a document without faults describes: the one place where defaults are applied and steps multiplied. */
export function normalisePipeline(
  document: SourceMap,
  checked: {
    readonly inputs: ReadonlyMap<string, DeclaredInput>;
    readonly variables: ReadonlyMap<string, DeclaredVariable>;
    readonly matrix: Matrix | undefined;
    readonly resource: DeclaredResource | undefined;
    /** Those that steps name, by the scalars that name them. */
    readonly resources: ReadonlyMap<SourceNode, DeclaredResource | undefined>;
    readonly steps: readonly CheckedStep[];
    readonly layers: Pipeline['layers'];
    readonly lastLayers: Pipeline['layers'];
  },
): Pipeline | undefined {
  const written = plainValueWithout(document, ['steps', 'finally']) as unknown as PipelineDocument;
  const { name, description, project, concurrency, timeout } = written;
  const { resource } = checked;
  const inputs = inputValues(checked.inputs);
  const isUnknown = [resource, ...checked.resources.values()].some(
    (one) => one !== undefined && one.value === undefined,
  );
  if (inputs === undefined || isUnknown) return undefined;
  const combinations = checked.matrix?.combinations;
  // As much as the checks had, which have evaluated the same.
  const session = new EvaluationSession();
  const locales = new Map(
    combinations?.map((combination) => [combination, localeIn(written.locale, { combination, session })]),
  );
  const locale = combinations?.[0] === undefined ? written.locale : (locales.get(combinations[0]) ?? written.locale);
  const timeoutSeconds = timeout === undefined ? undefined : parseDuration(timeout);
  const once = new Set(checked.steps.filter((step) => !isMultiplied(step)).map(({ id }) => id));
  const { resources } = checked;
  const context: Context = { written, locale, locales, resource, resources, session, once, schemas: new Map() };
  const main = checked.steps.filter(({ isFinally, isOnce }) => !isFinally && !(isOnce && combinations !== undefined));
  const alone = combinations === undefined ? [] : checked.steps.filter(({ isFinally, isOnce }) => !isFinally && isOnce);
  const last = checked.steps.filter(({ isFinally }) => isFinally);
  const copies =
    combinations === undefined
      ? main.flatMap((step) => normaliseStep(step, context))
      : copiesOf(main, { ...context, combinations });
  const takenBack = checked.matrix?.hasWaves === true ? takingBack(copies) : [];
  const pipeline: Pipeline = {
    name,
    ...(description === undefined ? {} : { description }),
    locale,
    ...(project === undefined ? {} : { project }),
    ...(resource?.value === undefined ? {} : { resource: resource.value }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(combinations === undefined ? {} : { strategy: strategyOf(written, combinations) }),
    inputs,
    ...(checked.variables.size === 0 ? {} : { env: declaredVariables(checked.variables) }),
    steps: [
      ...alone.flatMap((step) => normaliseStep(step, context)),
      ...copies,
      ...takenBack,
      ...last.flatMap((step) => normaliseStep(step, context)),
    ],
    layers: [
      ...checked.layers.map((ids) => (combinations === undefined ? ids : copiedIds(ids, { combinations, once }))),
      ...(takenBack.length === 0 ? [] : [takenBack.map(({ id }) => id)]),
      ...checked.lastLayers,
    ],
  };
  return withNotices(pipeline, written.notify);
}

/** The ids of a layer: those that are done once, then the copies of each combination together. */
function copiedIds(
  ids: readonly string[],
  { combinations, once }: { readonly combinations: readonly Combination[]; readonly once: ReadonlySet<string> },
): readonly string[] {
  const copied = ids.filter((id) => !once.has(id));
  return [
    ...ids.filter((id) => once.has(id)),
    ...combinations.flatMap((combination) => copied.map((id) => copyId(id, combination))),
  ];
}

/** For each step of a wave that can be taken back the step that does so when the wave fails. */
function takingBack(steps: readonly PipelineStep[]): readonly PipelineStep[] {
  return steps.flatMap(({ if: _if, retry: _retry, ...step }): readonly PipelineStep[] => {
    const { combination, id } = step;
    const by = takenBackBy(step.uses);
    if (by === undefined || combination === undefined) return [];
    const outputs = Object.entries(by.outputs).map(([setting, output]) => [
      setting,
      `\${{ steps.${id}.outputs.${output} }}`,
    ]);
    const own = id.slice(0, -copyId('', combination).length);
    return [
      {
        ...step,
        id: copyId(backId(own), combination),
        name: `take back ${step.name}`,
        with: { ...step.with, ...by.with, ...Object.fromEntries(outputs) },
        needs: [id],
        continueOnError: false,
        takesBack: id,
      },
    ];
  });
}

interface Context {
  readonly written: PipelineDocument;
  readonly locale: string;
  readonly locales: ReadonlyMap<Combination, string>;
  readonly resource: DeclaredResource | undefined;
  readonly resources: ReadonlyMap<SourceNode, DeclaredResource | undefined>;
  /** The ids of the steps that have no copies. */
  readonly once: ReadonlySet<string>;
  readonly session: EvaluationSession;
  readonly schemas: Map<StepKindName, JsonSchema>;
}

function localeIn(written: string, at: InCombination): string {
  return String(forCombination(written, at));
}

function strategyOf({ strategy }: PipelineDocument, combinations: readonly Combination[]): Strategy {
  const maxParallel = strategy?.['max-parallel'];
  const { 'fail-fast': failFast } = documentSchema.$defs.strategy.properties;
  return {
    combinations,
    ...(maxParallel === undefined ? {} : { maxParallel }),
    failFast: strategy?.['fail-fast'] ?? failFast.default,
    ...(strategy?.waves === undefined ? {} : { waves: strategy.waves }),
  };
}

/** The copies of each combination together; each step is multiplied at once, so that its templates are read once. */
function copiesOf(
  steps: readonly CheckedStep[],
  { combinations, ...context }: Context & { readonly combinations: readonly Combination[] },
): readonly PipelineStep[] {
  const copies = steps.map((step) =>
    combinations.map((combination) => normaliseStep(step, { ...context, combination })),
  );
  return combinations.flatMap((_, index) => copies.flatMap((ofStep) => ofStep[index] ?? []));
}

/** None when the step names no kind. */
function normaliseStep(
  step: CheckedStep,
  { combination, ...context }: Context & { readonly combination?: Combination },
): readonly PipelineStep[] {
  const { uses } = step;
  if (uses === undefined) return [];
  const written = plainValue(step.node) as unknown as StepDocument & { readonly with?: Settings };
  const schema = context.schemas.get(uses) ?? inlineReferences(stepSchemas[uses] as JsonSchema);
  context.schemas.set(uses, schema);
  const { once } = context;
  const copied = (other: string): string =>
    combination === undefined || once.has(other) ? other : copyId(other, combination);
  const id = copied(step.id);
  const locale = (combination && context.locales.get(combination)) ?? context.locale;
  const named = (declared: DeclaredResource | undefined): string | undefined =>
    (combination && declared?.byCombination.get(combination.id)) ?? declared?.value;
  const own = valueAt(step.node, 'resource');
  const ofMatrix = combination && context.resource?.byCombination.get(combination.id);
  const resource = own === undefined ? ofMatrix : named(context.resources.get(own));
  const others = Object.groupBy(
    resourcesWritten(step.node).flatMap(({ key, value }) => {
      const url = value === own ? undefined : named(context.resources.get(value));
      return url === undefined ? [] : [{ key, url }];
    }),
    ({ key }) => key,
  );
  const settings = { ...written.with };
  for (const [key, resources = []] of Object.entries(others)) {
    const urls = resources.map(({ url }) => url);
    settings[key] = Array.isArray(settings[key]) ? urls : (urls[0] ?? '');
  }
  const timeoutSeconds = written.timeout === undefined ? undefined : parseDuration(written.timeout);
  const condition = written.if === undefined ? undefined : templateOf(String(written.if));
  const { session } = context;
  const normalised: PipelineStep = {
    id,
    name: written.name === undefined ? id : nameIn(written.name, combination),
    uses,
    ...(isTemplate(context.written.locale) && combination !== undefined ? { locale } : {}),
    ...(resource === undefined ? {} : { resource }),
    with: normaliseSettings(
      combination === undefined ? settings : (forCombination(settings, { combination, session, once }) as Settings),
      {
        schema,
        defaults: { id, locale },
        copied,
      },
    ),
    needs: [...step.needs.keys()].map(copied),
    ...(condition === undefined
      ? {}
      : { if: combination === undefined ? condition : conditionFor(condition, { combination, session, once }) }),
    ...(written.retry === undefined ? {} : { retry: retryOf(written.retry) }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    continueOnError: written['continue-on-error'] ?? false,
    ...(combination === undefined ? {} : { combination }),
    ...(step.isFinally ? { finally: true as const } : {}),
  };
  return [normalised];
}

const MAX_SHOWN_VALUES = 120;

function nameIn(name: string, combination: Combination | undefined): string {
  if (combination === undefined) return name;
  const values: string[] = [];
  for (const value of Object.values(combination.values)) {
    // As many as a person reads.
    if (values.join(', ').length > MAX_SHOWN_VALUES) return `${name} (${values.join(', ')}, …)`;
    values.push(String(value));
  }
  return `${name} (${values.join(', ')})`;
}

function retryOf(written: NonNullable<StepDocument['retry']>): RetryPolicy {
  const { attempts, delay, 'max-delay': maxDelay, on } = documentSchema.$defs.retry.properties;
  const delaySeconds = parseDuration(written.delay ?? delay.default) ?? 0;
  const maxDelaySeconds = parseDuration(written['max-delay'] ?? maxDelay.default) ?? 0;
  return {
    attempts: written.attempts ?? attempts.default,
    delaySeconds,
    maxDelaySeconds: Math.max(delaySeconds, maxDelaySeconds),
    on: written.on ?? (on.default as RetryPolicy['on']),
  };
}

type Settings = Readonly<Record<string, PlainValue>>;

function inputValues(inputs: ReadonlyMap<string, DeclaredInput>): Record<string, PipelineInput> | undefined {
  const settled: Record<string, PipelineInput> = {};
  for (const [name, { type, value }] of inputs) {
    if (type === undefined || value === undefined) return undefined;
    settled[name] = { type, value };
  }
  return settled;
}

function declaredVariables(variables: ReadonlyMap<string, DeclaredVariable>): NonNullable<Pipeline['env']> {
  return Object.fromEntries([...variables].map(([name, { isSecret }]) => [name, { secret: isSecret }]));
}

interface SettingsPlace {
  readonly schema: JsonSchema;
  /** What `x-default-from` may name beside another setting. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The id that another step has here. */
  readonly copied: (id: string) => string;
}

/** In the order of the schema, so that the order of writing makes no difference. */
function normaliseSettings(written: Settings, place: SettingsPlace): Settings {
  const settings: Record<string, PlainValue> = {};
  for (const [name, schema] of Object.entries(place.schema.properties ?? {})) {
    const from = schema['x-default-from'] ?? '';
    const value = written[name] ?? (schema.default as PlainValue | undefined) ?? place.defaults[from] ?? written[from];
    if (value !== undefined) settings[name] = normaliseValue(value, { schema, place });
  }
  return settings;
}

function normaliseValue(
  value: PlainValue,
  { schema, place }: { readonly schema: JsonSchema; readonly place: SettingsPlace },
): PlainValue {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? value
      : value.map((item: PlainValue) => normaliseValue(item, { schema: items, place }));
  }
  if (takesType(schema, 'object') && typeof value === 'object' && value !== null) {
    return normaliseSettings(value as Settings, { ...place, schema });
  }
  if (typeof value === 'string' && isTemplate(value)) return value;
  switch (schema['x-type']) {
    case 'rate':
      return parseRate(value as string | number) ?? value;
    case 'duration':
      return parseDuration(String(value)) ?? value;
    case 'measurement':
      return `\${{ steps.${place.copied(String(value))}.outputs.${schema['x-measured-output'] ?? 'wer'} }}`;
    default:
      return value;
  }
}
