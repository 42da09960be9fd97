import path from 'node:path';
import type { TokenCredential } from '@azure/core-auth';
import { createDatasetStorage } from '../../azure/dataset-storage.ts';
import { assertRecognisable, createLocalData } from '../../data/local-data.ts';
import { createReleaseFiles } from '../../data/release-files.ts';
import { isLoopback } from '../../document/base-url.ts';
import type { Pipeline, PipelineStep } from '../../language/pipeline.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { Plan } from '../../plan/plan.ts';
import { needsEnvironment, resourcesOf } from '../../plan/resources.ts';
import { Ownership } from '../../engine/ownership.ts';
import type { Ports, StoragePort, TextToSpeechPort } from '../../engine/ports.ts';
import { createMessages } from '../../messages/send-messages.ts';
import type { ClockPort } from '../../time/clock.ts';
import { folderError, makePrivateFolder } from '../../store/private-folder.ts';
import { cloudOf } from '../../speech/azure-cloud.ts';
import { entraCredential } from '../../speech/entra-credential.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { createSpeechClient } from '../../speech/speech-client.ts';
import { createTextToSpeech } from '../../speech/text-to-speech.ts';
import { dataRootsOf } from '../repository.ts';
import { type Io, UsageError } from '../session.ts';
import { systemClock } from '../../time/system-clock.ts';
import { credentialFor } from './credential.ts';
import { type EmulatorClock, emulatorClock } from './emulator-clock.ts';
import { stateFolder } from '../runs-folder.ts';
import { endpointOfAccount } from './speech-account.ts';

/** Another process runs the embedded emulator on these data. */
export class EmulatorInUseError extends Error {
  override readonly name = 'EmulatorInUseError';

  constructor(directory: string) {
    super(`Wait for the process that runs the embedded emulator on ${directory}`);
  }
}

export interface Connection {
  /** Of the Speech resource of steps that name none of their own. */
  readonly ports: Ports;
  /** Of the Speech resource that a step works on. */
  portsOf(step: Pick<PipelineStep, 'resource'>): Ports;
  /** The ports of every resource, each once. */
  readonly resources: readonly Ports[];
  /** Their base URLs, in the same order. */
  readonly addresses: readonly string[];
  /** The client asks it for every request to a resource, before the request is sent. */
  readonly ownership: Ownership;
  /** The addresses of the resources, for people. */
  readonly endpoint: string;
  /** The address of the resource as a plan keeps it: another process may resume the run. */
  readonly target: Plan['target'];
  /** That of the embedded emulator, or of what answers at a key on this machine, which may be an emulator. Absent elsewhere. */
  readonly clock?: EmulatorClock;
  /** What speaks texts at the first resource. With Entra ID it wants the Azure resource id of that. */
  textToSpeech(options?: { readonly resourceId?: string | undefined }): TextToSpeechPort;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly emulator: boolean;
  /** Absent: the resource is the one of the environment. */
  readonly pipeline?: Pipeline;
  /** Other resources to open besides, by their base URLs. @default none */
  readonly others?: readonly string[] | undefined;
  /** The resource to use when neither the pipeline nor the environment names one. */
  readonly endpoint?: string;
  /** The resource to use, whatever the environment names. A key of the environment goes to it only when the environment names it, too. */
  readonly only?: string;
  /**
   * Whether an account that the pipeline names by its Azure resource id is checked also when its base URL is known. A process
   * that resumes a run leaves it out, because the account was checked before the planning. @default false
   */
  readonly preflight?: boolean;
  /** The pipeline's folder: data may lie in its repository. */
  readonly folder: string;
  readonly knownAudio: readonly string[];
  /** Is asked and told about the requests to all resources. */
  readonly observer?: RequestObserver | undefined;
  /** Whether a resource is waited for, and this is told, until it is reached: it may have been made a moment ago. @default false */
  readonly mayBeNew?: boolean | undefined;
}

/** The embedded emulator works so many times as fast as a Speech resource: a training of ten minutes takes ten seconds. */
const embeddedSpeed = 60;
/** A service on this machine is asked more often than one that many share, and given up sooner. */
const localPace = { pollFloorMilliseconds: 200, retryDelayMilliseconds: 100 };

/**
 * Opens the Speech resources that the pipeline names or else the one that the environment names, or starts the embedded
 * emulator in place of them all.
 */
export async function connect(io: Io, options: ConnectionOptions): Promise<Connection> {
  const { pipeline, folder } = options;
  const { ownership, observer } = observedRequests(options.observer);
  const named = [...(pipeline === undefined ? [] : resourcesOf(pipeline)), ...(options.others ?? [])];
  if (options.emulator) {
    const replaced = named.length > 0 || pipeline?.resource === undefined ? named : [pipeline.resource];
    if (replaced.length > 0)
      io.stderr.write(`${escapeControls(`--emulator takes the place of ${replaced.join(', ')}`)}\n`);
    return await connectToEmulator(io, options);
  }
  const roots = dataRootsOf(folder, io.cwd);
  // Before anything is made: an upload and a training would be paid for nothing.
  if (options.preflight === true) for (const audio of options.knownAudio) await assertRecognisable(audio, { roots });
  const { only } = options;
  const isElsewhere = only === undefined && named.length > 0 && (pipeline === undefined || needsEnvironment(pipeline));
  const ofFile = isElsewhere ? [...new Set([await endpointOf(io, options), ...named])] : named;
  const [first = await endpointOf(io, options), ...others] = only === undefined ? ofFile : [only];
  const byFile = only === undefined ? named : [only];
  const byPipeline = byFile.length > 0 || pipeline?.resource === undefined ? byFile : [first];
  const credential = await credentialFor([first, ...others], { env: io.env, named: byPipeline });
  const clock = io.clock ?? systemClock();
  const open = (endpoint: string): Ports => {
    const pace = URL.canParse(endpoint) && isLoopback(new URL(endpoint)) ? localPace : {};
    const tell = (message: string): void => void io.stderr.write(`${escapeControls(message)}\n`);
    const onNew = options.mayBeNew === true ? tell : undefined;
    const { SPEECHOPS_ENDPOINT: own = '' } = io.env;
    const isOfEnvironment = URL.canParse(own) && new URL(own).origin === endpoint;
    const isOfFile = named.includes(endpoint) && !isOfEnvironment;
    const settings = isOfFile ? { settings: { endpoint: namedByPipeline, key: 'SPEECHOPS_KEY' } } : {};
    const storageCredential = async (): Promise<TokenCredential> => await entraCredential(cloudOf([endpoint]), io.env);
    const client = speechClient({
      endpoint,
      credential,
      storageCredential,
      observer,
      onNew,
      sleep: clock.sleep,
      ...settings,
      ...pace,
    });
    const storage = storageBeside(endpoint, { env: io.env, ownership });
    return {
      ...portsTo(client, { roots, clock }),
      messages,
      storage,
      speechAt: (resource) => opened.get(resource)?.speech,
    };
  };
  const messages = createMessages({ env: io.env });
  const opened = new Map<string, Ports>();
  const ports = open(first);
  for (const endpoint of [first, ...others]) opened.set(endpoint, endpoint === first ? ports : open(endpoint));
  const isHere = others.length === 0 && URL.canParse(first) && isLoopback(new URL(first));
  return {
    ports,
    portsOf: ({ resource = first }) => opened.get(resource) ?? ports,
    resources: [...opened.values()],
    addresses: [...opened.keys()],
    ownership,
    endpoint: [...opened.keys()].join(', '),
    target: { endpoint: first },
    textToSpeech({ resourceId } = {}) {
      const pace = URL.canParse(first) && isLoopback(new URL(first)) ? localPace : {};
      return speaker({ endpoint: first, credential, resourceId, observer, sleep: clock.sleep, ...pace });
    },
    ...(isHere && 'key' in credential && { clock: emulatorClock({ url: first, key: credential.key }) }),
    close: async () => undefined,
  };
}

/** What errors call the base URL of a resource that the environment does not name. */
const namedByPipeline = 'its base URL in the pipeline, or the input that says it';

/** Requests that are observed, and ask last whether a change may still be made. */
function observedRequests(observer: RequestObserver = {}): {
  readonly ownership: Ownership;
  readonly observer: RequestObserver;
} {
  const ownership = new Ownership();
  return {
    ownership,
    observer: {
      ...observer,
      async beforeSending() {
        await observer.beforeSending?.();
        await ownership.beforeSending();
      },
    },
  };
}

async function endpointOf(io: Io, { pipeline, endpoint, preflight }: ConnectionOptions): Promise<string> {
  const own = io.env['SPEECHOPS_ENDPOINT'] ?? endpoint;
  const found = own === '' ? undefined : own;
  const resourceId = pipeline?.resource;
  if (resourceId !== undefined && (preflight === true || found === undefined))
    return await endpointOfAccount(io, { resourceId, endpoint: found });
  if (found !== undefined) return found;
  throw new UsageError(
    'Set SPEECHOPS_ENDPOINT to the base URL of a Speech resource (https://NAME.cognitiveservices.azure.com, or http://127.0.0.1:7270 of `speechops emulator`), let `resource` of the pipeline name it, or use --emulator where a command has it',
  );
}

function speechClient(options: Parameters<typeof createSpeechClient>[0]): Ports['speech'] {
  return usable(() => createSpeechClient(options));
}

function speaker(options: Parameters<typeof createTextToSpeech>[0]): TextToSpeechPort {
  return usable(() => createTextToSpeech(options));
}

/** A client refuses what it cannot work with before it sends anything: that is for the caller to mend. */
function usable<T>(create: () => T): T {
  try {
    return create();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function connectToEmulator(
  io: Io,
  options: Pick<ConnectionOptions, 'folder' | 'knownAudio' | 'observer'>,
): Promise<Connection> {
  // A large room, and most commands do without it.
  const { DataInUseError, startEmulator } = await import('../../../emulator/start-emulator.ts');
  const { folder, knownAudio } = options;
  const { ownership, observer } = observedRequests(options.observer);
  const roots = dataRootsOf(folder, io.cwd);
  for (const audio of knownAudio) await assertRecognisable(audio, { roots });
  const state = stateFolder(io);
  const dataDirectory = path.join(state, 'emulator');
  await makePrivateFolder(state);
  await makePrivateFolder(dataDirectory);
  const emulator = await startEmulator({
    speed: embeddedSpeed,
    dataDirectory,
    audioDirectories: knownAudio,
  }).catch((error: unknown) => {
    throw error instanceof DataInUseError ? new EmulatorInUseError(dataDirectory) : folderError(error, dataDirectory);
  });
  const clock = io.clock ?? systemClock();
  const credential = { key: emulator.key };
  const speech = speechClient({ endpoint: emulator.url, credential, observer, sleep: clock.sleep, ...localPace });
  const storage = storageBeside(emulator.url, { env: io.env, ownership });
  const ports: Ports = {
    ...portsTo(speech, { roots, clock }),
    messages: createMessages({ env: io.env }),
    storage,
    isEmbedded: true,
    speechAt: () => speech,
  };
  return {
    ports,
    portsOf: () => ports,
    resources: [ports],
    addresses: [emulator.url],
    ownership,
    endpoint: `${emulator.url} (embedded emulator)`,
    target: 'embedded-emulator',
    clock: emulatorClock(emulator),
    textToSpeech: () => speaker({ endpoint: emulator.url, credential, observer, sleep: clock.sleep, ...localPace }),
    close: () => emulator.close(),
  };
}

/** The storage accounts that a Speech resource of this address may fetch from, written to by the identity of the environment. */
function storageBeside(
  endpoint: string,
  { env, ownership }: { readonly env: Io['env']; readonly ownership: Ownership },
): StoragePort {
  return createDatasetStorage({
    credential: async () => await entraCredential(cloudOf([endpoint]), env),
    isLocal: isLoopback(new URL(endpoint)),
    beforeSending: async () => await ownership.beforeSending(),
  });
}

function portsTo(
  speech: Ports['speech'],
  { roots, clock }: { readonly roots: readonly string[]; readonly clock: ClockPort },
): Ports {
  return { speech, data: createLocalData({ roots }), releases: createReleaseFiles({ roots }), clock };
}
