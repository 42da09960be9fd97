import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootState, type BootedState } from './booted-state.ts';
import type { CallPoint } from './calls-proxy.ts';
import { expectSucceeded, isChange, openCrashWorld, type Home } from './crash-world.ts';

const all = process.env['CRASH_ALL'] === '1';
const databaseUrl = process.env['SPEECHOPS_TEST_DATABASE_URL'];
const homes: readonly (readonly [string, Home | undefined])[] = [
  ['the embedded store', {}],
  ['PostgreSQL', databaseUrl === undefined ? undefined : { databaseUrl }],
];
if (databaseUrl === undefined) {
  process.stdout.write(
    'SPEECHOPS_TEST_DATABASE_URL is not set: runs are not killed on PostgreSQL (scripts/with-postgres.sh)\n',
  );
}

/** Both sides of the calls that change something; with CRASH_ALL=1 of every call. */
const sampled: readonly CallPoint[] = [
  { call: 'POST /datasets', nth: 1, when: 'after' },
  { call: 'PUT /datasets/{id}/blocks', nth: 1, when: 'after' },
  { call: 'POST /evaluations', nth: 1, when: 'before' },
  { call: 'POST /models', nth: 1, when: 'after' },
  { call: 'PATCH /endpoints/{id}', nth: 2, when: 'after' },
  { call: 'PATCH /endpoints/{id}', nth: 3, when: 'before' },
];
/** Of the journal's writes: the start of the run, results of steps, the end of the run. */
const sampledWrites = [1, 5, 11] as const;

describe.skipIf(process.platform === 'win32')('a run that is killed with -9', () => {
  let state: BootedState;
  beforeAll(async () => {
    state = await bootState();
  }, 120_000);
  afterAll(async () => await state.remove());

  describe.each(homes)('on %s', (_, home) => {
    const kill = it.skipIf(home === undefined);

    kill.each(sampled)(
      'goes on after a kill $when call $nth of $call, and nothing exists twice',
      async (point) => {
        await using world = await openCrashWorld(home ?? {}, state);
        const running = world.run();
        world.proxy.killAt(point, async () => await running.kill());
        expect((await running.ended).code).toBeNull();
        await world.finish();
      },
      120_000,
    );

    kill.each(sampledWrites.flatMap((nth) => (['before', 'after'] as const).map((when) => ({ nth, when }))))(
      'goes on after a kill $when journal write $nth',
      async (journalWrite) => {
        await using world = await openCrashWorld(home ?? {}, state);
        expect((await world.run({ journalWrite }).ended).code).toBeNull();
        await world.finish();
      },
      120_000,
    );
  });

  it.runIf(all)(
    'goes on after a kill on either side of every single call',
    async () => {
      await using first = await openCrashWorld({}, state);
      expectSucceeded(await first.run().ended);
      const counts = new Map<string, number>();
      const points = first.proxy.calls.flatMap((call): readonly CallPoint[] => {
        const nth = (counts.get(call) ?? 0) + 1;
        counts.set(call, nth);
        return [
          { call, nth, when: 'before' },
          { call, nth, when: 'after' },
        ];
      });
      expect(points.filter(({ call }) => isChange(call)).length).toBeGreaterThan(20);
      for (const point of points) {
        await using world = await openCrashWorld({}, state);
        const running = world.run();
        world.proxy.killAt(point, async () => await running.kill());
        await running.ended;
        await world.finish();
      }
    },
    4 * 3_600_000,
  );
});
