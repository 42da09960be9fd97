/** A call of Custom Speech in an old file, whichever form it had there: texts in it may have marks. */
export interface OldCall extends Place {
  readonly kind: 'project' | 'dataset' | 'model' | 'evaluation' | 'endpoint';
  readonly verb: 'create' | 'update';
  readonly settings: OldSettings;
  /** The base URL that it was sent to, where a text says it. */
  readonly host?: string | undefined;
}

/** The settings that mean something to a pipeline; absent is what the call does not say. */
export interface OldSettings {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly locale?: string | undefined;
  readonly kind?: string | undefined;
  /** A path or a URL of data. */
  readonly content?: string | undefined;
  readonly textNormalization?: string | undefined;
  readonly project?: string | undefined;
  readonly dataset?: string | undefined;
  /** One text a dataset. */
  readonly datasets?: readonly string[] | undefined;
  readonly baseModel?: string | undefined;
  readonly weight?: string | undefined;
  readonly model?: string | undefined;
  readonly model1?: string | undefined;
  readonly model2?: string | undefined;
  /** The endpoint that is updated. */
  readonly endpoint?: string | undefined;
}

/** Where something stands. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What became of a part of an old file. */
export interface MigrationNote extends Place {
  /** `carried` into a step or a key of the pipeline, `unneeded` because SpeechOps does it by itself, or `left` to be done by hand. */
  readonly outcome: 'carried' | 'unneeded' | 'left';
  /** What stands there. Never a value that may be secret. */
  readonly what: string;
  /** Where it is in the pipeline: `step test-data`, `project`. */
  readonly to?: string;
  /** Why, and what to do by hand. */
  readonly why?: string;
}
