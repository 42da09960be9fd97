import type { ClockPort } from '../time/clock.ts';
import type { DataCheck, DataCheckRequest } from '../plan/data/data-check.ts';
import type { DataPlaces } from '../plan/data/data-places.ts';
import type { LocalDataRequest } from '../plan/data/local-data.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import type { UrlContent } from '../plan/data/url-content.ts';
import type { RecordingValues } from '../scoring/readers/recording-values.ts';
import type { Term } from '../scoring/readers/term-list.ts';
import type {
  BaseModel,
  CustomModel,
  Dataset,
  DatasetKind,
  Endpoint,
  EntityFile,
  EntityReference,
  EntityStatus,
  Evaluation,
  Project,
  WebHook,
  WorkedEntity,
} from '../plan/speech-entities.ts';

/** The parts of the world that the steps of a run may reach. Each member has one implementation at an edge and one in tests. */
export interface Ports {
  readonly speech: SpeechPort;
  readonly data: DataPort;
  /** Absent where no file can be written. */
  readonly releases?: ReleasePort;
  /** Absent where content goes to the Speech resource alone. */
  readonly storage?: StoragePort;
  readonly clock: ClockPort;
  /** Absent where nobody can be told anything. */
  readonly messages?: MessagePort;
  /** Another Speech resource that the pipeline names, by its base URL. Absent where steps reach no other. */
  speechAt?(resource: string): SpeechPort | undefined;
  /** The Speech resource is the embedded emulator, whose address and key end with its process. @default false */
  readonly isEmbedded?: boolean;
}

/** Reading objects of one kind. `reference` is an object's `self`, or its bare id. */
export interface EntityReader<E extends EntityReference> {
  /** Every object, over all pages, oldest first as the service lists them. `filter` is the service's own grammar. */
  list(options?: { readonly filter?: string; readonly signal?: AbortSignal }): Promise<readonly E[]>;
  /**
   * The object, or undefined when the service does not know it. `onRetryAfter` is called with the time for which the service asks
   * to be left alone.
   */
  get(
    reference: string,
    options?: { readonly signal?: AbortSignal; readonly onRetryAfter?: (milliseconds: number) => void },
  ): Promise<E | undefined>;
}

/**
 * Reading and changing objects of one kind. A `create` is sent once unless the service certainly did not act
 * (429 and refused connections are repeated): when its answer is lost it throws a {@link ServiceError} whose
 * `outcome` is `unknown`, and the caller looks before it repeats. Everything else is idempotent and is repeated.
 */
export interface EntityCollection<E extends EntityReference, New> extends EntityReader<E> {
  create(body: New, options?: { readonly signal?: AbortSignal }): Promise<E>;
  update(reference: string, change: EntityChange<New>, options?: { readonly signal?: AbortSignal }): Promise<E>;
  /** Succeeds also when the object does not exist. */
  delete(reference: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** The changes of an update: null removes what may be absent, and a null in customProperties removes one entry (RFC 7396). */
export type EntityChange<New> = {
  readonly [K in keyof New]?: K extends 'customProperties'
    ? Readonly<Record<string, string | null>> | null
    : Exclude<New[K], undefined> | (Record<never, never> extends Pick<New, K> ? null : never);
};

/** Objects on which the service works after their creation: adds waiting. */
export interface WorkedCollection<E extends WorkedEntity, New> extends EntityCollection<E, New> {
  /**
   * Reads the object until `until` accepts it (default: its status is Succeeded or Failed), no faster than the service asks for
   * with Retry-After and no faster than the client's floor, ever less often and with jitter. `onRead` gets every reading. A
   * service that does not answer is asked again for up to an hour; `onTrouble` gets a message about it for people. Throws a
   * {@link ServiceError} when the object is gone, and the reason of the signal when it is aborted (a ServiceError when a time
   * limit ends the wait while the service does not answer).
   */
  wait(
    reference: string,
    options?: {
      readonly until?: (entity: E) => boolean;
      readonly onRead?: (entity: E) => void;
      readonly onTrouble?: (message: string) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<E>;
  files(reference: string, options?: { readonly signal?: AbortSignal }): Promise<readonly EntityFile[]>;
}

interface NewEntity {
  readonly displayName: string;
  readonly locale: string;
  readonly description?: string;
  readonly customProperties?: Readonly<Record<string, string>>;
}

interface NewProjectMember extends NewEntity {
  readonly project?: EntityReference;
}

export interface NewProject extends NewEntity {
  readonly foundryProjectName?: string;
}

export interface NewDataset extends NewProjectMember {
  readonly kind: DatasetKind;
  /** Where the service fetches the content; without it the dataset waits for blocks. */
  readonly contentUrl?: string;
  readonly properties?: { readonly textNormalizationKind?: string };
}

export interface NewModel extends NewProjectMember {
  readonly baseModel?: EntityReference;
  readonly datasets: readonly EntityReference[];
  readonly properties?: { readonly customModelWeightPercent?: number };
}

export interface NewEvaluation extends NewProjectMember {
  readonly dataset: EntityReference;
  readonly model1: EntityReference;
  readonly model2: EntityReference;
}

export interface NewEndpoint extends NewProjectMember {
  readonly model?: EntityReference;
  readonly properties?: { readonly loggingEnabled?: boolean };
}

export interface NewWebHook extends Omit<NewEntity, 'locale'> {
  readonly webUrl: string;
  readonly events: Readonly<Record<string, boolean>>;
  /** The secret that signs callbacks. An update without it removes it. */
  readonly properties?: { readonly secret?: string };
}

/** A voice that a Speech resource speaks with. */
export interface SpeakingVoice {
  /** Such as `en-US-JennyNeural`. */
  readonly name: string;
  readonly locale: string;
  /** Whether it is no preview and no voice of somebody's own. */
  readonly isGeneral: boolean;
}

/** What speaks texts. */
export interface TextToSpeechPort {
  voices(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly SpeakingVoice[]>;
  /** A text of at most ten minutes as samples: PCM of 16 bits and one channel, 16 kHz. */
  speak(
    text: string,
    options: { readonly voice: string; readonly locale: string; readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array>;
}

/** A Speech resource: Speech-to-text REST API 2025-10-15 and recognition on its endpoints. */
export interface SpeechPort {
  readonly projects: EntityCollection<Project, NewProject>;
  readonly datasets: WorkedCollection<Dataset, NewDataset> & {
    /**
     * Uploads the content of a dataset that was created without contentUrl, in blocks of at most 8 MiB, and commits
     * them. Safe to repeat from the start: blocks that are there already are not sent again, and a commit whose answer was lost is
     * looked up.
     */
    uploadContent(reference: string, content: AsyncIterable<Uint8Array>, options?: SendOptions): Promise<void>;
  };
  readonly models: WorkedCollection<CustomModel, NewModel>;
  readonly baseModels: EntityReader<BaseModel>;
  readonly evaluations: WorkedCollection<Evaluation, NewEvaluation>;
  readonly endpoints: WorkedCollection<Endpoint, NewEndpoint>;
  /** Absent where no models are copied. */
  readonly copies?: CopyPort;
  /** Absent where the service cannot call back. */
  readonly webhooks?: EntityCollection<WebHook, NewWebHook>;
  /**
   * The answer of the endpoint to one WAV of at most 60 s: by default through Microsoft's SDK, over WebSocket, where the phrases between
   * its silences are one text; `rest` is the REST API for short audio, which is not promised for custom models. One attempt, no retries: no
   * answer, or an internal error of the service, throws a {@link ServiceError}, because the caller counts them.
   */
  recognise(
    audio: Uint8Array,
    options: { readonly endpoint: Endpoint; readonly channel?: 'sdk' | 'rest'; readonly signal?: AbortSignal },
  ): Promise<Recognition>;
  /**
   * Begins to recognise a stream on the endpoint through Microsoft's SDK, which connects again by itself when its connection is lost. Throws a
   * {@link ServiceError} when the endpoint has no usable address or there is no token.
   */
  openStream(options: {
    readonly endpoint: Endpoint;
    /** In hertz, of PCM with 16 bits and one channel. */
    readonly sampleRate: number;
    /** `real-time` sends at the speed of speech, whenever it is given; `as-given` at once. @default 'real-time' */
    readonly pace?: 'real-time' | 'as-given';
    readonly signal?: AbortSignal;
  }): Promise<RecognitionStream>;
  /** The samples of a WAV, as a stream takes them; undefined when they are no PCM with 16 bits and one channel. */
  samplesOf(wav: Uint8Array): PcmAudio | undefined;
  /** The text of an object's file, fetched from its contentUrl. */
  readFile(file: EntityFile, options?: { readonly signal?: AbortSignal }): Promise<string>;
  /**
   * The recordings of these names in a zip of audio, by name, of at most `mostBytes` each; those that are not there, or are larger, are
   * left out. Reads the directory of the zip and these recordings, and not the rest.
   */
  readRecordings(
    archive: EntityFile,
    names: readonly string[],
    options?: {
      readonly signal?: AbortSignal;
      /** @default 8 MiB */
      readonly mostBytes?: number;
    },
  ): Promise<ReadonlyMap<string, Uint8Array>>;
  /** The directory of a zip, in its order, folders left out. Reads nothing else of the zip. */
  listArchive(archive: EntityFile, options?: { readonly signal?: AbortSignal }): Promise<readonly ArchivedFile[]>;
  /** The time by the service's own clock, undefined before an answer has told it. Absent where the service tells none. */
  serviceTime?(): Date | undefined;
}

/** Copies of custom models: the target authorizes them, and the source begins them and tells how far they are. */
export interface CopyPort {
  /** Lets the account of this Azure resource id send a model here. It is no secret, and ends by itself. */
  authorize(sourceResourceId: string, options?: { readonly signal?: AbortSignal }): Promise<CopyAuthorization>;
  /** Begins to send a model of this resource. Is sent once, as a `create` is. */
  begin(
    model: string,
    authorization: CopyAuthorization,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ModelCopy>;
  get(reference: string, options?: { readonly signal?: AbortSignal }): Promise<ModelCopy | undefined>;
  /** Waits until the copy is Succeeded or Failed, as {@link WorkedCollection} waits. */
  wait(
    reference: string,
    options?: {
      readonly onRead?: (copy: ModelCopy) => void;
      readonly onTrouble?: (message: string) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<ModelCopy>;
}

/** What the target of a copy answers, for its source. */
export interface CopyAuthorization {
  readonly id: string;
  readonly targetResourceId: string;
  readonly targetResourceRegion: string;
  readonly targetResourceEndpoint: string;
  readonly sourceResourceId: string;
  /** ISO date-time. */
  readonly expirationDateTime: string;
}

/** A copy that a source has begun. */
export interface ModelCopy extends EntityReference {
  readonly status: EntityStatus;
  /** Once it has Succeeded: the model at the target. */
  readonly result?: { readonly link?: string };
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** A file in a zip, as its directory says. */
export interface ArchivedFile {
  /** With the folders that it lies in, and `/` between them. */
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
  /** CRC-32 of its content: files of one length with the same one are the same but by a rare chance, or on purpose. */
  readonly crc32: number;
}

export interface Recognition {
  /** `Success`, `NoMatch`, `InitialSilenceTimeout`, `BabbleTimeout`, … */
  readonly status: string;
  /** The lexical form: words in lower case as spoken, no punctuation. Empty when nothing was recognised. */
  readonly lexical: string;
  readonly display: string;
  /**
   * From connecting to the first hypothesis, by a clock that is never set; absent when there was none, and over REST, which gives none.
   */
  readonly firstResultSeconds?: number;
  /** From connecting to the answer, which includes the sending of the audio; absent where it was not measured. */
  readonly finalSeconds?: number;
}

/** The samples of a recording: PCM, 16 bits, one channel. */
export interface PcmAudio {
  /** In hertz. */
  readonly sampleRate: number;
  readonly samples: Uint8Array;
}

/** A stream that is being recognised. It ends with `close`, which has to be called. */
export interface RecognitionStream {
  /**
   * Sends the next samples and resolves when more may be given. Rejects with the {@link ServiceError} that has ended the stream, and with the
   * signal's reason.
   */
  send(samples: Uint8Array): Promise<void>;
  /** What has been heard so far. */
  report(): StreamReport;
  /** Ends the audio, waits for what is still to be said about it, and closes the connection. Rejects with the signal's reason alone. */
  close(): Promise<StreamReport>;
}

export interface StreamReport {
  /** In their order; silences and what was not understood included. */
  readonly phrases: readonly StreamPhrase[];
  /** How often the connection was lost, which the SDK hides: it connects again and sends the audio since the last phrase once more. */
  readonly disconnections: number;
  /** What has ended the stream before its time. */
  readonly error?: ServiceError;
}

export interface StreamPhrase extends Recognition {
  /** From the start of the stream. */
  readonly offsetSeconds: number;
  readonly durationSeconds: number;
  /** From the sending of its first word to the first hypothesis; absent when there was none. */
  readonly firstResultSeconds?: number;
  /** From the sending of its end to the phrase. */
  readonly finalSeconds: number;
}

export interface SendOptions {
  readonly onProgress?: (progress: SendProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far content is that is being sent. In bytes. */
export interface SendProgress {
  /** What is there by now, also of earlier attempts. */
  readonly there: number;
  /** What this attempt has sent of it. */
  readonly sent: number;
}

/** A blob in a container of a storage account. */
export interface BlobPlace {
  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER` */
  readonly container: string;
  readonly name: string;
}

/** Storage accounts from which the Speech service fetches datasets. Failures are {@link ServiceError}s that never say `unknown`: all of it may be repeated. */
export interface StoragePort {
  /**
   * Stores content as a blob, in blocks, of which those of an earlier attempt are not sent again. A blob of this name that is there
   * is left as it is, and `content` is not read then: names are to say what blobs hold.
   */
  store(blob: BlobPlace, content: AsyncIterable<Uint8Array>, options?: SendOptions): Promise<'stored' | 'was-there'>;
  /** The URL with which whoever has it may read this blob, and do nothing else, for two days. It is a secret. */
  signedUrl(blob: BlobPlace, options?: { readonly signal?: AbortSignal }): Promise<string>;
}

/** Local data, packed as the service takes it. Paths are absolute, as far as nothing else is said. */
export interface DataPort {
  /** What the service would make of data, whose paths are relative to `folder`. Throws a {@link DataError} when there are none. */
  check(request: Omit<DataCheckRequest, 'tolerance'> & { readonly folder: string }): Promise<DataCheck>;
  /** Reads and digests the data for a dataset of this kind; throws a {@link DataError} when it cannot be one. */
  describe(places: DataPlaces, kind: DatasetKind): Promise<LocalData>;
  /**
   * Where what the service names in a report about the data stands in them, by name: the name of a recording, or `line 12`, as
   * `data/test/trans.txt:12 a.wav`. The paths of `from` are relative to `folder`.
   */
  placesOf(
    data: LocalDataRequest & {
      readonly folder: string;
      /** Of data with parts, from 0. @default 0 */
      readonly part?: number;
    },
    named: readonly string[],
  ): Promise<ReadonlyMap<string, string>>;
  /**
   * The bytes to upload: a zip for audio kinds, UTF-8 text with a byte order mark for text kinds. With the digest of a description it
   * ends with a {@link DataError} when these are other data than were described.
   */
  content(
    places: DataPlaces,
    kind: DatasetKind,
    options?: {
      readonly digest?: string;
      /** Of data with parts, from 0. @default 0 */
      readonly part?: number;
    },
  ): AsyncIterable<Uint8Array>;
  /** What the server tells of the content behind a URL; a `reason` alone when this machine cannot learn anything. */
  atUrl(url: string, options?: { readonly signal?: AbortSignal }): Promise<UrlContent>;
  /** WAV files of a folder with their transcripts (from its trans.txt), by file name. */
  utterances(path: string): Promise<readonly LocalUtterance[]>;
  /** The terms that a file lists; throws a {@link DataError} when it lists none. */
  terms(path: string): Promise<readonly Term[]>;
  /** What a column of a manifest says of recordings; throws a {@link DataError} when the file is none, or has no such column. */
  recordingValues(path: string, column: string): Promise<RecordingValues>;
  /** Why the service does not recognise this WAV as a whole, as the end of a sentence; undefined when it does. */
  whyNotRecognised(audio: Uint8Array): string | undefined;
}

/** Messages to people. An error of it has no more of an address than its host, because addresses are secrets. */
export interface MessagePort {
  /** Sends JSON to an address; a few times, until it is answered. */
  post(address: string, body: PlainValue, options?: { readonly signal?: AbortSignal }): Promise<void>;
  mail(message: MailMessage, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

export interface MailMessage {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** Files that say what endpoints serve, in the repository of a pipeline. Paths are absolute. */
export interface ReleasePort {
  /** The text of a file, undefined when there is none. Throws a {@link DataError} when it could not be written. */
  read(file: string): Promise<string | undefined>;
  /** The texts of all release files in a folder, by their names; undefined when there is no such folder. Absent where none can be listed. */
  readAll?(folder: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Replaces a file as a whole, and makes its folder when there is none. */
  write(file: string, text: string): Promise<void>;
  /** The commit that is checked out in a folder; undefined when it is in no Git repository. */
  commitOf(folder: string): Promise<string | undefined>;
}

export interface LocalData {
  /** SHA-256 in hexadecimal over names and contents: the same data has the same digest on every machine. */
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  /** How long its recordings are together; absent for texts, archives, and where a recording does not say so. */
  readonly seconds?: number;
  /** What becomes a dataset each, where one cannot hold all of it. */
  readonly parts?: readonly Omit<LocalData, 'parts' | 'undivided'>[];
  /** The digest of a folder with parts as it would be as one dataset, which an upload of before may have made. */
  readonly undivided?: string;
}

export interface LocalUtterance {
  readonly name: string;
  readonly audio: Uint8Array;
  readonly transcript: string;
}

/**
 * The service, or the way to it, failed. Contains what a person needs to find the cause and nothing secret: `path` has no query
 * values, and no header is kept.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly method: string;
  readonly path: string;
  /** Absent when no answer came. */
  readonly status: number | undefined;
  /** The service's error code, the innermost where it nests them (`InUseViolation`), or a network code (`ECONNRESET`). */
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number;
  /** How long the service asks to be left alone. */
  readonly retryAfterSeconds: number | undefined;
  /** `refused`: the service certainly did not act. `unknown`: the answer was lost or is a server error; it may have acted. */
  readonly outcome: 'refused' | 'unknown';
  /** Whether a file was asked for by an address of its own, which the service makes anew each time. */
  readonly isFile: boolean;

  constructor(
    message: string,
    facts: {
      readonly method: string;
      readonly path: string;
      readonly status?: number | undefined;
      readonly code?: string | undefined;
      readonly requestId?: string | undefined;
      readonly attempts: number;
      readonly retryAfterSeconds?: number | undefined;
      readonly outcome: 'refused' | 'unknown';
      readonly isFile?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
    this.attempts = facts.attempts;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.outcome = facts.outcome;
    this.isFile = facts.isFile ?? false;
  }
}

/** Local data that cannot be used as asked; the message says which file, what is wrong and what is allowed. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
