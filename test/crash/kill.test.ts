import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redeployments } from '../../emulator/state/redeployment.ts';
import { randomNumbers } from '../workflows/scoring/random-numbers.ts';
import { bootedState, type BootedState } from './booted-state.ts';
import { callPoints, crashSeed, everything, isChange, sample, writePoints } from './crash-points.ts';
import { expectSucceeded, openCrashWorld, type CrashWorld, type Home } from './crash-world.ts';
import { createDatabase, withoutPostgres } from './create-database.ts';
import { countsOf, recordRun } from './record-run.ts';
import type { SpeechopsProcess } from './speechops-process.ts';
import { takeTurns } from './take-turns.ts';

const timeout = 300_000;
const inTurn = takeTurns(2);
const state = bootedState();
// Where a run can be killed is what a run does, whatever becomes of the pipeline and the engine.
const recorded = await recordRun(state);
const points = callPoints(recorded.calls);
const changes = points.filter(({ call }) => isChange(call));
const looks = points.filter(({ call }) => !isChange(call));

// What the engine does is the same on both homes, and tried more often on the one that costs less; here the store is what is killed.
describe('a run on the embedded store', () => {
  killTable({
    home: () => ({}),
    state,
    samples: { changes: 2, looks: 0, writes: 3, kills: 3 },
  });
});

const onPostgres = withoutPostgres === undefined ? '' : ` (${withoutPostgres})`;

describe.skipIf(withoutPostgres !== undefined)(`a run on PostgreSQL${onPostgres}`, () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => await database.drop());

  killTable({
    home: () => ({ databaseUrl: database.url }),
    samples: { changes: 6, looks: 2, writes: 4, kills: 8 },
  });
});

/** The tests of one home. */
function killTable(options: {
  readonly home: () => Home;
  /** A store to begin with; without it, and every other time in random kills, the first process makes one. */
  readonly state?: BootedState;
  /** How many points are tried unless all of them are. */
  readonly samples: Readonly<Record<'changes' | 'looks' | 'writes' | 'kills', number>>;
}): void {
  const { samples } = options;
  /** Kills take turns at the ways in which an endpoint is redeployed. */
  let turn = 0;
  const open = async (fresh = false): Promise<CrashWorld> =>
    await openCrashWorld(options.home(), fresh ? undefined : options.state, redeployments[(turn += 1) % 3]);

  it.concurrent(
    'makes the same changes and journal writes as the recorded run when nobody kills it',
    () =>
      inTurn(async () => {
        await using world = await openCrashWorld(options.home(), options.state);
        const ended = await world.run({ saysWrites: true }).ended;
        expectSucceeded(ended);
        const changesOf = (calls: Readonly<Record<string, number>>): readonly string[] =>
          Object.entries(calls)
            .filter(([call]) => isChange(call))
            .map(([call, count]) => `${count} ${call}`)
            .toSorted();
        expect(changesOf(countsOf(world.proxy.calls))).toEqual(changesOf(recorded.calls));
        // On PostgreSQL the tables are made first, and a transaction may be tried again.
        if (options.state !== undefined)
          expect(ended.stderr.split('journal write: ').length - 1).toBe(recorded.writes.length);
      }),
    timeout,
  );

  const chosen = [...sample(changes, samples.changes), ...sample(looks, samples.looks)];
  describe.concurrent(`killed at ${chosen.length} of ${changes.length + looks.length} remote calls`, () => {
    it.for(chosen)('$when $call, time $nth: goes on and makes nothing twice', { timeout }, (point) =>
      inTurn(async () => {
        await using world = await open();
        const process = world.run();
        world.proxy.killAt(point, () => process.kill());
        const { code, stderr } = await process.ended;
        // Another order of steps may have found already what this call would look for.
        if (isChange(point.call)) expect(code, stderr).toBeNull();
        await world.finish();
      }),
    );
  });

  const allWrites = writePoints(recorded.writes.length);
  const writes = sample(allWrites, samples.writes);
  describe.concurrent(`killed at ${writes.length} of ${allWrites.length} journal writes`, () => {
    it.for(writes)('$when write $nth: goes on and makes nothing twice', { timeout }, (point) =>
      inTurn(async () => {
        await using world = await open();
        const { code, stderr } = await world.run({ killAtWrite: point }).ended;
        expect(code, stderr).toBeNull();
        await world.finish();
      }),
    );
  });

  const seeds = Array.from({ length: everything ? 200 : samples.kills }, (_, index) => crashSeed * 1000 + index);
  describe.concurrent(`killed at random, ${seeds.length} of 200 times`, () => {
    it.for(seeds)('seed %i: goes on and makes nothing twice', { timeout }, (seed) =>
      inTurn(async () => {
        const random = randomNumbers(seed);
        const fresh = random.below(2) === 0;
        await using world = await open(fresh);
        await killWithin(world.run(), random.below(fresh ? 6000 : 3500));
        for (let kills = random.below(3); kills > 0; kills -= 1) await killWithin(world.resume(), random.below(3000));
        await world.finish();
      }),
    );
  });
}

async function killWithin(process: SpeechopsProcess, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => process.send('SIGKILL'), milliseconds);
  await process.ended;
  clearTimeout(timer);
}
