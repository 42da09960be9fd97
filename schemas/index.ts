import approve from './steps/approve.schema.json' with { type: 'json' };
import copy from './steps/copy.schema.json' with { type: 'json' };
import evaluate from './steps/evaluate.schema.json' with { type: 'json' };
import notify from './steps/notify.schema.json' with { type: 'json' };
import prune from './steps/prune.schema.json' with { type: 'json' };
import swap from './steps/swap.schema.json' with { type: 'json' };
import train from './steps/train.schema.json' with { type: 'json' };
import upload from './steps/upload.schema.json' with { type: 'json' };

/** The step kinds by the name that `uses` takes: the schema of `with`, and of the outputs under `$defs.outputs`. */
export const stepSchemas = { upload, evaluate, train, swap, approve, copy, notify, prune };

/** What `uses` may say. */
export type StepKindName = keyof typeof stepSchemas;

/** The schema of the settings of a step kind; undefined when there is no such kind. */
export function schemaOfKind(uses: string): JsonSchema | undefined {
  return Object.hasOwn(stepSchemas, uses) ? stepSchemas[uses as StepKindName] : undefined;
}

/** The documents and the settings and outputs of steps as TypeScript types, made from the schemas. */
export type * from './types.gen.ts';

/** The schema of a pipeline without the settings of its steps. */
export { default as documentSchema } from './document.schema.json' with { type: 'json' };

/** A schema, as far as SpeechOps reads schemas itself: a subset of JSON Schema draft 2020-12 and some annotations. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  /** What a string or number means: `rate`, `duration`, `locale`, `dataset`, `model`, … */
  readonly 'x-type'?: string;
  readonly enum?: readonly unknown[];
  /** What to write in place of a text that the pattern refuses, as an imperative; editors show it, too. */
  readonly patternErrorMessage?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  /** What an object in `environment.yaml` must have once everything is in place that it inherits. */
  readonly 'x-required'?: readonly string[];
  /** The key whose value is the default: the step's `id`, the pipeline's `locale`, or another setting. */
  readonly 'x-default-from'?: string;
  /** Of a setting that is a measurement: which output of an evaluate step it takes. @default wer */
  readonly 'x-measured-output'?: string;
  /** An output that exists only when `with` has this key. */
  readonly 'x-present-with'?: string;
  /** Of a step kind: whether it works on a Speech resource. Left out, it does. */
  readonly 'x-uses-resource'?: boolean;
  /** Of a step kind: whether a step measures a word error rate, which `measured-by` may take. */
  readonly 'x-measures'?: boolean;
  /** Of a step kind: whether a step trains a model with the datasets of its settings. */
  readonly 'x-trains'?: boolean;
  /** A model that is put behind an endpoint. */
  readonly 'x-served'?: boolean;
  /** Of a step kind: whether a person decides about a step while it runs. */
  readonly 'x-asks-person'?: boolean;
  /** Of a step kind: how a step of it is taken back when its wave fails, by another step of the kind. */
  readonly 'x-taken-back'?: {
    /** Which outputs of the step are settings of the other, by the names of settings. */
    readonly outputs: Readonly<Record<string, string>>;
    /** The settings that differ besides. */
    readonly with: Readonly<Record<string, string | number | boolean>>;
    /** The output that is true of a step that is to be taken back, whether it has succeeded or failed. */
    readonly when: string;
  };
  /** The setting without which this one means nothing, or several of which there must be one. */
  readonly 'x-needs'?: string | readonly string[];
  /** The values that mean something without the setting of `x-needs`. */
  readonly 'x-needs-unless'?: readonly string[];
  /** The setting without which a value means nothing, by that value. */
  readonly 'x-value-needs'?: Readonly<Record<string, string>>;
  /** The setting beside which this one means nothing unless it has its default. */
  readonly 'x-needs-default'?: string;
  /** A folder of audio that is heard on an endpoint and is in no dataset: the emulator has to know what is said in it. */
  readonly 'x-heard'?: boolean;
  /** A file that lists terms. */
  readonly 'x-terms'?: boolean;
  /** A file that tells something of each recording: the setting beside it that names the column. */
  readonly 'x-manifest'?: string;
  /** The kinds that a dataset may be of; all when left out. */
  readonly 'x-dataset-kinds'?: readonly string[];
  /** Kinds of which a list of datasets may not have all. */
  readonly 'x-kinds-apart'?: readonly string[];
  /** Whether it depends on the locale which kinds a dataset may be of. */
  readonly 'x-kinds-by-locale'?: boolean;
  /** Of an output: the setting that says of which locale the dataset is; the pipeline's when it is left out. */
  readonly 'x-locale-from'?: string;
  /** Of an output: the setting that says of which kind the dataset is. */
  readonly 'x-kind-from'?: string;
  /** Of an output: what it is in `results.json`, as `set.rate.words`; see `workflows/evidence/shown-outputs.ts`. */
  readonly 'x-evidence'?: string;
  /** Of a path that may be a pattern: the setting that says of which kind the data are that it is to find. */
  readonly 'x-pattern-of'?: string;
  /** Whether a secret variable may stand in it. */
  readonly 'x-takes-secrets'?: boolean;
  readonly [keyword: string]: unknown;
}

/** Whether a schema takes values of a type of JSON, maybe among others. */
export function takesType({ type }: JsonSchema, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}
