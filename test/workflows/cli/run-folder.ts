import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { bootedState, type BootedState } from '../../crash/booted-state.ts';
import { createDatabase, withoutPostgres } from '../../crash/create-database.ts';
import { callMain } from './call-main.ts';
import { startSpeechops, type Ended, type SpeechopsProcess } from '../../crash/speechops-process.ts';

/** A folder with a pipeline `asks.yaml`, an emulator that it works for, and the program, in this process and in others. */
export interface RunFolder {
  readonly folder: string;
  readonly emulator: Emulator;
  /** What the program is started with. */
  readonly env: Record<string, string>;
  /** The program in a process of its own, to be sent signals. */
  start(...args: readonly string[]): SpeechopsProcess;
  /** The program in this process, in which one run at a time can be executed: it costs a tenth of a process. */
  call(...args: readonly string[]): Promise<Ended>;
  /** Gives the folder an embedded store without runs: to make one takes seconds. */
  prepareStore(): Promise<void>;
  /** Lets the approval of `asks.yaml` expire after so long. */
  expireAfter(duration: string): Promise<void>;
  /** A run `a` of it that waits for its answer. `isEndHeld`: its clean end takes a minute more. */
  startAsking(how?: { readonly onTerminal?: boolean; readonly isEndHeld?: boolean }): Promise<SpeechopsProcess>;
}

/** Where runs are kept: whole tables of tests are held on PostgreSQL, and on the embedded store the cases in which it has a part. */
export const homes = [
  { home: 'the embedded store', isEmbedded: true },
  { home: `PostgreSQL${withoutPostgres === undefined ? '' : ` (${withoutPostgres})`}`, isEmbedded: false },
];

/** Tests keep their runs here when it is all the same to them where: the variables to call the program with. */
export interface AnyHome {
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** A database of its own where there is a PostgreSQL, in which a run costs a tenth; else an embedded store in the folder. */
export async function openAnyHome(folder: string): Promise<AnyHome> {
  if (withoutPostgres !== undefined) {
    await bootedState().copyTo(folder);
    return { env: {}, remove: async () => {} };
  }
  const { url, drop } = await createDatabase();
  return { env: { SPEECHOPS_DATABASE_URL: url }, remove: drop };
}

/** Declares a test in which the home has no part: on PostgreSQL, or where there is none, on the embedded store. */
export function itInOneHome({ isEmbedded }: { readonly isEmbedded: boolean }): ReturnType<typeof it.runIf> {
  return it.runIf(!isEmbedded || withoutPostgres !== undefined);
}

/** Prepares a folder for each test of the group; a test on PostgreSQL is skipped where there is none. */
export function useRunFolder({ isEmbedded }: { readonly isEmbedded: boolean }): () => RunFolder {
  const booted: BootedState | undefined = isEmbedded ? bootedState() : undefined;
  let database: Awaited<ReturnType<typeof createDatabase>> | undefined;
  let prepared: RunFolder | undefined;
  let started: SpeechopsProcess[] = [];

  beforeEach(async (context) => {
    if (!isEmbedded && withoutPostgres !== undefined) return context.skip(withoutPostgres);
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-durable-'));
    const emulator = await startEmulator({ speed: 3000 });
    if (!isEmbedded) database = await createDatabase();
    const env = {
      SPEECHOPS_ENDPOINT: emulator.url,
      SPEECHOPS_KEY: emulator.key,
      SPEECHOPS_USER: 'ann',
      ...(database === undefined ? {} : { SPEECHOPS_DATABASE_URL: database.url }),
    };
    started = [];
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await writeFile(path.join(folder, 'asks.yaml'), pipelineThatAsks('1h'));
    const start = (...args: readonly string[]): SpeechopsProcess => {
      const process = startSpeechops(args, { cwd: folder, env });
      started.push(process);
      return process;
    };
    prepared = {
      folder,
      emulator,
      env,
      start,
      call: async (...args) => await callMain(args, { cwd: folder, env }),
      prepareStore: async () => await booted?.copyTo(folder),
      expireAfter: async (duration) => await writeFile(path.join(folder, 'asks.yaml'), pipelineThatAsks(duration)),
      async startAsking({ onTerminal = false, isEndHeld = false } = {}) {
        await booted?.copyTo(folder);
        const run = startSpeechops(['run', 'asks.yaml', '--run-id', 'a', '--format', 'json'], {
          cwd: folder,
          env,
          onTerminal,
          ...(isEndHeld ? { preload: new URL('hold-clean-end.ts', import.meta.url) } : {}),
        });
        started.push(run);
        await run.said('waiting for approval: Go on?');
        return run;
      },
    };
  });
  afterEach(async () => {
    await Promise.all(started.map(async (process) => await process.kill()));
    await prepared?.emulator.close();
    await database?.drop();
    if (prepared !== undefined) await rm(prepared.folder, { recursive: true, force: true });
    database = undefined;
    prepared = undefined;
  });
  return () => prepared as RunFolder;
}

/** Uploads, asks, and trains when the answer is yes. */
function pipelineThatAsks(expires: string): string {
  return `name: asks
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: ok, uses: approve, needs: [text], with: { message: 'Go on?', expires: ${expires} } }
  - { id: model, uses: train, needs: [ok], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
`;
}
