import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunDetails } from '../../workflows/durable/journal.ts';
import { startCallsProxy } from '../crash/calls-proxy.ts';
import { startSpeechops, type SpeechopsProcess } from '../crash/speechops-process.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { openFleet, testDatabaseUrl, type Fleet } from './fleet.ts';
import { until } from '../until.ts';

describe.skipIf(testDatabaseUrl === '')('runs on one database', { timeout: 300_000 }, () => {
  let folder: string;
  let fleet: Fleet;
  let started: SpeechopsProcess[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-turns-'));
    fleet = await openFleet({ speed: 3000 });
    started = [];
    for (const name of ['one', 'two']) await writeFile(path.join(folder, `${name}.yaml`), asking(name));
  });
  afterEach(async () => {
    await Promise.all(started.map(async (process) => await process.kill()));
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  });

  function start(args: readonly string[], more: Readonly<Record<string, string>> = {}): SpeechopsProcess {
    const process = startSpeechops(args, { cwd: folder, env: { ...env(), ...more } });
    started.push(process);
    return process;
  }

  async function call(...args: readonly string[]): Promise<Called> {
    return await callMain(args, { cwd: folder, env: env() });
  }

  function env(): Readonly<Record<string, string>> {
    const [{ url, key }] = fleet.emulators;
    return { SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: key, SPEECHOPS_DATABASE_URL: fleet.url };
  }

  async function details(runId: string): Promise<RunDetails | undefined> {
    return await fleet.journal.details(runId);
  }

  /** A run of the group that waits for its answer. */
  async function startAsking(more?: Readonly<Record<string, string>>): Promise<SpeechopsProcess> {
    const run = start(['run', 'one.yaml', '--run-id', 'a'], more);
    await run.said('waiting for approval');
    return run;
  }

  it('of a concurrency group are executed one at a time, by run, resume and workers alike', async () => {
    const first = await startAsking();
    const waits = 'Waiting for run a of the concurrency group shared; Ctrl-C stops waiting';
    const second = start(['run', 'two.yaml', '--run-id', 'b']);
    await second.said(waits);
    second.send('SIGINT');
    expect(await second.ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Stopped. Resume it: speechops resume b'),
    });
    const resumed = start(['resume', 'b']);
    await resumed.said(waits);
    await call('submit', 'two.yaml', '--run-id', 'c');
    expect((await details('c'))?.status).toBe('queued');
    await fleet.startWorker();
    await until(async () => (await details('c'))?.status === 'running', 50);
    expect([(await details('b'))?.steps, (await details('c'))?.steps]).toEqual([{}, {}]);
    const said = /  waiting for (another run|run [ab]) of the concurrency group shared\n/;
    await vi.waitFor(async () => expect((await call('show', 'c')).stdout).toMatch(said), { timeout: 60_000 });

    for (const run of ['a', 'b', 'c']) expect((await call('approve', run, 'ok')).code).toBe(0);
    expect([(await first.ended).code, (await resumed.ended).code]).toEqual([0, 0]);
    await fleet.runs();
    const records = await Promise.all(['a', 'b', 'c'].map(async (run) => (await details(run))?.record));
    expect(records.map((record) => record?.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const spans = records.map((record) => [record?.startedAt ?? '', record?.finishedAt ?? ''] as const).toSorted();
    expect(spans.slice(1).filter(([from], index) => from < (spans[index]?.[1] ?? ''))).toEqual([]);
  });

  it('are cancelled while they wait for their group', async () => {
    await startAsking();
    const second = start(['run', 'two.yaml', '--run-id', 'b']);
    await second.said('Waiting for run a');
    expect((await call('cancel', 'b')).code).toBe(0);
    expect((await second.ended).code).toBe(3);
    expect((await details('b'))?.status).toBe('cancelled');
    await call('approve', 'b', 'ok');
    await call('approve', 'a', 'ok');
    expect((await call('resume', 'b')).code).toBe(0);
  });

  it('are cancelled while they wait for their group, and do their steps under finally in their turn', async () => {
    const first = await startAsking();
    const last = 'finally:\n  - { id: last, uses: upload, with: { kind: Language, from: two.yaml } }\n';
    await writeFile(path.join(folder, 'last.yaml'), `${asking('last')}${last}`);
    const second = start(['run', 'last.yaml', '--run-id', 'b']);
    await second.said('Waiting for run a');
    expect((await call('cancel', 'b')).stderr).toBe(
      'Cancelled b; its steps under finally are still done (cancel it again to do without them)\n',
    );
    await call('approve', 'a', 'ok');
    expect((await first.ended).code).toBe(0);
    expect((await second.ended).code).toBe(3);
    const { status, steps } = (await details('b'))?.record ?? {};
    expect([status, steps?.['ok']?.status, steps?.['last']?.status]).toEqual(['cancelled', 'skipped', 'succeeded']);
  });

  it('do not overlap when one was frozen, lost its group, and woke', async () => {
    const frozen = await startAsking({ PGAPPNAME: 'frozen' });
    frozen.send('SIGSTOP');
    await onDatabase(
      fleet.url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'frozen'",
    );
    const other = start(['run', 'two.yaml', '--run-id', 'b']);
    await other.said('waiting for approval');
    await call('approve', 'a', 'ok');
    frozen.send('SIGCONT');
    await frozen.said('Waiting for run b of the concurrency group shared');
    await call('approve', 'b', 'ok');
    expect([(await other.ended).code, (await frozen.ended).code]).toEqual([0, 0]);
    const [a, b] = [await details('a'), await details('b')];
    expect((a?.record?.steps['text']?.finishedAt ?? '') < (b?.startedAt ?? '')).toBe(true);
    expect((a?.record?.steps['model']?.startedAt ?? '') > (b?.record?.finishedAt ?? '')).toBe(true);
  });

  it('change an endpoint one at a time, whatever their pipelines', async () => {
    const proxy = await startCallsProxy(fleet.emulators[0].url);
    try {
      for (const name of ['first', 'second']) await writeFile(path.join(folder, `${name}.yaml`), swapping(name));
      let second: SpeechopsProcess | undefined;
      proxy.killAt({ call: 'POST /endpoints', nth: 1, when: 'after' }, async () => {
        second = start(['run', 'second.yaml', '--run-id', 'b'], { SPEECHOPS_ENDPOINT: proxy.url });
        await second.said('waiting for run a, which is at endpoint ward (en-US)');
      });
      const first = start(['run', 'first.yaml', '--run-id', 'a'], { SPEECHOPS_ENDPOINT: proxy.url });
      expect((await first.ended).code).toBe(0);
      expect((await second?.ended)?.code).toBe(0);
      expect(proxy.calls.filter((made) => made === 'POST /endpoints')).toHaveLength(1);
      const [a, b] = [(await details('a'))?.record, (await details('b'))?.record];
      expect([a?.steps['swap']?.status, b?.steps['swap']?.status]).toEqual(['succeeded', 'reused']);
    } finally {
      await proxy.close();
    }
  });
});

function asking(name: string): string {
  return `name: ${name}
locale: en-US
concurrency: shared
steps:
  - { id: text, uses: upload, with: { kind: Language, from: ${name}.yaml } }
  - { id: ok, uses: approve, needs: [text], with: { message: 'Go on?' } }
  - { id: model, uses: train, needs: [ok], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
`;
}

function swapping(name: string): string {
  return `name: ${name}\nlocale: en-US\nsteps:\n  - { id: swap, uses: swap, with: { endpoint: ward, model: base, create: true } }\n`;
}

async function onDatabase(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(statement);
  await client.end();
}
