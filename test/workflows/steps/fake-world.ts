import type { DataCheck } from '../../../workflows/plan/data/data-check.ts';
import type { ClockPort } from '../../../workflows/time/clock.ts';
import type { RecordingValues } from '../../../workflows/scoring/readers/recording-values.ts';
import type { Term } from '../../../workflows/scoring/readers/term-list.ts';
import {
  ServiceError,
  type DataPort,
  type EntityCollection,
  type NewDataset,
  type NewEndpoint,
  type NewEvaluation,
  type NewModel,
  type NewProject,
  type Ports,
  type Recognition,
  type RecognitionStream,
  type SpeechPort,
  type StreamPhrase,
  type StreamReport,
  type WorkedCollection,
} from '../../../workflows/engine/ports.ts';
import type {
  BaseModel,
  CustomModel,
  Dataset,
  Endpoint,
  Entity,
  EntityFile,
  Evaluation,
  Project,
  WorkedEntity,
} from '../../../workflows/plan/speech-entities.ts';

/** A Speech resource made of arrays: for step tests without disk, network or clock. */
export interface FakeWorld {
  readonly ports: Ports;
  readonly created: string[];
  readonly objects: {
    readonly projects: Project[];
    readonly datasets: Dataset[];
    readonly models: CustomModel[];
    readonly baseModels: BaseModel[];
    readonly evaluations: Evaluation[];
    readonly endpoints: Endpoint[];
  };
  /** What happens to the next creates of a collection, in order. */
  readonly nextCreates: Record<string, ('lost' | 'unsent' | 'refused')[]>;
  /** Objects that were deleted. */
  readonly deleted: string[];
  /** What others do between the last look and a create. */
  meanwhile: (collection: string) => Promise<void>;
  /** What an endpoint becomes when its model changes; default: Succeeded with the wanted model. */
  settle: (wanted: Endpoint, before: Endpoint) => Endpoint;
  /** The entity that a created object becomes. */
  work: <E extends WorkedEntity>(collection: string, entity: E) => E;
  recognise: (endpoint: Endpoint, audio: Uint8Array) => Recognition | ServiceError;
  /** Recognitions of smoke audio with the model that answered. */
  readonly recognised: string[];
  /** What each model recognises on each recording of an Acoustic dataset, by model and recording. */
  readonly texts: Record<string, Readonly<Record<string, string>>>;
  /** The same on datasets where they recognise otherwise, by dataset. */
  readonly textsOn: Record<string, FakeWorld['texts']>;
  /** The trans.txt of every dataset. */
  transcript: string;
  /** What every local list of terms holds. */
  terms: readonly Term[];
  /** What every column of every manifest says. */
  /** What the service would make of local data. */
  check: DataCheck;
  recordingValues: RecordingValues;
  /** How a stream on an endpoint goes on; default: a phrase for each recording. */
  openStream: (endpoint: () => Endpoint) => FakeStream | ServiceError;
  /** The streams that the step has not closed. */
  readonly openStreams: Set<FakeStream>;
  /** What an endpoint answers to such a recording; default: as the model does that it names. */
  hear: (endpoint: Endpoint, recording: string) => string;
}

/** What happens to a stream when a recording on it ends, by its number from 0. */
export interface FakeStream {
  /** No phrase comes. */
  readonly isLost?: (recording: number) => boolean;
  /** Its connection is lost so often. */
  readonly drops?: (recording: number) => number;
  /** It ends. */
  readonly error?: (recording: number) => ServiceError | undefined;
  readonly latency?: () => { readonly firstResultSeconds: number; readonly finalSeconds: number };
}

export function createFakeWorld(): FakeWorld {
  let sequence = 0;
  const objects: FakeWorld['objects'] = {
    projects: [],
    datasets: [],
    models: [],
    baseModels: [],
    evaluations: [],
    endpoints: [],
  };
  const created: string[] = [];
  const nextCreates: FakeWorld['nextCreates'] = {};
  const stamp = (): string => new Date(Date.UTC(2026, 0, 1) + (sequence += 1) * 1000).toISOString().replace('.000', '');

  function find<E extends Entity>(store: readonly E[], reference: string): E | undefined {
    return store.find(({ self }) => self === reference || self.endsWith(`/${reference}`));
  }

  /** The files of an evaluation, and the archive of a dataset. */
  function filesOf(name: string, owner: Entity | undefined): readonly EntityFile[] {
    const file = (fileName: string, kind: string): EntityFile => ({
      self: `${owner?.self}/files/${fileName}`,
      name: fileName,
      kind,
      createdDateTime: '2026-01-01T00:00:00Z',
    });
    if (name === 'datasets') return [file('data.zip', 'AcousticDataArchive')];
    if (name !== 'evaluations' || owner === undefined) return [];
    const { model1, model2, dataset } = owner as Evaluation;
    return [model1, model2].flatMap(({ self }, index) =>
      Object.keys(textsOf(dataset.self)[self] ?? {}).map((recording) =>
        file(`${recording}.model${index + 1}_score.json`, 'EvaluationDetails'),
      ),
    );
  }

  function textsOf(dataset: string): FakeWorld['texts'] {
    return world.textsOn[dataset] ?? world.texts;
  }

  function readFile({ self, name }: EntityFile): string {
    const [, recording = '', side] = /^(.+)\.model([12])_score\.json$/.exec(name) ?? [];
    const evaluation = objects.evaluations.find((one) => self.startsWith(`${one.self}/`));
    const model = side === '1' ? evaluation?.model1.self : evaluation?.model2.self;
    const scoringResult = (textsOf(evaluation?.dataset.self ?? '')[model ?? '']?.[recording] ?? '').replaceAll(
      ' ',
      ',',
    );
    return JSON.stringify({ recognizedPhrases: [{ nBest: [{ scoringResult }] }] });
  }

  function collection<E extends Entity, New extends object>(
    name: keyof FakeWorld['objects'],
    store: E[],
  ): EntityCollection<E, New> {
    return {
      list: async () => [...store],
      get: async (reference) => find(store, reference),
      async create(body) {
        const fault = nextCreates[name]?.shift();
        if (fault === 'refused') throw serviceError(`${name} refused`, { status: 400, outcome: 'refused' });
        if (fault === 'unsent') throw serviceError(`${name}: no answer`, { outcome: 'unknown' });
        await world.meanwhile(name);
        const at = stamp();
        const entity = {
          ...body,
          self: `https://speech/${name}/${sequence}`,
          createdDateTime: at,
          lastActionDateTime: at,
          status: 'NotStarted',
        } as unknown as E;
        store.push(entity);
        created.push(`${name}: ${entity.displayName}`);
        if (fault === 'lost') throw serviceError(`${name}: the answer was lost`, { outcome: 'unknown' });
        return entity;
      },
      async update(reference, change) {
        const index = store.findIndex(({ self }) => self === reference);
        const before = store[index];
        if (before === undefined) throw new Error(`no ${reference}`);
        const wanted = { ...before, ...change, lastActionDateTime: stamp() };
        store[index] =
          name === 'endpoints'
            ? (world.settle(wanted as unknown as Endpoint, before as unknown as Endpoint) as unknown as E)
            : wanted;
        return wanted;
      },
      async delete(reference) {
        const index = store.findIndex(({ self }) => self === reference);
        if (index >= 0) store.splice(index, 1);
        world.deleted.push(reference);
      },
    };
  }

  function worked<E extends WorkedEntity, New extends object>(
    name: keyof FakeWorld['objects'],
    store: E[],
  ): WorkedCollection<E, New> {
    return {
      ...collection<E, New>(name, store),
      async wait(reference, options) {
        const index = store.findIndex(({ self }) => self === reference);
        const entity = store[index];
        if (entity === undefined) throw serviceError(`${reference} is gone`, { status: 404, outcome: 'refused' });
        if (options?.until?.(entity) === true) {
          options.onRead?.(entity);
          return entity;
        }
        const done =
          entity.status === 'NotStarted' || entity.status === 'Running'
            ? world.work(name, { ...entity, status: 'Succeeded' })
            : entity;
        store[index] = done;
        options?.onRead?.(done);
        if (options?.until !== undefined && !options.until(done))
          return await new Promise((_, reject) =>
            options.signal?.addEventListener('abort', () => reject(options.signal?.reason)),
          );
        return done;
      },
      files: async (reference) => filesOf(name, find(store, reference)),
    };
  }

  const speech: SpeechPort = {
    projects: collection<Project, NewProject>('projects', objects.projects),
    datasets: {
      ...worked<Dataset, NewDataset>('datasets', objects.datasets),
      async uploadContent(reference, content) {
        for await (const _ of content) created.push(`content of ${reference}`);
      },
    },
    models: worked<CustomModel, NewModel>('models', objects.models),
    baseModels: collection<BaseModel, never>('baseModels', objects.baseModels),
    evaluations: worked<Evaluation, NewEvaluation>('evaluations', objects.evaluations),
    endpoints: worked<Endpoint, NewEndpoint>('endpoints', objects.endpoints),
    async recognise(audio, { endpoint }) {
      const current = objects.endpoints.find(({ self }) => self === endpoint.self) ?? endpoint;
      const recording = Buffer.from(audio).toString();
      if (recording.endsWith('.wav'))
        return { status: 'Success', lexical: world.hear(current, recording), display: '' };
      world.recognised.push(current.model?.self ?? '');
      const answer = world.recognise(current, audio);
      if (answer instanceof ServiceError) throw answer;
      return answer;
    },
    readFile: async (file) => readFile(file),
    listArchive: async () => [{ name: 'trans.txt', bytes: world.transcript.length, crc32: 0 }],
    readRecordings: async (_, names) =>
      new Map(names.map((name) => [name, Buffer.from(name === 'trans.txt' ? world.transcript : name)])),
    openStream: async ({ endpoint, sampleRate, signal }) => {
      const current = (): Endpoint => objects.endpoints.find(({ self }) => self === endpoint.self) ?? endpoint;
      const stream = world.openStream(current);
      if (stream instanceof ServiceError) throw stream;
      world.openStreams.add(stream);
      return pacedStream(stream, {
        sampleRate,
        clock: world.ports.clock,
        signal,
        onClose: () => void world.openStreams.delete(stream),
      });
    },
    samplesOf: () => ({ sampleRate: 8000, samples: new Uint8Array(2 * 8000).fill(1) }),
  };

  const data: DataPort = {
    describe: async (places) => ({ digest: `digest of ${places}`, files: 1, bytes: 10 }),
    async *content() {
      yield Uint8Array.of(1);
    },
    check: async () => world.check,
    placesOf: async ({ from }, named) =>
      new Map(
        named.map((name) => {
          const line = /^line (\d+)$/.exec(name)?.[1];
          const place = line === undefined ? ` ${name}` : `:${line}`;
          return [name, name.endsWith('a.wav') ? `${from}/trans.txt:3 ${name}` : `${from}${place}`];
        }),
      ),
    whyNotRecognised: () => undefined,
    terms: async () => world.terms,
    recordingValues: async () => world.recordingValues,
    atUrl: async () => ({ reason: 'is not asked' }),
    utterances: async () => [{ name: 'a.wav', audio: Uint8Array.of(1), transcript: 'one two three four' }],
  };

  const world: FakeWorld = {
    ports: { speech, data, clock: idleClock('2026-06-01T00:00:00Z') },
    created,
    objects,
    deleted: [],
    check: { isRefused: false, isUntrue: false, lines: 1, rejected: 0, warnings: 0, told: [] },
    meanwhile: async () => undefined,
    nextCreates,
    settle: (wanted) => wanted,
    work: (_, entity) => entity,
    recognise: () => ({ status: 'Success', lexical: 'one two three four', display: 'One two three four.' }),
    recognised: [],
    texts: {},
    textsOn: {},
    transcript: '',
    terms: [],
    recordingValues: new Map(),
    openStream: () => ({}),
    openStreams: new Set(),
    hear: ({ model }, recording) => world.texts[model?.self ?? '']?.[recording] ?? '',
  };
  return world;
}

export function serviceError(
  message: string,
  facts: {
    readonly status?: number;
    readonly retryAfterSeconds?: number;
    readonly outcome: 'refused' | 'unknown';
    readonly isFile?: boolean;
  },
): ServiceError {
  return new ServiceError(message, { method: 'POST', path: '/speechtotext', attempts: 1, ...facts });
}

export function fakeBaseModel(
  name: string,
  options: { readonly created: string; readonly locale?: string; readonly adaptationUntil?: string },
): BaseModel {
  return {
    self: `https://speech/models/base/${name}`,
    displayName: name,
    locale: options.locale ?? 'en-US',
    createdDateTime: options.created,
    lastActionDateTime: options.created,
    status: 'Succeeded',
    properties: {
      deprecationDates: {
        adaptationDateTime: options.adaptationUntil ?? '2027-01-15T00:00:00Z',
        transcriptionDateTime: '2028-01-15T00:00:00Z',
      },
      features: { supportsEndpoints: true, supportsAdaptationsWith: ['Acoustic', 'Language'] },
    },
  };
}

export function fakeModel(name: string, change: Partial<CustomModel> = {}): CustomModel {
  return {
    self: `https://speech/models/${name}`,
    displayName: name,
    locale: 'en-US',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
    properties: {
      deprecationDates: { transcriptionDateTime: '2028-01-15T00:00:00Z' },
      features: { supportsEndpoints: true },
    },
    ...change,
  };
}

/** An evaluation of two models on the dataset `calls`, which has Succeeded. */
export function fakeEvaluation(
  name: string,
  models: readonly [string, string],
  change: Partial<Evaluation> = {},
): Evaluation {
  return {
    self: `https://speech/evaluations/${name}`,
    displayName: name,
    locale: 'en-US',
    createdDateTime: '2026-01-02T00:00:00Z',
    lastActionDateTime: '2026-01-02T00:00:00Z',
    status: 'Succeeded',
    dataset: { self: 'https://speech/datasets/calls' },
    model1: { self: models[0] },
    model2: { self: models[1] },
    ...change,
  };
}

export function fakeEndpoint(name: string, model: string, change: Partial<Endpoint> = {}): Endpoint {
  return {
    self: `https://speech/endpoints/id-of-${name}`,
    displayName: name,
    locale: 'en-US',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
    model: { self: model },
    links: { webSocket: 'wss://speech/' },
    ...change,
  };
}

/** A stream in the time of the world: what is sent that is not silent is a recording, and gets its phrase when it is over. */
function pacedStream(
  { isLost, drops, error, latency }: FakeStream,
  of: {
    readonly sampleRate: number;
    readonly clock: ClockPort;
    readonly signal: AbortSignal | undefined;
    onClose(): void;
  },
): RecognitionStream {
  const { sampleRate, clock, signal, onClose } = of;
  const phrases: StreamPhrase[] = [];
  let [seconds, spokenFrom, recordings, disconnections] = [0, -1, 0, 0];
  let failure: ServiceError | undefined;
  const report = (): StreamReport => ({
    phrases: [...phrases],
    disconnections,
    ...(failure === undefined ? {} : { error: failure }),
  });
  const end = (): void => {
    if (spokenFrom < 0) return;
    disconnections += drops?.(recordings) ?? 0;
    failure ??= error?.(recordings);
    const times = { offsetSeconds: spokenFrom, durationSeconds: seconds - spokenFrom };
    const told = latency?.() ?? { firstResultSeconds: 0.3, finalSeconds: 0.6 };
    if (failure === undefined && isLost?.(recordings) !== true)
      phrases.push({ status: 'Success', lexical: 'one', display: '', ...times, ...told });
    [spokenFrom, recordings] = [-1, recordings + 1];
  };
  return {
    async send(samples) {
      if (failure !== undefined) throw failure;
      const isSilent = samples.every((sample) => sample === 0);
      if (isSilent) end();
      else if (spokenFrom < 0) spokenFrom = seconds;
      const length = samples.length / 2 / sampleRate;
      await clock.sleep(length * 1000, signal);
      seconds += length;
    },
    report,
    async close() {
      onClose();
      signal?.throwIfAborted();
      end();
      return report();
    },
  };
}

/** A clock that stands still while there is work, and goes on to the end of the shortest sleep when nothing else is left. */
function idleClock(start: string): ClockPort {
  let now = Date.parse(start);
  const sleepers = new Set<{ readonly end: number; wake(): void }>();
  function goOn(): void {
    const [next] = [...sleepers].toSorted((one, other) => one.end - other.end);
    if (next === undefined) return;
    now = Math.max(now, next.end);
    sleepers.delete(next);
    next.wake();
  }
  return {
    now: () => new Date(now),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { end: now + milliseconds, wake: resolve };
      sleepers.add(sleeper);
      const stop = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', stop, { once: true });
      // Each sleep ends by one step of the clock, which is its own or one that was begun later and ends before.
      setImmediate(goOn);
      try {
        await promise;
      } finally {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', stop);
      }
    },
  };
}
