import type { TokenCredential } from '@azure/core-auth';
import {
  type EntityChange,
  type NewDataset,
  type NewEndpoint,
  type NewEvaluation,
  type NewModel,
  type NewProject,
  type NewWebHook,
  ServiceError,
  type SpeechPort,
} from '../engine/ports.ts';
import { type ClockPort } from '../time/clock.ts';
import { requestPatienceMilliseconds } from '../engine/retries/repeat-pauses.ts';
import type {
  BaseModel,
  CustomModel,
  Dataset,
  Endpoint,
  EntityFile,
  Evaluation,
  Project,
  WebHook,
} from '../plan/speech-entities.ts';
import { uploadContent } from './blocks.ts';
import {
  type CollectionKind,
  createCollection,
  createReader,
  createWorkedCollection,
  type SpeechService,
} from './collections.ts';
import type { SpeechCredential } from './credential.ts';
import type { SettingNames } from './failure.ts';
import { createSend } from './http.ts';
import { createModelCopies } from './model-copies.ts';
import { openStream } from './sdk/recognition-stream.ts';
import { wavSamples } from './sdk/wav-samples.ts';
import { recognise } from './recognise.ts';
import { recogniseWithSdk } from './sdk/recognise-with-sdk.ts';
import { createSdkChannel } from './sdk/sdk-channel.ts';
import { parseEndpoint } from '../document/base-url.ts';
import type { RequestObserver } from './request-observer.ts';
import { ServiceClock } from './service-clock.ts';
import { sleep } from '../time/sleep.ts';

export interface SpeechClientOptions {
  /** Base URL of the Speech resource: regional, custom subdomain, or `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** Entra ID credentials need https and, on Azure, the resource's custom subdomain. */
  readonly credential: SpeechCredential;
  /** The identity that reads files where the account has storage of its own: their URLs have no signature. @default there is none */
  readonly storageCredential?: () => Promise<TokenCredential>;
  /** The shortest pause between two readings while waiting. @default 2000 */
  readonly pollFloorMilliseconds?: number;
  /** How often a request is repeated at most. @default as often as there is patience for */
  readonly maxRetries?: number;
  /** The first back-off; it doubles with every further one, up to 5 s. @default 800 */
  readonly retryDelayMilliseconds?: number;
  /** A request that gets no answer is repeated until the pauses add up to this. @default 60000 */
  readonly patienceMilliseconds?: number;
  /** Waits between attempts and between readings. @default on the machine's clock */
  readonly sleep?: ClockPort['sleep'];
  /** The longest one attempt may take, with its whole answer. @default 120000 */
  readonly requestTimeoutMilliseconds?: number;
  /** What the client calls itself. @default 'speechops' */
  readonly userAgent?: string;
  /** Is asked before attempts and sees every request. */
  readonly observer?: RequestObserver;
  /**
   * Gets what people are to know while a resource is waited for that was made a moment ago: until it is reached, its name may be
   * unknown and the role of the identity may not hold yet. @default neither is waited for
   */
  readonly onNew?: ((message: string) => void) | undefined;
  /** What messages call endpoint and key. @default the variables of the environment */
  readonly settings?: SettingNames;
}

/**
 * A client of a Speech resource: Speech-to-text REST API 2025-10-15, and recognition on its endpoints.
 * Throws an Error that names the setting when endpoint and credential cannot be used; everything that fails later is a
 * {@link ServiceError}.
 */
export function createSpeechClient(options: SpeechClientOptions): SpeechPort {
  const endpoint = parseEndpoint(options.endpoint);
  const pace = {
    pollFloorMilliseconds: options.pollFloorMilliseconds ?? 2000,
    maxRetries: options.maxRetries ?? Infinity,
    retryDelayMilliseconds: options.retryDelayMilliseconds ?? 800,
    patienceMilliseconds: options.patienceMilliseconds ?? requestPatienceMilliseconds,
    sleep: options.sleep ?? sleep,
  };
  const serviceClock = new ServiceClock();
  const { credential, observer = {}, settings, requestTimeoutMilliseconds = 120_000 } = options;
  const send = createSend({
    ...pace,
    serviceClock,
    endpoint,
    credential,
    storageCredential: options.storageCredential,
    requestTimeoutMilliseconds,
    userAgent: options.userAgent ?? 'speechops',
    observer,
    onNew: options.onNew,
    settings,
  });
  const timeLimitMilliseconds = requestTimeoutMilliseconds;
  const sdk = createSdkChannel({ endpoint, credential, timeLimitMilliseconds, observer, settings });
  const service = { ...pace, endpoint, send };
  const signedWith = 'key' in credential ? 'key' : 'token';
  return {
    projects: createCollection<Project, NewProject>(service, kinds.projects),
    datasets: {
      ...createWorkedCollection<Dataset, NewDataset>(service, kinds.datasets),
      uploadContent: (reference, content, { onProgress, signal } = {}) =>
        uploadContent(service, kinds.datasets, { reference, content, onProgress, signal }),
    },
    models: createWorkedCollection<CustomModel, NewModel>(service, kinds.models),
    baseModels: createReader<BaseModel>(service, kinds.baseModels),
    evaluations: createWorkedCollection<Evaluation, NewEvaluation>(service, kinds.evaluations),
    endpoints: createWorkedCollection<Endpoint, NewEndpoint>(service, kinds.endpoints),
    copies: createModelCopies(service),
    webhooks: createCollection<WebHook, NewWebHook>(service, kinds.webhooks),
    recognise: (audio, { endpoint: deployed, channel = 'sdk', signal }) =>
      channel === 'sdk'
        ? recogniseWithSdk(sdk, audio, { endpoint: deployed, signal })
        : recognise(service, audio, { endpoint: deployed, signedWith, signal }),
    openStream: (stream) => openStream(sdk, stream),
    samplesOf: wavSamples,
    readFile: (file, { signal } = {}) => readFile(service, file, signal),
    async readRecordings(archive, names, { signal, mostBytes } = {}) {
      // It knows zips, and most commands read none.
      const { readRecordings } = await import('./read-recordings.ts');
      return await readRecordings(service, archive, { names, signal, mostBytes });
    },
    async listArchive(archive, { signal } = {}) {
      const { listArchive } = await import('./read-recordings.ts');
      return await listArchive(service, archive, { signal });
    },
    serviceTime: () => serviceClock.now(),
  };
}

const kinds = {
  projects: { path: 'projects', noun: 'project' },
  datasets: { path: 'datasets', noun: 'dataset' },
  models: { path: 'models', noun: 'model' },
  baseModels: { path: 'models/base', noun: 'base model' },
  evaluations: { path: 'evaluations', noun: 'evaluation' },
  endpoints: { path: 'endpoints', noun: 'endpoint', changeBody: endpointChange },
  webhooks: {
    path: 'webhooks',
    noun: 'webhook',
    secretIn: ({ properties }: Partial<NewWebHook>) => properties?.secret,
  },
} satisfies Record<string, CollectionKind>;

/** What is created and read as loggingEnabled is updated as contentLoggingEnabled (definition: EndpointPropertiesUpdate). */
function endpointChange(change: EntityChange<NewEndpoint>): object {
  const { properties, ...rest } = change;
  return properties ? { ...rest, properties: { contentLoggingEnabled: properties.loggingEnabled } } : rest;
}

/** contentUrl carries its own permission (a shared access signature); the credential goes along only to the endpoint itself. */
async function readFile({ send }: SpeechService, file: EntityFile, signal: AbortSignal | undefined): Promise<string> {
  const contentUrl = file.links?.contentUrl;
  const purpose = `read the file ${file.name}`;
  if (contentUrl === undefined || !URL.canParse(contentUrl)) {
    throw new ServiceError(`Cannot ${purpose}: it has no links.contentUrl`, {
      method: 'GET',
      path: '',
      attempts: 0,
      outcome: 'refused',
    });
  }
  const url = new URL(contentUrl);
  return (await send({ method: 'GET', url, purpose, repetition: 'always', signed: 'own', read: asIs, signal })).value;
}

function asIs(text: string): { readonly value: string } {
  return { value: text };
}
