import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { addDatabase, createDatabase, withoutPostgres } from '../crash/create-database.ts';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { isOpen } from '../../workflows/engine/engine.ts';
import { openDatabaseStore } from '../../workflows/store/embedded-store.ts';
import { prepareDatabase } from '../../workflows/durable/prepare-database.ts';
import { Journal, type RunSummary } from '../../workflows/durable/journal.ts';
import { loadPipeline } from '../../workflows/language/load-pipeline.ts';
import type { Plan } from '../../workflows/plan/plan.ts';

/** The address of a PostgreSQL that tests may fill; empty without one, see `withoutPostgres`, and then the message says so. */
export const testDatabaseUrl = withoutPostgres === undefined ? (process.env['SPEECHOPS_TEST_DATABASE_URL'] ?? '') : '';
if (withoutPostgres !== undefined) console.warn(withoutPostgres);

export interface WorkerProcess {
  /** What its connections call themselves in the database. */
  readonly name: string;
  readonly process: ChildProcess;
  /** Where its port is. */
  readonly origin: string;
  /** Everything on stderr so far. */
  log(): string;
  /** The JSON lines of the log. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  metrics(): Promise<string>;
  /** Stops all its processes where they stand, as of a machine that stands still; and lets them go on. */
  freeze(): void;
  wake(): void;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export interface WorkerHow {
  /** @default the database of the fleet */
  readonly url?: string;
  /** The executable file of a program whose command `worker` it is. @default this version's command in a process */
  readonly program?: string;
  /** A module that the process imports first. */
  readonly preload?: URL;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Fleet {
  readonly url: string;
  readonly journal: Journal;
  /** Speech resources with one key. */
  readonly emulators: readonly [Emulator, ...Emulator[]];
  startWorker(args?: readonly string[], how?: WorkerHow): Promise<WorkerProcess>;
  /** Waits until every run has ended, or `until` is true of them. */
  runs(until?: (runs: readonly RunSummary[]) => boolean): Promise<readonly RunSummary[]>;
  /** The Speech resources that requests have waited for their turn at. */
  requestTurns(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** An empty database, emulated Speech resources and the workers that a test starts on them. */
export async function openFleet(options: {
  readonly speed: number;
  readonly resources?: number;
  readonly audioDirectories?: readonly string[];
  /** @default the one that {@link testDatabaseUrl} names */
  readonly server?: string;
}): Promise<Fleet> {
  const url = options.server === undefined ? (await createDatabase()).url : await addDatabase(options.server);
  const store = openDatabaseStore(url);
  if (options.server !== undefined) await prepareDatabase(store);
  const journal = await Journal.open(store);
  const { speed, resources = 1, audioDirectories = [] } = options;
  const start = async (): Promise<Emulator> =>
    await startEmulator({ key: 'of-all-resources', speed, audioDirectories });
  const first = await start();
  const others = await Promise.all(Array.from({ length: resources - 1 }, start));
  const emulators = [first, ...others] as const;
  const workers: WorkerProcess[] = [];
  let started = 0;
  return {
    url,
    journal,
    emulators: [...emulators],
    async startWorker(args = [], how = {}) {
      const name = `worker-${(started += 1)}`;
      const worker = await startWorkerProcess(how.url ?? url, { ...how, args, key: first.key, name });
      workers.push(worker);
      return worker;
    },
    async runs(until = (runs) => runs.every((run) => !isOpen(run.status))) {
      const end = Date.now() + 280_000;
      for (;;) {
        const runs = await journal.runs({ limit: 10_000 });
        if (until(runs)) return runs;
        if (Date.now() >= end)
          throw new Error(
            `Waited in vain for runs: ${runs.map(({ runId, status }) => `${runId} ${status}`).join(', ')}`,
          );
        await pause(200);
      }
    },
    async requestTurns() {
      const sql = 'SELECT resource FROM speechops.request_turns ORDER BY resource COLLATE "C"';
      const { rows } = await store.pool.query<{ readonly resource: string }>(sql);
      return rows.map(({ resource }) => resource);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop('SIGKILL')));
      await Promise.all(emulators.map((emulator) => emulator.close()));
      await journal.close();
      await store.close();
    },
  };
}

/** A plan that uploads a text of its own and trains on it. */
export async function textPlan(
  folder: string,
  options: {
    readonly name: string;
    readonly target: Plan['target'];
    readonly group?: string;
    /** @default true */
    readonly trains?: boolean;
  },
): Promise<Plan> {
  const { name, target, group, trains = true } = options;
  const own = path.join(folder, name);
  await mkdir(own, { recursive: true });
  await writeFile(path.join(own, 'text.txt'), `these are the words of ${name} and of nobody else\n`);
  const train = '  - { id: model, uses: train, with: { datasets: ["${{ steps.text.outputs.dataset }}"] } }\n';
  return planOf(
    `name: ${name}
locale: en-US
${group === undefined ? '' : `concurrency: ${group}\n`}steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
${trains ? train : ''}`,
    { folder: own, target },
  );
}

/** A plan that only asks a person, in its step `ok`. */
export function approvalPlan(name: string, target: Plan['target']): Plan {
  const steps = "steps:\n  - id: ok\n    uses: approve\n    with: { message: 'Go on?' }\n";
  return planOf(`name: ${name}\nlocale: en-US\n${steps}`, { folder: '/', target });
}

/** A plan that nothing was observed for. */
export function planOf(yaml: string, options: Pick<Plan, 'folder' | 'target'>): Plan {
  const { pipeline, diagnostics } = loadPipeline(yaml, {
    path: 'pipeline.yaml',
    inputs: {},
    env: {},
    fileKind: () => 'file',
  });
  if (pipeline === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return { ...options, pipeline, env: {}, steps: [] };
}

/** How many objects of a collection bear each digest, over all resources. */
export async function digests(
  { emulators }: Pick<Fleet, 'emulators'>,
  collection: 'datasets' | 'models',
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const emulator of emulators) {
    for (const digest of await digestsIn(emulator, collection)) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  }
  return counts;
}

async function digestsIn(emulator: Emulator, collection: string): Promise<readonly string[]> {
  const found: string[] = [];
  let next: string | undefined = `${emulator.url}/speechtotext/${collection}?api-version=2025-10-15&top=1000`;
  while (next !== undefined) {
    const response: Response = await fetch(next, { headers: { 'ocp-apim-subscription-key': emulator.key } });
    const page = (await response.json()) as Page;
    for (const { customProperties } of page.values) found.push(customProperties?.['speechops-digest'] ?? 'none');
    next = page['@nextLink'];
  }
  return found;
}

interface Page {
  readonly values: readonly { readonly customProperties?: Readonly<Record<string, string>> }[];
  readonly '@nextLink'?: string;
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** An empty database of the test server, for one test alone. */
export async function emptyDatabase(): Promise<string> {
  return await addDatabase(testDatabaseUrl);
}

async function startWorkerProcess(
  url: string,
  options: WorkerHow & { readonly args: readonly string[]; readonly key: string; readonly name: string },
): Promise<WorkerProcess> {
  const { program = fileURLToPath(new URL('worker-process.ts', import.meta.url)), preload } = options;
  const imports = preload === undefined ? [] : ['--import', preload.href];
  const child = spawn(
    process.execPath,
    [...imports, program, 'worker', '--log', 'json', '--port', '0', ...options.args],
    {
      env: {
        ...process.env,
        ...options.env,
        SPEECHOPS_DATABASE_URL: url,
        SPEECHOPS_KEY: options.key,
        PGAPPNAME: options.name,
      },
      stdio: ['ignore', 'inherit', 'pipe'],
      // A group of its own, to which signals for all its processes are sent.
      detached: true,
    },
  );
  let log = '';
  const ended = once(child, 'exit');
  const closed = once(child, 'close');
  const ready = Promise.withResolvers<string>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    const found = /http:[^"]*metrics/.exec(log);
    if (found !== null) ready.resolve(found[0]);
  });
  void ended.then(() => ready.reject(new Error(`The worker has ended: ${log}`)));
  const address = await ready.promise;
  return {
    name: options.name,
    process: child,
    origin: new URL(address).origin,
    log: () => log,
    lines: () =>
      log
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
    metrics: async () => await (await fetch(address)).text(),
    freeze: () => void process.kill(-(child.pid ?? 0), 'SIGSTOP'),
    wake: () => void process.kill(-(child.pid ?? 0), 'SIGCONT'),
    async stop(signal) {
      child.kill(signal);
      // One that leaves in good order says so last, and that is read when its output has ended. Of one that is killed, other processes may
      // hold the output open.
      const [code] = (await (signal === 'SIGTERM' ? closed : ended)) as [number | null];
      return code;
    },
  };
}
