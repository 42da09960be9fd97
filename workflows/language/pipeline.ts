import { inlineReferences } from '../../schemas/inline-references.ts';
import { type JsonSchema, schemaOfKind, type StepKindName } from '../../schemas/index.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';

/**
 * A checked, normalised pipeline: defaults are applied, names resolve, there are no cycles. Plain data that JSON carries
 * unchanged, because a run stores it as its input.
 */
export interface Pipeline {
  readonly name: string;
  readonly description?: string;
  /** With a matrix that decides it, the locale of the first combination; see the locales of the steps. */
  readonly locale: string;
  /** Display name of the Custom Speech project that everything is linked to. */
  readonly project?: string;
  /**
   * The Speech resource: its base URL, or its Azure resource id; where the matrix decides it, the base URL of the first
   * combination, see the resources of the steps.
   */
  readonly resource?: string;
  /** Runs of the same group run one at a time. */
  readonly concurrency?: string;
  /** How long the steps may take together, those under `finally` aside. */
  readonly timeoutSeconds?: number;
  readonly strategy?: Strategy;
  /** Every declared input with the value of this run. */
  readonly inputs: Readonly<Record<string, PipelineInput>>;
  /** The environment variables that expressions see; none when absent. */
  readonly env?: Readonly<Record<string, PipelineVariable>>;
  /** In the order of the document: the copies of each combination together, then the steps under `finally`. */
  readonly steps: readonly PipelineStep[];
  /**
   * Step ids by distance from the start: a step's needs are all in earlier layers, and the steps of one layer do not need
   * each other. Within a layer in the order of the steps. Those under `finally` have layers of their own at the end.
   */
  readonly layers: readonly (readonly string[])[];
}

export type InputType = 'rate' | 'string' | 'number' | 'boolean' | 'duration';

/** Rates are 0..1, durations are seconds. */
export interface PipelineInput {
  readonly type: InputType;
  readonly value: string | number | boolean;
}

/** An environment variable that a pipeline declares. */
export interface PipelineVariable {
  /** Its value is never part of a plan, and is masked wherever it is printed or kept. */
  readonly secret: boolean;
}

/** How the steps were multiplied. */
export interface Strategy {
  /** In the order in which they start. */
  readonly combinations: readonly Combination[];
  /** How many combinations run at once; no limit when absent. */
  readonly maxParallel?: number;
  /** Whether a failure keeps the steps of other combinations from starting. */
  readonly failFast: boolean;
  /** The names of waves, in the order in which they start; each combination is of one. Absent where all start together. */
  readonly waves?: readonly string[];
}

/** One choice of values of a matrix. */
export interface Combination {
  /** What the ids of its steps end with, after a hyphen. */
  readonly id: string;
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

/** The name of the matrix whose values say of which wave a combination is. */
export const waveName = 'wave';

/** The wave of a combination, where the strategy has waves. */
export function waveOf({ values }: Combination): string {
  return String(values[waveName]);
}

/** How a failed step is tried again. */
export interface RetryPolicy {
  /** The first one included. */
  readonly attempts: number;
  /** Before the second attempt; then doubled for every later one, up to `maxDelaySeconds`. */
  readonly delaySeconds: number;
  readonly maxDelaySeconds: number;
  /** The kinds of failures after which it is tried again. */
  readonly on: readonly ('world' | 'step')[];
}

/** When a pipeline starts by itself. */
export interface PipelineSchedule {
  /** The pipeline's name. */
  readonly pipeline: string;
  /** None when nothing starts by itself. */
  readonly entries: readonly ScheduleEntry[];
}

export interface ScheduleEntry {
  /** Distinguishes the entries of a pipeline; a single one may have none. */
  readonly name?: string;
  /** Five fields. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Whether one run makes up for the times at which no worker was there, or none. */
  readonly missed: 'once' | 'skip';
  /** As they would be given with `--input`. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface PipelineStep {
  readonly id: string;
  /** What people see: the id when the document gives no name. */
  readonly name: string;
  readonly uses: StepKindName;
  /** Where the matrix decides it; else the pipeline's. */
  readonly locale?: string;
  /** Base URL of its Speech resource, where the matrix or the step decides it; else the pipeline's. */
  readonly resource?: string;
  /**
   * The settings with defaults applied: rates are 0..1, durations are seconds. Strings with `${{ }}` are still to be
   * evaluated, then checked with `resolveSettings`.
   */
  readonly with: Readonly<Record<string, PlainValue>>;
  /**
   * Ids of the steps that must have finished: those of `needs:`, then those that expressions refer to, each once. A step
   * under `finally` waits for all others anyway, and those among its needs that are not under `finally` may have failed.
   */
  readonly needs: readonly string[];
  /** A template of one expression, `${{ … }}`, whatever way the document writes it. */
  readonly if?: string;
  readonly retry?: RetryPolicy;
  readonly timeoutSeconds?: number;
  readonly continueOnError: boolean;
  /** The combination that it is a copy for. */
  readonly combination?: Combination;
  /** It runs after all others in every outcome. */
  readonly finally?: true;
  /** The step of the same combination that it takes back when their wave fails: it is not in the document. */
  readonly takesBack?: string;
}

/** How a step of a kind is taken back: the settings of another step of the kind that differ. Outputs by the names of settings. */
export interface TakenBack {
  /** Each is an output of the step that is taken back; where one of them is empty, there is nothing to take back. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly with: Readonly<Record<string, PlainValue>>;
  /** The output that is true of a step that is to be taken back, whether it has succeeded or failed. */
  readonly when: string;
}

/** How steps of a kind are taken back when their wave fails; undefined when they stay. */
export function takenBackBy(kind: string): TakenBack | undefined {
  return schemaOfKind(kind)?.['x-taken-back'];
}

/** The base URLs of the other Speech resources that the settings of a step name. */
export function otherResources({ uses, with: settings }: Pick<PipelineStep, 'uses' | 'with'>): readonly string[] {
  return textsIn(settings, { schema: schemaOf(uses), where: isResource });
}

/** Whether steps of this kind work on a Speech resource: all but those whose schema says that they do not. */
export function usesResource(kind: string): boolean {
  return schemaOfKind(kind)?.['x-uses-resource'] !== false;
}

/** Whether a person decides about steps of this kind while they run. */
export function asksPerson(kind: string): boolean {
  return schemaOfKind(kind)?.['x-asks-person'] === true;
}

/** The folders of audio that an endpoint is to hear and that are in no dataset, in the settings of a step of a kind. */
export function heardFolders(kind: string, settings: Readonly<Record<string, PlainValue>>): readonly string[] {
  return textsIn(settings, { schema: schemaOf(kind), where: isHeard });
}

/** The files and folders that a step of a kind reads as they are, in its settings: audio to hear, terms, what is said of recordings. */
export function readPaths(kind: string, settings: Readonly<Record<string, PlainValue>>): readonly string[] {
  return textsIn(settings, { schema: schemaOf(kind), where: isRead });
}

type Sort = (schema: JsonSchema) => boolean;

const isHeard: Sort = (schema) => schema['x-heard'] === true;

const isResource: Sort = (schema) => schema['x-type'] === 'resource';

const isRead: Sort = (schema) => schema['x-type'] === 'file' || schema['x-type'] === 'folder';

function schemaOf(kind: string): JsonSchema {
  return inlineReferences(schemaOfKind(kind) ?? {});
}

/** The texts of a value where its schema is of a sort. */
function textsIn(
  value: PlainValue,
  { schema, where }: { readonly schema: JsonSchema; readonly where: Sort },
): readonly string[] {
  if (!hasAny(schema, where)) return [];
  if (typeof value === 'string') return where(schema) ? [value] : [];
  if (value === null || typeof value !== 'object') return [];
  const texts: string[] = [];
  const { items, properties = {} } = schema;
  if (Array.isArray(value)) {
    if (items !== undefined)
      for (const item of value) texts.push(...textsIn(item as PlainValue, { schema: items, where }));
    return texts;
  }
  for (const [key, part] of Object.entries(value)) {
    const property = properties[key];
    if (property !== undefined) texts.push(...textsIn(part, { schema: property, where }));
  }
  return texts;
}

/** Whether there may be such texts at all: most kinds of steps have none, and then no setting is looked at. */
function hasAny(schema: JsonSchema, where: Sort): boolean {
  const known = found.get(schema)?.get(where);
  if (known !== undefined) return known;
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items])];
  const has = where(schema) || parts.some((part) => hasAny(part, where));
  found.set(schema, new Map(found.get(schema)).set(where, has));
  return has;
}

/** Gone with the schemas. */
const found = new WeakMap<JsonSchema, ReadonlyMap<Sort, boolean>>();
