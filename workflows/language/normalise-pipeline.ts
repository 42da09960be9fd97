import { inlineReferences } from '../../schemas/inline-references.ts';
import {
  documentSchema,
  type JsonSchema,
  type PipelineDocument,
  type StepDocument,
  type StepKind,
  stepSchemas,
} from '../../schemas/index.ts';
import type { DeclaredInput } from './check-inputs.ts';
import { copyId, type Matrix } from './check-matrix.ts';
import type { DeclaredResource } from './check-resource.ts';
import type { DeclaredVariable } from './check-variables.ts';
import type { CheckedStep } from './check-steps.ts';
import { parseDuration } from './durations.ts';
import { isTemplate } from './expression-syntax.ts';
import { conditionFor, forCombination } from './for-combination.ts';
import type {
  Combination,
  Pipeline,
  PipelineInput,
  PipelineStep,
  PlainValue,
  RetryPolicy,
  Strategy,
} from './pipeline.ts';
import { plainValue } from './plain-value.ts';
import { parseRate } from './rates.ts';
import type { SourceMap } from './read-document.ts';

/** The pipeline that a document without faults describes: the one place where defaults are applied and steps multiplied. */
export function normalisePipeline(
  document: SourceMap,
  checked: {
    readonly inputs: ReadonlyMap<string, DeclaredInput>;
    readonly variables: ReadonlyMap<string, DeclaredVariable>;
    readonly matrix: Matrix | undefined;
    readonly resource: DeclaredResource | undefined;
    readonly steps: readonly CheckedStep[];
    readonly layers: Pipeline['layers'];
    readonly lastLayers: Pipeline['layers'];
  },
): Pipeline | undefined {
  const written = plainValue(document) as unknown as PipelineDocument;
  const { name, description, project, concurrency, timeout } = written;
  const { resource } = checked;
  const inputs = settledInputs(checked.inputs);
  if (inputs === undefined || (resource !== undefined && resource.value === undefined)) return undefined;
  const combinations = checked.matrix?.combinations;
  const locale = localeIn(written.locale, combinations?.[0]);
  const timeoutSeconds = timeout === undefined ? undefined : parseDuration(timeout);
  const context: Context = { written, locale, resource, schemas: new Map() };
  const main = checked.steps.filter(({ isFinally }) => !isFinally);
  const last = checked.steps.filter(({ isFinally }) => isFinally);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    locale,
    ...(project === undefined ? {} : { project }),
    ...(resource?.value === undefined ? {} : { resource: resource.value }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(combinations === undefined ? {} : { strategy: strategyOf(written, combinations) }),
    inputs,
    ...(checked.variables.size === 0 ? {} : { env: settledVariables(checked.variables) }),
    steps: [
      ...(combinations ?? [undefined]).flatMap((combination) => stepsOf(main, { ...context, combination })),
      ...stepsOf(last, { ...context, combination: undefined }),
    ],
    layers: [
      ...checked.layers.map((ids) =>
        combinations === undefined
          ? ids
          : combinations.flatMap((combination) => ids.map((id) => copyId(id, combination))),
      ),
      ...checked.lastLayers,
    ],
  };
}

interface Context {
  readonly written: PipelineDocument;
  readonly locale: string;
  readonly resource: DeclaredResource | undefined;
  readonly schemas: Map<StepKind, JsonSchema>;
}

function localeIn(written: string, combination: Combination | undefined): string {
  return combination === undefined ? written : String(forCombination(written, combination));
}

function strategyOf({ strategy }: PipelineDocument, combinations: readonly Combination[]): Strategy {
  const maxParallel = strategy?.['max-parallel'];
  const { 'fail-fast': failFast } = documentSchema.$defs.strategy.properties;
  return {
    combinations,
    ...(maxParallel === undefined ? {} : { maxParallel }),
    failFast: strategy?.['fail-fast'] ?? failFast.default,
  };
}

function stepsOf(
  steps: readonly CheckedStep[],
  context: Context & { readonly combination: Combination | undefined },
): readonly PipelineStep[] {
  return steps.flatMap((step) =>
    step.uses === undefined ? [] : [normaliseStep(step, { ...context, uses: step.uses })],
  );
}

function normaliseStep(
  step: CheckedStep,
  {
    combination,
    uses,
    ...context
  }: Context & { readonly combination: Combination | undefined; readonly uses: StepKind },
): PipelineStep {
  const written = plainValue(step.node) as unknown as StepDocument & { readonly with?: Settings };
  const schema = context.schemas.get(uses) ?? inlineReferences(stepSchemas[uses] as JsonSchema);
  context.schemas.set(uses, schema);
  const copied = (id: string): string => (combination === undefined ? id : copyId(id, combination));
  const id = copied(step.id);
  const locale = combination === undefined ? context.locale : localeIn(context.written.locale, combination);
  const resource = combination === undefined ? undefined : context.resource?.byCombination.get(combination.id);
  const settings = written.with ?? {};
  const timeoutSeconds = written.timeout === undefined ? undefined : parseDuration(written.timeout);
  const condition = written.if === undefined ? undefined : asTemplate(written.if);
  return {
    id,
    name: written.name === undefined ? id : nameIn(written.name, combination),
    uses,
    ...(isTemplate(context.written.locale) && combination !== undefined ? { locale } : {}),
    ...(resource === undefined ? {} : { resource }),
    with: normaliseSettings(
      combination === undefined ? settings : (forCombination(settings, combination) as Settings),
      {
        schema,
        defaults: { id, locale },
        copied,
      },
    ),
    needs: [...step.needs.keys()].map(copied),
    ...(condition === undefined
      ? {}
      : { if: combination === undefined ? condition : conditionFor(condition, combination) }),
    ...(written.retry === undefined ? {} : { retry: retryOf(written.retry) }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    continueOnError: written['continue-on-error'] ?? false,
    ...(combination === undefined ? {} : { combination }),
    ...(step.isFinally ? { finally: true as const } : {}),
  };
}

function nameIn(name: string, combination: Combination | undefined): string {
  return combination === undefined ? name : `${name} (${Object.values(combination.values).join(', ')})`;
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

function settledInputs(inputs: ReadonlyMap<string, DeclaredInput>): Record<string, PipelineInput> | undefined {
  const settled: Record<string, PipelineInput> = {};
  for (const [name, { type, value }] of inputs) {
    if (type === undefined || value === undefined) return undefined;
    settled[name] = { type, value };
  }
  return settled;
}

function settledVariables(variables: ReadonlyMap<string, DeclaredVariable>): NonNullable<Pipeline['env']> {
  return Object.fromEntries([...variables].map(([name, { isSecret }]) => [name, { secret: isSecret }]));
}

interface SettingsPlace {
  readonly schema: JsonSchema;
  /** What `x-default-from` may name. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The id that another step has here. */
  readonly copied: (id: string) => string;
}

/** In the order of the schema, so that the order of writing makes no difference. */
function normaliseSettings(written: Settings, place: SettingsPlace): Settings {
  const settings: Record<string, PlainValue> = {};
  for (const [name, schema] of Object.entries(place.schema.properties ?? {})) {
    const value =
      written[name] ?? (schema.default as PlainValue | undefined) ?? place.defaults[schema['x-default-from'] ?? ''];
    if (value !== undefined) settings[name] = normaliseValue(value, { ...place, schema });
  }
  return settings;
}

function normaliseValue(value: PlainValue, place: SettingsPlace): PlainValue {
  if (place.schema.type === 'object' && typeof value === 'object' && value !== null) {
    return normaliseSettings(value as Settings, place);
  }
  if (typeof value === 'string' && isTemplate(value)) return value;
  switch (place.schema['x-type']) {
    case 'rate':
      return parseRate(value as string | number) ?? value;
    case 'duration':
      return parseDuration(String(value)) ?? value;
    case 'measurement':
      return `\${{ steps.${place.copied(String(value))}.outputs.wer }}`;
    default:
      return value;
  }
}

function asTemplate(condition: string | boolean): string {
  const text = String(condition).trim();
  return isTemplate(text) ? text : `\${{ ${text} }}`;
}
