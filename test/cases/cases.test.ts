import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { callMain } from '../workflows/cli/call-main.ts';
import { type AnyHome, openAnyHome } from '../workflows/cli/run-folder.ts';
import { recording, type Recording } from './recording.ts';

/** What a user of this or another tool had, and what `speechops` does with it. */
interface PublicCase {
  /** Public threads, as `owner/repository #number`. */
  readonly source: string;
  /** What the user hit. */
  readonly hit: string;
  /** Texts by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** WAV files by their paths. The folder of each gets a `trans.txt` with what is said. */
  readonly recordings?: Readonly<Record<string, Recording>>;
  /** What goes wrong at the service, as its control API takes it. */
  readonly faults?: readonly object[];
  readonly calls: readonly Call[];
}

interface Call {
  readonly args: readonly string[];
  /** Beside the address and the key of the emulator. */
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** What is printed, to either output. */
  readonly says: readonly string[];
  /** What is printed nowhere. */
  readonly keeps?: readonly string[];
}

const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.yaml'));
let folder: string;
let emulator: Emulator;
/** Where runs are kept, in a case that has any. */
let home: AnyHome | undefined;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 3000 });
});
afterAll(async () => await emulator.close());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-case-'));
});
afterEach(async () => {
  await controlEmulator(emulator, '/reset', { method: 'POST' });
  await home?.remove();
  home = undefined;
  await rm(folder, { recursive: true, force: true });
});

describe('the public case', () => {
  it.each(names)('%s ends as it should', async (name) => {
    const found = load(await readFile(path.join(import.meta.dirname, name), 'utf8')) as PublicCase;
    await prepare(found);
    if (found.calls.some(({ args }) => args[0] === 'run')) home = await openAnyHome(folder);
    for (const { args, env, code, says, keeps = [] } of found.calls) {
      const service = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
      const called = await callMain(args, { cwd: folder, env: { ...service, ...home?.env, ...env } });
      const printed = called.stdout + called.stderr;
      expect(called.code, printed).toBe(code);
      expect(
        says.filter((text) => !printed.includes(text)),
        printed,
      ).toEqual([]);
      expect(
        keeps.filter((text) => printed.includes(text)),
        printed,
      ).toEqual([]);
    }
  });
});

describe('the table of public cases', () => {
  it('names every case here, and titles that the tests it names have', async () => {
    const rows = (await readFile(path.join(import.meta.dirname, 'README.md'), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('| ') && line.includes('`'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const held = rows.map(([, , , by = '', title = '']) => ({ by: by.replaceAll('`', ''), title }));
    expect(
      held
        .map(({ by }) => by)
        .filter((by) => by.endsWith('.yaml'))
        .toSorted(),
    ).toEqual(names.toSorted());
    const root = path.join(import.meta.dirname, '../..');
    for (const { by, title } of held) {
      if (!by.endsWith('.ts')) continue;
      expect(title).not.toBe('');
      expect(await readFile(path.join(root, by), 'utf8'), by).toContain(title);
    }
  });
});

async function prepare({ files = {}, recordings = {}, faults }: PublicCase): Promise<void> {
  const transcripts = Map.groupBy(Object.entries(recordings), ([name]) => path.dirname(name));
  for (const [name, made] of Object.entries(recordings)) await write(name, recording(name, made));
  for (const [place, spoken] of transcripts) {
    const lines = spoken.map(([name, { said }]) => `${path.basename(name)}\t${said}\n`);
    await write(`${place}/trans.txt`, `\u{FEFF}${lines.join('')}`);
  }
  for (const [name, text] of Object.entries(files)) await write(name, text);
  if (faults !== undefined) expect((await controlEmulator(emulator, '/faults', { body: faults })).status).toBe(201);
}

async function write(name: string, content: string | Uint8Array): Promise<void> {
  const place = path.join(folder, name);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, content);
}
