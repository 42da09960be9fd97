import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExclusiveNames } from '../../workflows/store/exclusive-names.ts';
import { prepareTables } from '../../workflows/store/tables.ts';
import { LivenessLock } from '../../workflows/store/liveness-lock.ts';
import { emptyDatabase, testDatabaseUrl } from './fleet.ts';

const { signal } = new AbortController();

describe('exclusive names within a process', () => {
  it('are had by one run at a time, whatever comes of it', async () => {
    const names = new ExclusiveNames(undefined);
    await expectInTurn([names, names]);
  });

  it('are not waited for any longer than somebody wants to', async () => {
    const names = new ExclusiveNames(undefined);
    const stop = new AbortController();
    await names.alone('n', {
      runId: 'first',
      signal,
      onBusy: () => undefined,
      async act() {
        const second = names.alone('n', {
          runId: 'second',
          signal: stop.signal,
          onBusy: () => stop.abort(new Error('Enough')),
          act: async () => 'never',
        });
        await expect(second).rejects.toThrow('Enough');
      },
    });
    expect(await tryName(names, 'n')).toBe('free');
  });
});

describe.skipIf(testDatabaseUrl === '')('exclusive names in a database', { timeout: 300_000 }, () => {
  let pool: Pool;
  let locks: LivenessLock[];

  beforeEach(async () => {
    pool = new Pool({ connectionString: await emptyDatabase() });
    pool.on('error', () => undefined);
    await prepareTables({ pool, embedded: false });
    locks = [];
  });
  afterEach(async () => {
    for (const lock of locks) await lock.release();
    await pool.end();
  });

  /** As another process has them. */
  async function open(executor: string, onTakenAgain = async () => {}): Promise<ExclusiveNames> {
    const lock = await LivenessLock.take(pool, { executor, onTakenAgain });
    if (lock === undefined) throw new Error(`${executor} is taken`);
    locks.push(lock);
    return new ExclusiveNames(lock);
  }

  it('are had by one process at a time, which the others are told', async () => {
    await expectInTurn([await open('a'), await open('b')]);
  });

  it('are free when their process dies', async () => {
    const [dying, other] = [await open('a'), await open('b')];
    await hold(dying, { name: 'n', runId: 'first', until: new Promise(() => undefined) });
    const told: (string | undefined)[] = [];
    const taken = other.alone('n', {
      runId: 'second',
      signal,
      onBusy: async (holder) => {
        told.push(holder);
        await locks[0]?.release();
      },
      act: async () => 'taken',
    });
    expect([await taken, told]).toEqual(['taken', ['first']]);
  });

  it('are kept over a cut connection, unless another process was quicker', async () => {
    const quicker = Promise.withResolvers<void>();
    const again = Promise.withResolvers<readonly string[]>();
    const names = await open('a', async () => {
      await quicker.promise;
      const taken: string[] = [];
      await names.takeAgain((runId) => taken.push(runId));
      again.resolve(taken);
    });
    const other = await open('b');
    const end = Promise.withResolvers<void>();
    for (const [name, runId] of [
      ['kept', 'first'],
      ['lost', 'second'],
    ] as const)
      await hold(names, { name, runId, until: end.promise });
    const [backend] = (await locks[0]?.ask<{ readonly pid: number }>('SELECT pg_backend_pid() AS pid', [])) ?? [];
    await pool.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
    const found = await other.alone('lost', {
      runId: 'third',
      signal,
      onBusy: () => undefined,
      async act() {
        quicker.resolve();
        return [await again.promise, await tryName(other, 'kept')];
      },
    });
    expect(found).toEqual([['second'], 'first']);
    end.resolve();
    while ((await tryName(other, 'kept')) !== 'free') await new Promise((resolve) => setTimeout(resolve, 20));
  });
});

/** Resolves when the run has the name, which it keeps until then. */
async function hold(
  names: ExclusiveNames,
  held: { readonly name: string; readonly runId: string; readonly until: Promise<void> },
): Promise<void> {
  const { name, runId, until } = held;
  const has = Promise.withResolvers<void>();
  const act = async (): Promise<void> => {
    has.resolve();
    await until;
  };
  void names.alone(name, { runId, signal, onBusy: () => undefined, act });
  await has.promise;
}

/** Whether the name is free, or the run that has it. */
async function tryName(names: ExclusiveNames, name: string): Promise<string> {
  const onBusy = (holder: string | undefined): void => {
    throw new Error(holder);
  };
  return await names
    .alone(name, { runId: 'tries', signal, onBusy, act: async () => 'free' })
    .catch((error: Error) => error.message);
}

/** Six runs, each of which finds itself alone; one of them fails. */
async function expectInTurn(processes: readonly [ExclusiveNames, ExclusiveNames]): Promise<void> {
  let inside = 0;
  let most = 0;
  const told = new Set<string | undefined>();
  const runs = Array.from({ length: 6 }, async (_, index) => {
    const runId = `run-${index}`;
    await processes[index % 2]?.alone('n', {
      runId,
      signal,
      onBusy: (holder) => void told.add(holder),
      async act() {
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside -= 1;
        if (index === 3) throw new Error('Failed');
      },
    });
  });
  const ended = await Promise.allSettled(runs);
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(most).toBe(1);
  // In the moment in which another process takes the name it is not known yet which run has it.
  told.delete(undefined);
  expect([...told]).toContainEqual(expect.stringMatching(/^run-/));
  expect([...told].filter((holder) => holder?.startsWith('run-') !== true)).toEqual([]);
}
