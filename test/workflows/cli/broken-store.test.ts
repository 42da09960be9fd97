import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { bootedState } from '../../crash/booted-state.ts';
import { startCallsProxy, type CallsProxy } from '../../crash/calls-proxy.ts';
import { startSpeechops } from '../../crash/speechops-process.ts';
import { openEmbeddedStore } from '../../../workflows/store/embedded-store.ts';
import { callMain, type Called } from './call-main.ts';
import { useRunFolder } from './run-folder.ts';

const timeout = 300_000;
const garbage = (file: string): void => writeFileSync(file, Buffer.alloc(8192, 0x5a));

/** How a store breaks, by the folder of its database. */
const breaks: Readonly<Record<string, (store: string) => void>> = {
  'a garbled control file': (store) => garbage(path.join(store, 'global', 'pg_control')),
  'a log that is cut off': (store) => logsOf(store).forEach((file) => truncateSync(file, 100)),
  'garbled tables of the runs': (store) => tablesOf(store).forEach((file) => garbage(file)),
  'no file that says its version': (store) => rmSync(path.join(store, 'PG_VERSION')),
  'nothing in it': (store) => {
    rmSync(store, { recursive: true });
    mkdirSync(store);
  },
  'a file in its place': (store) => {
    rmSync(store, { recursive: true });
    writeFileSync(store, 'no folder');
  },
};

describe('a store that cannot be opened', { timeout }, () => {
  let folder: string;
  let emulator: Emulator;
  let proxy: CallsProxy;
  let env: Record<string, string>;

  /** A folder whose store has a run that has trained a model. */
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-broken-'));
    emulator = await startEmulator({ speed: 3000 });
    proxy = await startCallsProxy(emulator.url);
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await writeFile(path.join(folder, 'ward.yaml'), ward);
    await bootedState().copyTo(folder);
    env = { SPEECHOPS_ENDPOINT: proxy.url, SPEECHOPS_KEY: emulator.key };
    expect((await call('run', 'ward.yaml', '--run-id', 'first')).code).toBe(0);
    cpSync(stateOf(folder), path.join(folder, 'saved'), { recursive: true });
  });
  afterAll(async () => {
    await proxy.close();
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    rmSync(stateOf(folder), { recursive: true, force: true });
    cpSync(path.join(folder, 'saved'), stateOf(folder), { recursive: true });
  });

  async function call(...args: readonly string[]): Promise<Called> {
    return await callMain(args, { cwd: folder, env });
  }

  it.for(Object.keys(breaks))('has %s: is said, and moved away', async (name) => {
    const store = path.join(stateOf(folder), 'store');
    breaks[name]?.(store);
    const failed = await call('runs');
    expect([failed.code, failed.stderr]).toEqual([
      3,
      expect.stringContaining(
        `error: Move ${store} away with \`speechops runs --rebuild\` and run the pipeline again: `,
      ),
    ]);
    const rebuilt = await call('runs', '--rebuild');
    expect([rebuilt.code, rebuilt.stderr]).toEqual([0, expect.stringMatching(moved(store))]);
    expect(readdirSync(beside(folder)[0] ?? '')).toEqual(['store']);
  });

  it('is followed by a run that trains no model a second time', async () => {
    breaks['a garbled control file']?.(path.join(stateOf(folder), 'store'));
    const { stdout } = await call('runs', '--rebuild', 'ward.yaml');
    expect(stdout).toMatch(/^ {4}model +model +Succeeded +\S+Z {2}digest [0-9a-f]{12} {2}<- step model$/m);
    expect((await call('run', 'ward.yaml', '--run-id', 'second')).code).toBe(0);
    expect(proxy.calls.filter((made) => made === 'POST /models')).toHaveLength(1);
  });

  it('is moved away without a connection, too, and what is not listed is said', async () => {
    const store = path.join(stateOf(folder), 'store');
    breaks['a garbled control file']?.(store);
    const { code, stdout, stderr } = await callMain(['runs', '--rebuild'], { cwd: folder });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(moved(store));
    expect(stderr).toContain('error: What pipelines have made is not listed. Set SPEECHOPS_ENDPOINT to ');
    expect(beside(folder)).toHaveLength(1);
  });

  it('replaces nothing that has the name already, as after another one of the same second', async () => {
    const store = path.join(stateOf(folder), 'store');
    const elsewhere = path.join(folder, 'elsewhere');
    const seconds = Array.from({ length: 120 }, (_, index) => new Date(Date.now() + index * 1000));
    const taken = seconds.map((at) =>
      path.join(stateOf(folder), `broken-store-${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`),
    );
    for (const place of taken) writeFileSync(place, 'precious');
    writeFileSync(elsewhere, 'no folder');
    breaks['a garbled control file']?.(store);
    const { code, stderr } = await call('runs', '--rebuild');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/broken-store-\S+Z-2\/store: it cannot be opened/)]);
    for (const place of taken) expect(await readFile(place, 'utf8')).toBe('precious');
  });

  it('is left where it is when it is a link', async () => {
    const [store, elsewhere] = [path.join(stateOf(folder), 'store'), path.join(folder, 'saved', 'store')];
    rmSync(store, { recursive: true });
    symlinkSync(elsewhere, store);
    const before = await stat(elsewhere);
    expect(await call('runs', '--rebuild')).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: Remove the link ${store}: it leads elsewhere, and speechops keeps runs in .speechops itself alone\n`,
    });
    expect([(await stat(elsewhere)).mtimeMs, beside(folder)]).toEqual([before.mtimeMs, []]);
  });

  it('comes back where no store at all can be opened', async () => {
    // The socket of a database must have a short path.
    const TMPDIR = path.join(folder, 'long'.repeat(40));
    mkdirSync(TMPDIR, { recursive: true });
    const { code, stderr } = await startSpeechops(['runs', '--rebuild'], { cwd: folder, env: { ...env, TMPDIR } })
      .ended;
    expect([code, stderr]).toEqual([3, expect.stringContaining('the store for runs cannot be made there')]);
    expect(readdirSync(stateOf(folder)).toSorted()).toEqual(['runs', 'store', 'store.lock']);
    expect((await call('runs')).stdout).toMatch(/^first +succeeded/m);
  });
});

describe('a store that can be opened', { timeout }, () => {
  const place = useRunFolder({ isEmbedded: true });

  it('stays where it is, and what pipelines have made is listed all the same', async () => {
    await place().expireAfter('1s');
    await place().prepareStore();
    expect((await place().call('run', 'asks.yaml', '--run-id', 'a')).code).toBe(1);
    const state = stateOf(place().folder);
    const { code, stdout, stderr } = await place().call('runs', '--rebuild', '--format', 'json');
    expect([code, stderr]).toEqual([0, `The store in ${state} can be read: nothing is moved\n`]);
    expect(JSON.parse(stdout)).toMatchObject({
      store: { state: 'good' },
      resources: [
        {
          resource: place().emulator.url,
          pipelines: [
            {
              pipeline: 'asks',
              objects: [
                {
                  kind: 'dataset',
                  name: 'text',
                  status: 'Succeeded',
                  digest: expect.stringMatching(/^[0-9a-f]{64}$/),
                  steps: [],
                  foundBy: 'an upload of the same content',
                },
              ],
            },
          ],
        },
      ],
    });
    expect(beside(place().folder)).toEqual([]);
    expect((await place().call('runs')).stdout).toMatch(/^a +failed/m);
  });

  it('gets its indexes anew, so that damage in them costs no run', async () => {
    await place().expireAfter('1s');
    await place().prepareStore();
    expect((await place().call('run', 'asks.yaml', '--run-id', 'a')).code).toBe(1);
    const file = await primaryKeyOfRuns(place().folder);
    garbage(file);
    expect((await place().call('run', 'asks.yaml', '--run-id', 'b')).stderr).toContain('speechops runs --rebuild');
    const { code, stderr } = await place().call('runs', '--rebuild');
    expect([code, stderr]).toEqual([0, expect.stringContaining('can be read: nothing is moved')]);
    expect((await place().call('run', 'asks.yaml', '--run-id', 'b')).code).toBe(1);
    expect((await place().call('runs')).stdout).toMatch(/^b +failed.*\na +failed/m);
  });

  it('is said when there is none yet', async () => {
    const { code, stderr } = await place().call('runs', '--rebuild');
    expect([code, stderr]).toEqual([0, `There is no store in ${stateOf(place().folder)} yet: nothing is moved\n`]);
    expect(existsSync(stateOf(place().folder))).toBe(false);
  });

  it('is left to the living process that uses it, which is named', async () => {
    const running = await place().startAsking();
    expect(await place().call('runs', '--rebuild')).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^error: Wait for process ${running.pid} \\(run a, since \\S+\\): it uses the runs in \\S+\\n$`),
      ),
    });
    expect(beside(place().folder)).toEqual([]);
    expect((await place().call('approve', 'a', 'ok')).code).toBe(0);
    expect((await running.ended).code).toBe(0);
  });

  it('is none of a database, and the options of --rebuild are refused without it', async () => {
    expect((await place().call('runs', 'asks.yaml')).stderr).toMatch(/^error: Add --rebuild, or leave out/);
    place().env['SPEECHOPS_DATABASE_URL'] = 'postgresql://ann@127.0.0.1:1/runs';
    const { code, stderr } = await place().call('runs', '--rebuild');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Unset SPEECHOPS_DATABASE_URL: /)]);
  });
});

const ward = `name: ward
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: model, uses: train, needs: [text], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
`;

function stateOf(folder: string): string {
  return path.join(folder, '.speechops');
}

/** What was moved away from there. */
function beside(folder: string): readonly string[] {
  const state = stateOf(folder);
  const names = existsSync(state) ? readdirSync(state) : [];
  return names.filter((name) => name.startsWith('broken-store-')).map((name) => path.join(state, name));
}

function moved(store: string): RegExp {
  const place = path.join(path.dirname(store), 'broken-store-');
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ`;
  return new RegExp(
    `^Moved the store to ${place}${time}/store: it cannot be opened \\(.+\\), and its runs are lost; `,
    'm',
  );
}

function logsOf(store: string): readonly string[] {
  const names = readdirSync(path.join(store, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
  return names.map((name) => path.join(store, 'pg_wal', name));
}

async function primaryKeyOfRuns(folder: string): Promise<string> {
  const { pool, close } = await openEmbeddedStore(stateOf(folder), { what: 'a test' });
  try {
    const { rows } = await pool.query<{ readonly file: string }>(
      "SELECT pg_relation_filepath('dbos.workflow_status_pkey') AS file",
    );
    return path.join(stateOf(folder), 'store', rows[0]?.file ?? '');
  } finally {
    await close();
  }
}

/** The files of what is none of PostgreSQL's own. */
function tablesOf(store: string): readonly string[] {
  const names = readdirSync(path.join(store, 'base', '5'));
  return names
    .filter((name) => /^\d+$/.test(name) && Number(name) >= 16_384)
    .map((name) => path.join(store, 'base', '5', name));
}
