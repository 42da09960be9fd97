/**
 * The objects of a Speech resource as the Speech-to-text REST API 2025-10-15 returns them: the members SpeechOps reads,
 * typed; every other member is kept as it came. Members that the service sends as `null` are absent here. Enumerations of
 * the service are open, so any other string may come.
 */
export type EntityStatus = 'NotStarted' | 'Running' | 'Succeeded' | 'Failed' | (string & {});

export type DatasetKind =
  | 'Acoustic'
  | 'AudioFiles'
  | 'Language'
  | 'LanguageMarkdown'
  | 'Pronunciation'
  | 'OutputFormatting'
  | (string & {});

/** An absolute URL of another object of the same resource; compare by kind and id, never by the whole text. */
export interface EntityReference {
  readonly self: string;
}

export interface EntityFailure {
  readonly code: string;
  readonly message: string;
}

/** The members of every object. Date-times are `YYYY-MM-DDThh:mm:ssZ`. */
export interface Entity {
  readonly self: string;
  readonly displayName: string;
  readonly description?: string;
  readonly locale: string;
  readonly createdDateTime: string;
  /** At most 10 entries; keys of at most 64, values of at most 256 characters. */
  readonly customProperties?: Readonly<Record<string, string>>;
}

/** An object the service works on after it was created. */
export interface WorkedEntity extends Entity {
  readonly status: EntityStatus;
  /** When the current status was entered. */
  readonly lastActionDateTime: string;
  readonly project?: EntityReference;
}

export interface Project extends Entity {
  readonly foundryProjectName?: string;
}

export interface Dataset extends WorkedEntity {
  readonly kind: DatasetKind;
  readonly contentUrl?: string;
  readonly properties?: {
    readonly acceptedLineCount?: number;
    readonly rejectedLineCount?: number;
    readonly durationMilliseconds?: number;
    readonly textNormalizationKind?: string;
    readonly error?: EntityFailure;
  };
}

export interface ModelFeatures {
  readonly supportsEndpoints?: boolean;
  readonly supportsTranscriptionsSubmit?: boolean;
  readonly supportsAdaptationsWith?: readonly DatasetKind[];
  /** `Lexical`: words as spoken, which word error rates are of. `Display`: text for people. */
  readonly supportedOutputFormats?: readonly string[];
}

export interface BaseModel extends WorkedEntity {
  readonly properties?: {
    readonly deprecationDates?: { readonly adaptationDateTime?: string; readonly transcriptionDateTime?: string };
    readonly features?: ModelFeatures;
    readonly chargeForAdaptation?: boolean;
  };
}

export interface CustomModel extends WorkedEntity {
  readonly baseModel?: EntityReference;
  readonly datasets?: readonly EntityReference[];
  readonly properties?: {
    readonly deprecationDates?: { readonly transcriptionDateTime?: string };
    readonly features?: ModelFeatures;
    readonly customModelWeightPercent?: number;
    readonly error?: EntityFailure;
  };
}

/** Rates are fractions (0.0289 is 2.89 %); before completion every rate and count is -1. */
export interface Evaluation extends WorkedEntity {
  readonly dataset: EntityReference;
  readonly model1: EntityReference;
  readonly model2: EntityReference;
  readonly properties?: {
    readonly wordErrorRate1?: number;
    readonly wordErrorRate2?: number;
    readonly wordCount1?: number;
    readonly wordCount2?: number;
    readonly correctWordCount1?: number;
    readonly correctWordCount2?: number;
    readonly wordSubstitutionCount1?: number;
    readonly wordSubstitutionCount2?: number;
    readonly wordDeletionCount1?: number;
    readonly wordDeletionCount2?: number;
    readonly wordInsertionCount1?: number;
    readonly wordInsertionCount2?: number;
    readonly error?: EntityFailure;
  };
}

export interface Endpoint extends WorkedEntity {
  readonly model?: EntityReference;
  readonly links?: { readonly webSocket?: string };
  readonly properties?: { readonly loggingEnabled?: boolean; readonly error?: EntityFailure };
}

/** A file that belongs to an object: a dataset's report, an evaluation's score files. */
export interface EntityFile {
  readonly self: string;
  readonly name: string;
  readonly kind: string;
  readonly createdDateTime: string;
  readonly properties?: { readonly size?: number };
  readonly links?: { readonly contentUrl?: string };
}

/** An address that the service calls back when something happens to an object. What it signs with is never shown. */
export interface WebHook extends Omit<WorkedEntity, 'locale' | 'project'> {
  readonly webUrl: string;
  /** By the names of the definition: `modelCompletion`. */
  readonly events: Readonly<Record<string, boolean>>;
  readonly properties?: { readonly apiVersion?: string; readonly error?: EntityFailure };
}
