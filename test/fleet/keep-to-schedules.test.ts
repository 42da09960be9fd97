import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepToSchedules } from '../../workflows/fleet/schedules/keep-to-schedules.ts';
import type { DeclaredSchedule } from '../../workflows/fleet/schedules/schedule-changes.ts';
import { Schedules } from '../../workflows/fleet/schedules/schedules.ts';
import { prepareTables } from '../../workflows/store/tables.ts';
import { RunExistsError } from '../../workflows/durable/journal.ts';
import type { Plan } from '../../workflows/plan/plan.ts';
import { emptyDatabase, pause, planOf, testDatabaseUrl } from './fleet.ts';
import { until } from '../until.ts';

const plan = planOf('name: words\nlocale: en-US\nsteps: [{ id: ok, uses: approve, with: { message: Go? } }]\n', {
  folder: '/repo',
  target: { endpoint: 'https://one' },
});
const entry = { cron: '0 * * * *', timeZone: 'UTC', missed: 'once', inputs: {} } as const;
const hourly: DeclaredSchedule = {
  pipeline: 'words',
  entries: [entry],
  file: '/repo/words.yaml',
  endpoint: 'https://one',
  priority: 5,
};

const often: DeclaredSchedule = { ...hourly, entries: [{ ...entry, cron: '30 * * * *' }] };

describe.skipIf(testDatabaseUrl === '')('keepToSchedules', () => {
  let pool: Pool;
  let schedules: Schedules;
  let world: World;

  beforeEach(async () => {
    pool = new Pool({ connectionString: await emptyDatabase() });
    await prepareTables({ pool, embedded: false });
    schedules = new Schedules(pool);
    world = { now: at('00:30'), runs: [], seen: [], plans: 0, plan: async () => plan };
    await schedules.declare([hourly], world.now);
  });
  afterEach(async () => {
    await pool.end();
  });

  /** Lets workers keep to the schedules while a test moves the clock. */
  async function withWorkers(count: number, act: () => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const workers = Array.from({ length: count }, () => keepAs(stop.signal));
    try {
      await act();
    } finally {
      stop.abort(new Error('The worker leaves'));
      await Promise.all(workers);
    }
  }

  async function keepAs(signal: AbortSignal): Promise<void> {
    await keepToSchedules({
      schedules,
      journal: {
        async enqueue(runId, _, options) {
          if (world.runs.some((run) => run.startsWith(runId))) throw new RunExistsError(runId);
          world.runs.push(`${runId} of priority ${options?.priority}`);
        },
      },
      async plan() {
        world.plans += 1;
        return await world.plan();
      },
      clock: { now: () => world.now, sleep: async () => await pause(5) },
      isReady: () => true,
      onEvent(event) {
        if (event.kind === 'trouble') world.seen.push(String(event.error));
        else if (event.kind === 'schedule-fired') world.seen.push(`fired ${timeOf(event.tick)}`);
        else world.seen.push(`failed ${timeOf(event.tick)}, again ${timeOf(event.retryAt)}`);
      },
      signal,
    });
  }

  async function seenAt(time: string, count: number): Promise<readonly string[]> {
    world.now = at(time);
    await until(() => world.seen.length >= count, 5);
    // Whatever else the workers would do at this time, they have looked often enough to do it.
    await pause(100);
    return world.seen;
  }

  it('starts one run a tick, whichever of its workers does it', async () => {
    await withWorkers(3, async () => {
      expect(await seenAt('00:59', 0)).toEqual([]);
      expect(await seenAt('01:00', 1)).toEqual(['fired 01:00']);
      expect(await seenAt('02:05', 2)).toEqual(['fired 01:00', 'fired 02:00']);
    });
    expect(world.runs.map((run) => run.replace(/-[0-9a-f]{8} /, ' '))).toEqual([
      'words-20260105-010000 of priority 5',
      'words-20260105-020000 of priority 5',
    ]);
    expect(world.plans).toBe(2);
  });

  it('writes a tick as done whose run a worker had started before it died', async () => {
    await withWorkers(1, async () => void (await seenAt('01:00', 1)));
    await pool.query("UPDATE speechops.schedules SET settled_until = '2026-01-05T00:30:00Z', revision = DEFAULT");
    await withWorkers(2, async () => {
      expect(await seenAt('01:10', 2)).toEqual(['fired 01:00', 'fired 01:00']);
    });
    expect(world.runs).toHaveLength(1);
  });

  it('tries again what failed, after growing pauses, until the next tick', async () => {
    world.plan = async () => await Promise.reject(new Error('The resource is away'));
    await withWorkers(2, async () => {
      await seenAt('01:00', 1);
      expect((await schedules.list())[0]?.failure).toMatchObject({ message: 'The resource is away', attempts: 1 });
      await seenAt('01:00:05', 2);
      await seenAt('01:00:15', 3);
      expect(await seenAt('01:59:59', 4)).toEqual([
        'failed 01:00, again 01:00:05',
        'failed 01:00, again 01:00:15',
        'failed 01:00, again 01:00:35',
        'failed 01:00, again never',
      ]);
      world.plan = async () => plan;
      expect((await seenAt('02:00', 5)).at(-1)).toBe('fired 02:00');
    });
    expect(world.runs).toEqual([expect.stringMatching(/^words-20260105-020000-/)]);
    expect((await schedules.list())[0]?.failure).toBeUndefined();
  });

  it('makes nothing up that fell into a pause', async () => {
    await schedules.pause('words');
    await withWorkers(1, async () => {
      expect(await seenAt('01:10', 0)).toEqual([]);
      await schedules.continue('words', world.now);
      expect(await seenAt('01:20', 0)).toEqual([]);
      expect(await seenAt('02:00', 1)).toEqual(['fired 02:00']);
    });
  });

  it('still makes up for a missed tick when what was not paused is continued', async () => {
    await schedules.continue('words', at('01:10'));
    await withWorkers(1, async () => {
      expect(await seenAt('01:10', 1)).toEqual(['fired 01:00']);
    });
  });

  it.each([
    ['paused', async () => void (await schedules.pause('words'))],
    ['removed', async () => void (await schedules.remove('words'))],
    ['given other times', async () => void (await schedules.declare([often], world.now))],
  ])('starts no run of a schedule that was %s while it was planned', async (_, change) => {
    const changed = Promise.withResolvers<void>();
    world.plan = async () => {
      await change();
      changed.resolve();
      return plan;
    };
    await withWorkers(1, async () => {
      world.now = at('01:00');
      await changed.promise;
      expect(await seenAt('01:00', 0)).toEqual([]);
    });
    expect(world.runs).toEqual([]);
  });

  it('leaves a tick to others when its worker is stopped while it plans', async () => {
    const planning = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<Plan>();
    world.plan = async () => {
      planning.resolve();
      return await stopped.promise;
    };
    await withWorkers(1, async () => {
      world.now = at('01:00');
      await planning.promise;
      setTimeout(() => stopped.reject(new Error('Stopped')), 50);
    });
    expect([world.runs, world.seen, (await schedules.list())[0]?.failure]).toEqual([[], [], undefined]);
    world.plan = async () => plan;
    await withWorkers(1, async () => expect(await seenAt('01:00', 1)).toEqual(['fired 01:00']));
  });
});

/** What the workers of a test share besides the database. */
interface World {
  now: Date;
  readonly runs: string[];
  readonly seen: string[];
  plans: number;
  plan: () => Promise<Plan>;
}

function at(time: string): Date {
  return new Date(`2026-01-05T${time.padEnd(8, ':00')}Z`);
}

function timeOf(date: Date | undefined): string {
  return date?.toISOString().slice(11, 19).replace(/:00$/, '') ?? 'never';
}
