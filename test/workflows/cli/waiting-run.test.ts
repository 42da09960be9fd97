import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { connectControl } from '../../../workflows/cli/runs/control-socket.ts';
import { askToLend, livingLent } from '../../../workflows/cli/runs/lend-place.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { lockEmbeddedStore } from '../../../workflows/store/embedded-store.ts';
import { sleep } from '../../../workflows/time/sleep.ts';
import { until } from '../../until.ts';
import { type RunFolder, useRunFolder } from './run-folder.ts';

const io = { signal: new AbortController().signal };

describe('a run that waits for an answer', () => {
  const prepared = useRunFolder({ isEmbedded: true });
  let at: RunFolder;
  beforeEach(() => void (at = prepared()));

  it('lends the embedded store to another run, and continues after that', async () => {
    await writeFile(
      path.join(at.folder, 'plain.yaml'),
      'name: plain\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n',
    );
    const run = await at.startAsking();
    const second = await at.call('run', 'plain.yaml', '--run-id', 'b');
    expect([second.code, second.stderr]).toEqual([
      0,
      expect.stringContaining('waits for an answer here, and makes room'),
    ]);
    const third = await at.call('run', 'plain.yaml', '--run-id', 'c');
    expect([third.code, third.stderr]).toEqual([0, expect.not.stringContaining('makes room')]);
    expect((await at.call('runs')).stdout).toMatch(/^RUN .*\nc +succeeded .*\nb +succeeded .*\na +running /);
    expect(await at.call('resume', 'a')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: Answer a \(speechops approvals\): process \d+ waits with it/),
    });
    expect((await at.call('approve', 'a', 'ok')).code).toBe(0);
    const ended = await run.ended;
    expect([ended.code, ended.stderr]).toEqual([
      0,
      expect.stringContaining('makes room for another run, a plan or the portal'),
    ]);
    const record = JSON.parse(ended.stdout) as RunRecord;
    expect(Object.values(record.steps).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    // Whichever process has waited, the step took the whole time.
    expect(record.steps['ok']?.startedAt).toBe(record.steps['text']?.finishedAt);
  });

  it('keeps what it has made for its answer, whatever another run deletes that is old and unused', async () => {
    const run = await at.startAsking();
    const tidy =
      'name: tidy\nlocale: en-US\nsteps:\n  - { id: tidy, uses: prune, with: { older-than: 1s, failed-older-than: 1s } }\n';
    await writeFile(path.join(at.folder, 'tidy.yaml'), tidy);
    expect((await at.call('plan', 'tidy.yaml')).stdout).toContain('delete dataset text ');
    const { code, stderr } = await at.call('run', 'tidy.yaml', '--run-id', 'b');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/dataset text .* stays: run a uses it and has not ended \(speechops cancel a\)/),
    ]);
    expect((await at.call('approve', 'a', 'ok')).code).toBe(0);
    expect((await run.ended).code).toBe(0);
    // Nothing uses the model once the run has ended, nor its dataset without it.
    expect((await at.call('run', 'tidy.yaml', '--run-id', 'c')).stderr).toContain('2 objects deleted');
  });

  it('stops outside the store on Ctrl-C, and is not abandoned before', async () => {
    const run = await at.startAsking();
    const state = path.join(at.folder, '.speechops');
    expect(await askToLend(state, { io })).toBe('lent');
    await run.said('makes room');
    let unlock: (() => void) | undefined;
    await until(async () => {
      unlock = await lockEmbeddedStore(state, { what: 'test' }).catch(() => undefined);
      return unlock !== undefined;
    });
    await until(() => livingLent(state).has('run:a'));
    run.send('SIGINT');
    const ended = await run.ended;
    expect([ended.code, ended.stderr]).toEqual([
      3,
      expect.stringMatching(/Stopped\. Resume it: speechops resume a\n$/),
    ]);
    expect(livingLent(state).size).toBe(0);
    unlock?.();
    expect((await at.call('runs')).stdout).toContain('abandoned');
  });

  it('is not abandoned while it comes back for its answer', async () => {
    const run = await at.startAsking();
    const state = path.join(at.folder, '.speechops');
    expect(await askToLend(state, { io })).toBe('lent');
    await run.said('makes room');
    await until(() => livingLent(state).has('run:a'));
    const answered = at.call('approve', 'a', 'ok');
    await until(() => !livingLent(state).has('run:a'));
    // The note that it waits outside goes when its process answers for it.
    const control = await connectControl(state);
    expect(control).toBeDefined();
    await control?.close();
    expect([(await answered).code, (await run.ended).code]).toEqual([0, 0]);
  });

  it('continues when it was answered right before it made room, too', async () => {
    await at.prepareStore();
    let isLent: boolean | undefined = false;
    for (let number = 1; isLent !== true; number += 1) {
      const run = at.start('run', 'asks.yaml', '--run-id', `run-${number}`);
      await run.said('waiting for approval: Go on?');
      // The step looks for an answer ever less often, so that it does not know yet of this one. When it looks in this very moment, it is
      // tried with another run.
      await sleep(2500);
      const control = await connectControl(path.join(at.folder, '.speechops'));
      await control?.decide(`run-${number}`, 'ok', { approved: true, by: 'ann', at: new Date().toISOString() });
      isLent = await control?.lend({}).catch(() => false);
      await control?.close();
      expect((await run.ended).code).toBe(0);
    }
  });

  it('comes back for its answer while another run waits for its own', async () => {
    const run = await at.startAsking();
    const other = at.start('run', 'asks.yaml', '--run-id', 'b', '--format', 'json');
    await other.said('waiting for approval: Go on?');
    expect((await at.call('approve', 'a', 'ok')).code).toBe(0);
    expect((await run.ended).code).toBe(0);
    expect((await at.call('approve', 'b', 'ok')).code).toBe(0);
    expect((await other.ended).code).toBe(0);
  });

  it.each([
    ['does its steps under finally', true],
    ['leaves its record', false],
  ])('that was cancelled outside the store %s', async (_, hasFinally) => {
    const asks = path.join(at.folder, 'asks.yaml');
    const last = 'finally: [{ id: last, uses: upload, with: { kind: Language, from: text.txt, name: last } }]\n';
    await writeFile(asks, (await readFile(asks, 'utf8')) + (hasFinally ? last : ''));
    const run = await at.startAsking();
    expect(await askToLend(path.join(at.folder, '.speechops'), { io })).toBe('lent');
    await run.said('makes room');
    expect((await at.call('cancel', 'a')).code).toBe(0);
    const ended = await run.ended;
    const { status, steps } = JSON.parse(ended.stdout) as RunRecord;
    expect([ended.code, status, steps['last']?.status]).toEqual([3, 'cancelled', hasFinally ? 'reused' : undefined]);
    const kept = await readFile(path.join(at.folder, '.speechops/runs/a/run.json'), 'utf8');
    expect(kept).toBe(ended.stdout);
  });

  it('keeps the turn of its concurrency group, in the store and outside', async () => {
    const asks = path.join(at.folder, 'asks.yaml');
    await writeFile(asks, `${await readFile(asks, 'utf8')}concurrency: calls\n`);
    const run = await at.startAsking();
    const within = await at.call('run', 'asks.yaml', '--run-id', 'b');
    expect([within.code, within.stderr]).toEqual([
      3,
      expect.stringMatching(
        new RegExp(
          `^error: Wait for process ${run.pid} \\(run a, since \\S+\\): it uses the runs in .*; or stop that run with Ctrl-C and resume it later, or keep runs in a PostgreSQL`,
          'm',
        ),
      ),
    ]);
    expect(await askToLend(path.join(at.folder, '.speechops'), { io, group: 'others' })).toBe('lent');
    await run.said('makes room');
    const outside = await at.call('run', 'asks.yaml', '--run-id', 'b');
    expect([outside.code, outside.stderr]).toEqual([
      3,
      expect.stringMatching(
        /^error: Answer run a or cancel it: it waits for an answer, and has the turn of the concurrency group calls/m,
      ),
    ]);
  });
});
