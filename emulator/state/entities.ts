import type { Progress, Status } from './lifecycles.ts';
import type { DatasetKind } from './limits/quotas.ts';
import type { Redeployment } from './redeployment.ts';

/**
 * The objects of a Speech resource as the emulator keeps them: plain data that survives a restart. Moments are virtual
 * milliseconds since 1970, references are ids.
 */
export interface StoredEntity {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly customProperties?: Readonly<Record<string, string>> | undefined;
  readonly locale: string;
  readonly createdAt: number;
}

/** An object the service works on. */
export interface WorkedEntity extends StoredEntity {
  readonly status: Status;
  /** When the status was entered. */
  readonly lastActionAt: number;
  readonly projectId?: string | undefined;
  /** Absent in a terminal status, and while a dataset waits for its blocks. */
  readonly progress?: Progress | undefined;
  readonly error?: EntityError | undefined;
  /** How the work is to fail, when a fault asked for it. */
  readonly doom?: EntityError | undefined;
  readonly files: readonly EntityFile[];
}

export interface EntityError {
  readonly code: string;
  readonly message: string;
}

/** A file of an object; its content lies in the folder of the object under `storedAs`. */
export interface EntityFile {
  readonly id: string;
  readonly name: string;
  readonly kind: FileKind;
  readonly createdAt: number;
  readonly size: number;
  readonly durationMilliseconds?: number | undefined;
  readonly storedAs: string;
}

/** Those of `FileKind` in the definition that the emulator makes. */
export type FileKind =
  | 'DatasetReport'
  | 'Audio'
  | 'LanguageData'
  | 'PronunciationData'
  | 'AcousticDataArchive'
  | 'OutputFormattingData'
  | 'EvaluationDetails'
  | 'Transcription'
  | 'TranscriptionReport'
  | 'ModelReport';

export interface Project extends StoredEntity {
  readonly foundryProjectName?: string | undefined;
}

export interface Dataset extends WorkedEntity {
  readonly kind: DatasetKind;
  readonly contentUrl?: string | undefined;
  readonly textNormalizationKind: TextNormalizationKind;
  /** Set once the block list was committed. */
  readonly committedBlocks?: readonly Block[] | undefined;
  readonly acceptedLineCount?: number | undefined;
  readonly rejectedLineCount?: number | undefined;
  readonly durationMilliseconds?: number | undefined;
}

export type TextNormalizationKind = 'Default' | 'None';

export interface Block {
  /** The block id as the client sent it, in base64. */
  readonly name: string;
  readonly size: number;
}

/** Base models live at `/models/base/{id}`, custom ones at `/models/{id}`. */
export interface ModelReference {
  readonly kind: 'base' | 'custom';
  readonly id: string;
}

/** What a model was trained with; outlives the dataset, because a model does not forget. */
export interface TrainingData {
  readonly datasetId: string;
  readonly kind: DatasetKind;
  readonly locale: string;
  readonly textNormalizationKind: TextNormalizationKind;
}

export interface CustomModel extends WorkedEntity {
  /** Whether it came from another resource; the datasets that it was trained with are not here then. */
  readonly isCopy?: boolean | undefined;
  readonly baseModelId: string;
  readonly trainingData: readonly TrainingData[];
  readonly customModelWeightPercent?: number | undefined;
  /** From then on it cannot transcribe. */
  readonly transcriptionUntil: number;
}

export interface Evaluation extends WorkedEntity {
  readonly datasetId: string;
  readonly model1: ModelReference;
  readonly model2: ModelReference;
  /** What each model makes of the dataset, once the evaluation has Succeeded; absent where the dataset has no transcripts (AudioFiles). */
  readonly scores?: readonly [EvaluationScore, EvaluationScore] | undefined;
}

/** Rates as the service rounds them. */
export interface EvaluationScore extends Partial<TokenScore> {
  readonly wordErrorRate: number;
  readonly sentenceErrorRate: number;
  readonly sentenceCount: number;
  readonly wordCount: number;
  readonly correctWordCount: number;
  readonly wordSubstitutionCount: number;
  readonly wordDeletionCount: number;
  readonly wordInsertionCount: number;
}

/** Of texts as they are displayed, where the transcripts have capitals, punctuation or figures. */
export interface TokenScore {
  readonly tokenErrorRate: number;
  readonly tokenCount: number;
  readonly correctTokenCount: number;
  readonly tokenSubstitutionCount: number;
  readonly tokenDeletionCount: number;
  readonly tokenInsertionCount: number;
  readonly tokenErrors: Readonly<
    Record<string, { readonly numberOfEdits: number; readonly percentageOfAllEdits: number }>
  >;
}

export interface Endpoint extends WorkedEntity {
  /** What it serves as soon as its first deployment has Succeeded. */
  readonly model: ModelReference;
  /** What a swap under way brings. */
  readonly wanted?: ModelReference | undefined;
  /** How the swap under way, or the last one, looks; absent before the first one. */
  readonly redeployment?: Redeployment | undefined;
  /** What it names although it serves `model`: a swap was said to be done at once, and a fault kept the model as it was. */
  readonly named?: ModelReference | undefined;
  /** Set by a fault: the swap will leave the model as it is. */
  readonly ignoresWanted?: boolean | undefined;
  /** Whether what is recognised is kept in the account's own storage. */
  readonly loggingEnabled?: boolean | undefined;
  /** Whether it was ever deployed; until then recognition falls back to the base model. */
  readonly deployed: boolean;
}

/** An address that is called back when something happens to the objects of the resource. */
export interface WebHook extends Omit<StoredEntity, 'locale'> {
  /** Succeeded once the address has answered the challenge: only then it gets events. */
  readonly status: Status;
  /** When the status was entered. */
  readonly lastActionAt: number;
  readonly webUrl: string;
  /** By the names of the definition: `modelCompletion`. */
  readonly events: Readonly<Record<string, boolean>>;
  /** Never shown again. */
  readonly secret?: string | undefined;
  readonly error?: EntityError | undefined;
  /** What links in its callbacks start with: the resource as whoever registered it addresses it. */
  readonly origin: string;
}

/** What was recognised of a batch of recordings. */
export interface Transcription extends WorkedEntity {
  readonly model: ModelReference;
  readonly source: TranscriptionSource;
  /** So long after its end it is there. */
  readonly timeToLiveHours: number;
  /** What was asked for beside, as it is shown. */
  readonly settings: {
    readonly wordLevelTimestampsEnabled?: boolean;
    readonly displayFormWordLevelTimestampsEnabled?: boolean;
    readonly channels?: readonly number[];
    readonly punctuationMode?: string;
    readonly profanityFilterMode?: string;
    readonly diarization?: object;
    readonly languageIdentification?: object;
  };
  readonly durationMilliseconds?: number | undefined;
}

/** Where the recordings are. An evaluation has made its transcriptions itself. */
export type TranscriptionSource =
  | { readonly kind: 'urls'; readonly contentUrls: readonly string[] }
  | { readonly kind: 'container'; readonly contentUrl: string }
  | { readonly kind: 'dataset'; readonly datasetId: string }
  | { readonly kind: 'evaluation' };

/** What this resource has given as `models:authorizecopy`: until it expires, a client that sends its id may copy models here. */
export interface CopyAuthorization {
  readonly id: string;
  readonly sourceResourceId: string;
  readonly expiresAt: number;
}

/** The long-running operation that copies a model to another resource. */
export interface ModelCopy extends WorkedEntity {
  readonly modelId: string;
  /** Base address of the resource that it is copied to. */
  readonly targetEndpoint: string;
  readonly authorizationId: string;
  /** Address of the new model, once it is there. */
  readonly result?: string | undefined;
}

/** The collections of a resource, by the name they have in its paths. */
export interface Collections {
  readonly projects: Project;
  readonly datasets: Dataset;
  readonly models: CustomModel;
  readonly evaluations: Evaluation;
  readonly endpoints: Endpoint;
  readonly webhooks: WebHook;
  readonly copyAuthorizations: CopyAuthorization;
  readonly modelCopies: ModelCopy;
  readonly transcriptions: Transcription;
}

export type CollectionName = keyof Collections;
export type WorkedName = Exclude<CollectionName, 'projects' | 'webhooks' | 'copyAuthorizations'>;

export function isTerminal(entity: WorkedEntity): boolean {
  return entity.status === 'Succeeded' || entity.status === 'Failed';
}

export function isSameModel(one: ModelReference, other: ModelReference): boolean {
  return one.kind === other.kind && one.id === other.id;
}
