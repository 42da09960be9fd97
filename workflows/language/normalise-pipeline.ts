import { inlineReferences } from '../../schemas/inline-references.ts';
import {
  type JsonSchema,
  type PipelineDocument,
  type StepDocument,
  type StepKind,
  stepSchemas,
} from '../../schemas/index.ts';
import type { DeclaredInput } from './check-inputs.ts';
import type { CheckedStep } from './check-steps.ts';
import { parseDuration } from './durations.ts';
import { isTemplate } from './expression-syntax.ts';
import type { Pipeline, PipelineInput, PipelineStep, PlainValue } from './pipeline.ts';
import { plainValue } from './plain-value.ts';
import { parseRate } from './rates.ts';
import type { SourceMap } from './read-document.ts';

/** The pipeline that a document without faults describes: the one place where defaults are applied. */
export function normalisePipeline(
  document: SourceMap,
  checked: {
    readonly inputs: ReadonlyMap<string, DeclaredInput>;
    readonly steps: readonly CheckedStep[];
    readonly layers: Pipeline['layers'];
  },
): Pipeline | undefined {
  const { name, description, locale, project, resource, concurrency } = plainValue(
    document,
  ) as unknown as PipelineDocument;
  const inputs = settledInputs(checked.inputs);
  if (inputs === undefined) return undefined;
  const schemas = new Map<StepKind, JsonSchema>();
  return {
    name,
    ...(description === undefined ? {} : { description }),
    locale,
    ...(project === undefined ? {} : { project }),
    ...(resource === undefined ? {} : { resource }),
    ...(concurrency === undefined ? {} : { concurrency }),
    inputs,
    steps: checked.steps.flatMap((step) => (step.uses === undefined ? [] : [normaliseStep(step, step.uses)])),
    layers: checked.layers,
  };

  function normaliseStep(step: CheckedStep, uses: StepKind): PipelineStep {
    const written = plainValue(step.node) as unknown as StepDocument & { readonly with?: Settings };
    const schema = schemas.get(uses) ?? inlineReferences(stepSchemas[uses] as JsonSchema);
    schemas.set(uses, schema);
    const timeoutSeconds = written.timeout === undefined ? undefined : parseDuration(written.timeout);
    return {
      id: step.id,
      name: written.name ?? step.id,
      uses,
      with: normaliseSettings(written.with ?? {}, schema, { id: step.id, locale }),
      needs: [...step.needs.keys()],
      ...(written.if === undefined ? {} : { if: asTemplate(written.if) }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      continueOnError: written['continue-on-error'] ?? false,
    };
  }
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

/** In the order of the schema, so that the order of writing makes no difference. */
function normaliseSettings(written: Settings, schema: JsonSchema, sources: Readonly<Record<string, string>>): Settings {
  const settings: Record<string, PlainValue> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value =
      written[name] ?? (property.default as PlainValue | undefined) ?? sources[property['x-default-from'] ?? ''];
    if (value !== undefined) settings[name] = normaliseValue(value, property, sources);
  }
  return settings;
}

function normaliseValue(value: PlainValue, schema: JsonSchema, sources: Readonly<Record<string, string>>): PlainValue {
  if (schema.type === 'object' && typeof value === 'object' && value !== null) {
    return normaliseSettings(value as Settings, schema, sources);
  }
  if (typeof value === 'string' && isTemplate(value)) return value;
  switch (schema['x-type']) {
    case 'rate':
      return parseRate(value as string | number) ?? value;
    case 'duration':
      return parseDuration(String(value)) ?? value;
    case 'measurement':
      return `\${{ steps.${String(value)}.outputs.wer }}`;
    default:
      return value;
  }
}

function asTemplate(condition: string | boolean): string {
  const text = String(condition).trim();
  return isTemplate(text) ? text : `\${{ ${text} }}`;
}
