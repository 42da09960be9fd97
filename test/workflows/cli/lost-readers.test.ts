import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Ended } from '../../crash/speechops-process.ts';
import { socketPlace } from '../../../workflows/store/socket-place.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { withoutFullDevice, withoutScript } from './needed-tools.ts';
import { useRunFolder } from './run-folder.ts';
import { vanish } from './vanishing-clients.ts';
import { until } from '../../until.ts';

const timeout = 300_000;
const program = path.join(import.meta.dirname, '../../../bin/speechops.js');
const place = useRunFolder({ isEmbedded: true });

beforeEach(async () => {
  // Sockets lie there: the tests look for them where the program puts them.
  place().env['TMPDIR'] = tmpdir();
  await place().prepareStore();
  await writeFile(
    path.join(place().folder, 'quick.yaml'),
    `name: quick
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
`,
  );
});

/** What a shell prints that runs this. */
async function shell(command: string): Promise<string> {
  const { folder, env } = place();
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', NODE: process.execPath, PROGRAM: program, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return stdout;
}

async function recordOf(runId: string): Promise<RunRecord> {
  const folder = path.join(place().folder, '.speechops', 'runs', runId);
  expect((await readdir(folder)).toSorted()).toEqual([
    'junit.xml',
    'report.html',
    'report.md',
    'results.json',
    'run.json',
  ]);
  return JSON.parse(await readFile(path.join(folder, 'run.json'), 'utf8')) as RunRecord;
}

describe('a run whose output nobody reads to the end', { timeout }, () => {
  it('goes on, and ends with a status of its own', async () => {
    expect(
      await shell(
        '"$NODE" "$PROGRAM" run quick.yaml --run-id a 2>&1 | head -1 | cut -c1-8; echo "rc=${PIPESTATUS[0]}"',
      ),
    ).toBe('quick on\nrc=0\n');
    expect((await recordOf('a')).status).toBe('succeeded');
    await place().expireAfter('1s');
    expect(await shell('"$NODE" "$PROGRAM" run asks.yaml --run-id b 2>&1 | true; echo "rc=${PIPESTATUS[0]}"')).toBe(
      'rc=1\n',
    );
    expect((await recordOf('b')).status).toBe('failed');
    expect(await shell('"$NODE" "$PROGRAM" run none.yaml 2>&1 | true; echo "rc=${PIPESTATUS[0]}"')).toBe('rc=2\n');
  });

  it.skipIf(withoutFullDevice !== undefined)(
    'leaves its record although the disk of its output is full, and exits 3',
    async () => {
      expect(
        await shell(
          '"$NODE" "$PROGRAM" run quick.yaml --run-id a 2>&1 > /dev/full | tail -1; echo "rc=${PIPESTATUS[0]}"',
        ),
      ).toBe('error: Cannot write the output: ENOSPC\nrc=3\n');
      expect((await recordOf('a')).status).toBe('succeeded');
    },
  );
});

describe('a terminal', { timeout }, () => {
  it('that hangs up ends a run as Ctrl-C does', async () => {
    const run = await place().startAsking();
    run.send('SIGHUP');
    run.send('SIGHUP');
    expect(await run.ended).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('Stopped. Resume it: speechops resume a\n'),
    });
  });

  it.skipIf(withoutScript !== undefined)('that is gone does not keep a run from its clean end', async () => {
    const run = await place().startAsking({ onTerminal: true });
    const holder = path.join(place().folder, '.speechops', 'store.lock.holder.json');
    const { pid } = JSON.parse(await readFile(holder, 'utf8')) as { readonly pid: number };
    await run.kill();
    await until(() => !isAlive(pid), 50);
    // A process that dies leaves the note.
    expect(existsSync(holder)).toBe(false);
    expect((await place().call('runs')).stdout).toMatch(/^a +abandoned .*\(speechops resume a\)\n$/m);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a run that others look at', { timeout }, () => {
  it('outlives clients of its control socket that vanish at any byte', async () => {
    const run = await place().startAsking();
    const address = `${await socketPlace(path.join(place().folder, '.speechops'))}.sock`;
    await vanish(address, { count: 260, seed: 2 });
    expect((await place().call('approve', 'a', 'ok')).stderr).toBe('ann approved ok of a\n');
    expect((await run.ended).code).toBe(0);
  });

  it('answers them, or is said to be stopped, and lets go of them at the first Ctrl-C', async () => {
    const run = await place().startAsking();
    run.send('SIGSTOP');
    const show = await place().call('show', 'a');
    expect(show).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^error: Let process ${run.pid} \\(run a\\) go on, or end it: it has not answered for`),
      ),
    });
    // It hears signals a while after its start, and gives up 3.5 s after it has asked: one that was ended too early is started again.
    const interrupted = async (milliseconds: number): Promise<Ended> => {
      const other = place().start('show', 'a');
      await setTimeout(milliseconds);
      other.send('SIGINT');
      return await other.ended;
    };
    let ended = await interrupted(1500);
    for (let tries = 0; ended.code === null && tries < 5; tries += 1) ended = await interrupted(3000);
    expect(ended).toEqual({ code: 3, stdout: '', stderr: 'error: Stopped by SIGINT\n' });
    run.send('SIGCONT');
    expect((await place().call('show', 'a')).stdout).toContain('waiting    for approval');
  });
});
