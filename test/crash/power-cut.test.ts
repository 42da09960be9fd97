import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootedState } from './booted-state.ts';
import { callPoints, isChange, sample } from './crash-points.ts';
import { expectSucceeded, openCrashWorld, type CrashWorld } from './crash-world.ts';
import { withoutPostgres } from './create-database.ts';
import { startPostgres, type OwnPostgres } from './own-postgres.ts';
import { recordRun } from './record-run.ts';
import type { SpeechopsProcess } from './speechops-process.ts';

const timeout = 300_000;
const state = bootedState();
const { calls } = await recordRun(state);
const afterChanges = callPoints(calls).filter(({ call, when }) => when === 'after' && isChange(call));

describe('a power cut of the machine with the embedded store', () => {
  const pairs = afterChanges.slice(0, -1).map((earlier, index) => ({ earlier, later: afterChanges[index + 1] }));
  it.for(sample(pairs, 3))(
    'that takes what was written since $earlier.call, time $earlier.nth: nothing is made twice',
    { timeout },
    async ({ earlier, later }) => {
      await using world = await openCrashWorld({}, state);
      const running = world.run();
      const old = path.join(world.folder, 'old');
      const cut = Promise.withResolvers<void>();
      world.proxy.killAt(earlier, async () => {
        copyWhileStopped(running, { from: storeOf(world), to: old });
        if (later !== undefined) world.proxy.killAt(later, async () => cut.resolve());
      });
      await Promise.race([cut.promise, running.ended]);
      await running.kill();
      rmSync(storeOf(world), { recursive: true });
      renameSync(old, storeOf(world));
      await world.finish({ forgotten: true });
    },
  );

  // Bytes of the journal's end; the last tear reaches into what was there before the run.
  const tears = (['zeroed', 'cut off'] as const).flatMap((how) =>
    [100, 8_000, 60_000, 250_000, Infinity].map((bytes) => ({ how, bytes })),
  );
  it.for(sample(tears, 4))(
    'that leaves the last $bytes bytes of its log $how: goes on, or says what to do, and nothing is made twice',
    { timeout },
    async (tear) => {
      await using world = await openCrashWorld({}, state);
      const running = world.run();
      world.proxy.killAt({ call: 'POST /models', nth: 1, when: 'after' }, () => running.kill());
      await running.ended;
      tearLog(storeOf(world), tear);
      const { code, stderr } = await world.resumeHere();
      if (code === 0) return await world.expectOnce();
      expect([code, stderr]).toEqual([
        expect.toBeOneOf([2, 3]),
        expect.stringMatching(
          /^error: (Move .*\/store away with `speechops runs --rebuild` and run the pipeline again: |Check the run id .*no such run)/m,
        ),
      ]);
      if (stderr.includes('error: Move')) rmSync(storeOf(world), { recursive: true });
      const again = await world.runHere();
      expect(again.code, again.stderr).toBe(0);
      await world.expectOnce();
    },
  );
});

describe.skipIf(withoutPostgres !== undefined)('a power cut of the machine with the PostgreSQL', () => {
  let postgres: OwnPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => await postgres.remove());

  const points = [
    { call: 'POST /datasets', nth: 2, when: 'before' },
    { call: 'POST /models', nth: 1, when: 'after' },
    { call: 'PATCH /endpoints/{id}', nth: 2, when: 'after' },
  ] as const;
  it.for(points)('$when $call: the run goes on when it is back', { timeout }, async (point) => {
    await using world = await openCrashWorld({ databaseUrl: postgres.url });
    const running = world.run();
    world.proxy.killAt(point, async () => {
      await postgres.kill();
      await postgres.start();
    });
    expectSucceeded(await running.ended);
    await world.expectOnce();
  });

  it.for(points)('$when $call, and of the one that runs: nothing is made twice', { timeout }, async (point) => {
    await using world = await openCrashWorld({ databaseUrl: postgres.url });
    const running = world.run();
    const cut = Promise.withResolvers<void>();
    world.proxy.killAt(point, async () => {
      await Promise.all([postgres.kill(), running.kill()]);
      cut.resolve();
    });
    await cut.promise;
    await postgres.start();
    await world.finish();
  });
});

function storeOf({ folder }: CrashWorld): string {
  return path.join(folder, '.speechops', 'store');
}

function copyWhileStopped(running: SpeechopsProcess, copy: { readonly from: string; readonly to: string }): void {
  running.send('SIGSTOP');
  // The signal is delivered when the process is next scheduled: it has stopped when the system says so.
  while (!/^State:\tT/m.test(readFileSync(`/proc/${running.pid}/status`, 'utf8')));
  cpSync(copy.from, copy.to, { recursive: true });
  running.send('SIGCONT');
}

/** Takes the end of the log (PostgreSQL's write-ahead log), in which the last commits are. */
function tearLog(store: string, tear: { readonly how: 'zeroed' | 'cut off'; readonly bytes: number }): void {
  const folder = path.join(store, 'pg_wal');
  const names = readdirSync(folder).filter((name) => /^[0-9A-F]{24}$/.test(name));
  const files = names.toSorted().map((name) => path.join(folder, name));
  const used = (file: string): number => readFileSync(file).findLastIndex((byte) => byte !== 0) + 1;
  const last = files.findLast((file) => used(file) > 0) ?? '';
  const from = Math.max(0, used(last) - tear.bytes);
  const content = readFileSync(last);
  if (tear.how === 'cut off') truncateSync(last, from);
  else writeFileSync(last, content.fill(0, from));
}
