import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { DefaultAzureCredential } from '@azure/identity';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { createLocalData } from '../../data/local-data.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Ports } from '../../engine/ports.ts';
import { createSpeechClient } from '../../speech/speech-client.ts';
import { type Io, UsageError } from '../session.ts';
import { systemClock } from '../system-clock.ts';

export interface Connection {
  readonly ports: Ports;
  /** Where the Speech resource is, for people. */
  readonly endpoint: string;
  /** The same for a plan, which may be gone on with by another process. */
  readonly target: Plan['target'];
  close(): Promise<void>;
}

/** How much faster than a Speech resource the embedded emulator works: a training of ten minutes takes ten seconds. */
const embeddedSpeed = 60;
/** A service on this machine is asked more often than one that many share, and given up sooner. */
const localPace = { pollFloorMilliseconds: 200, retryDelayMilliseconds: 100 };

/** Opens the Speech resource that the environment names, or starts the embedded emulator. */
export async function connect(
  io: Io,
  options: {
    readonly emulator: boolean;
    readonly resource?: string | undefined;
    /** The resource to use when the environment names none. */
    readonly endpoint?: string;
    /** The pipeline's folder: data may lie in its repository. */
    readonly folder: string;
    readonly knownAudio: readonly string[];
  },
): Promise<Connection> {
  if (options.emulator) return await connectToEmulator(io, options);
  const endpoint = io.env['SPEECHOPS_ENDPOINT'] ?? options.endpoint;
  if (endpoint === undefined || endpoint === '') {
    throw new UsageError(
      `Set SPEECHOPS_ENDPOINT to the base URL of a Speech resource (https://NAME.cognitiveservices.azure.com, or http://127.0.0.1:7270 of \`speechops emulator\`), or use --emulator${
        options.resource === undefined ? '' : ': `resource` names the resource, its URL is not looked up from it'
      }`,
    );
  }
  const key = io.env['SPEECHOPS_KEY'];
  const credential = key === undefined || key === '' ? new DefaultAzureCredential() : { key };
  const isLocal = /^https?:\/\/(127\.|localhost|\[::1\])/i.test(endpoint);
  return {
    ports: await portsOf(io, {
      speech: speechClient({ endpoint, credential, ...(isLocal ? localPace : {}) }),
      folder: options.folder,
    }),
    endpoint,
    target: { endpoint },
    close: async () => undefined,
  };
}

/** The client refuses what it cannot work with before it sends anything: that is for the caller to mend. */
function speechClient(options: Parameters<typeof createSpeechClient>[0]): Ports['speech'] {
  try {
    return createSpeechClient(options);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function connectToEmulator(
  io: Io,
  { folder, knownAudio }: { readonly folder: string; readonly knownAudio: readonly string[] },
): Promise<Connection> {
  const dataDirectory = path.join(io.cwd, '.speechops', 'emulator');
  await mkdir(dataDirectory, { recursive: true });
  const emulator = await startEmulator({ speed: embeddedSpeed, dataDirectory, audioDirectories: knownAudio });
  const speech = speechClient({ endpoint: emulator.url, credential: { key: emulator.key }, ...localPace });
  return {
    ports: await portsOf(io, { speech, folder }),
    endpoint: `${emulator.url} (embedded emulator)`,
    target: 'embedded-emulator',
    close: () => emulator.close(),
  };
}

async function portsOf(io: Io, of: { readonly speech: Ports['speech']; readonly folder: string }): Promise<Ports> {
  const data = createLocalData({ roots: await dataRoots(io, of.folder) });
  return { speech: of.speech, data, clock: io.clock ?? systemClock() };
}

/** Where a pipeline's data may lie: in its repository, or without one in its folder, and below the current folder. */
async function dataRoots(io: Io, folder: string): Promise<readonly string[]> {
  // A worker may not have the folder: then the data port says what is missing.
  const start = await realpath(folder).catch(() => folder);
  const current = await realpath(io.cwd);
  return [...new Set([repositoryOf(start) ?? start, ...(start.startsWith(current + path.sep) ? [current] : [])])];
}

function repositoryOf(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}
