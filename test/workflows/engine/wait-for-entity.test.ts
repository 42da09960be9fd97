import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../workflows/engine/ports.ts';
import { waitForEntity, type Reading } from '../../../workflows/engine/retries/wait-for-entity.ts';
import type { WorkedEntity } from '../../../workflows/plan/speech-entities.ts';
import { jumpingClock } from './test-clocks.ts';

describe('the pauses between readings', () => {
  it.each([
    [undefined, 2, 2],
    [0.5, 2, 2],
    [30, 2, 30],
    [0, 0, 0],
    [1e9, 2, 3600],
  ])(
    'are, of Retry-After %s s and a shortest one of %s s, %s s and at most a tenth more',
    async (asked, shortest, least) => {
      const retryAfterMilliseconds = asked === undefined ? undefined : asked * 1000;
      for (let time = 0; time < 50; time += 1) {
        const { slept } = await wait([{ ...running, retryAfterMilliseconds }, succeeded], { pollSeconds: shortest });
        expect(slept).toHaveLength(1);
        expect(slept[0]).toBeGreaterThanOrEqual(least);
        expect(slept[0]).toBeLessThanOrEqual(least * 1.1);
      }
    },
  );

  it('differ from time to time', async () => {
    const { slept } = await wait([...Array.from({ length: 8 }, () => running), succeeded], { pollSeconds: 2 });
    expect(new Set(slept).size).toBeGreaterThan(1);
  });

  it('grow with the time waited: to a tenth of it, and to a minute', async () => {
    const { slept } = await wait([...Array.from({ length: 300 }, () => running), succeeded], { pollSeconds: 2 });
    let waited = 0;
    for (const pause of slept) {
      expect(pause).toBeLessThanOrEqual(Math.max(2, waited / 10) * 1.1 + 1e-9);
      waited += pause;
    }
    const [first] = slept;
    expect(first).toBeLessThan(2.3);
    expect(slept.at(-1)).toBeGreaterThanOrEqual(60);
    expect(slept.at(-1)).toBeLessThanOrEqual(66);
    // A training of two hours in some 160 readings in place of 3600.
    let readings = 0;
    for (let passed = 0; passed < 7200; readings += 1) passed += slept[readings] ?? Infinity;
    expect(readings).toBeLessThan(180);
  });

  it('stay short for a service that is asked often', async () => {
    const { slept } = await wait([...Array.from({ length: 300 }, () => running), succeeded], { pollSeconds: 0.2 });
    expect(Math.max(...slept)).toBeLessThanOrEqual(6.6);
  });
});

describe('a service that does not answer while an object is waited for', () => {
  it.each([
    ['no answer', undefined],
    ['408', 408],
    ['429', 429],
    ['500', 500],
    ['503', 503],
    ['an answer that cannot be read', 200],
  ])('is asked again after %s, ever less often', async (_, status) => {
    const outage = Array.from({ length: 12 }, () => failure({ status }));
    const { slept, told, entity } = await wait([running, ...outage, succeeded], { pollSeconds: 2 });
    expect(entity?.status).toBe('Succeeded');
    const pauses = slept.slice(1);
    expect(pauses).toHaveLength(12);
    for (const [index, pause] of pauses.entries()) {
      const whole = Math.min(2 * 2 ** index, 60);
      expect(pause).toBeGreaterThanOrEqual(whole / 2);
      expect(pause).toBeLessThanOrEqual(whole);
    }
    expect(told[0]).toMatch(/^Cannot read it; asking again in [12] s$/);
    expect(told.at(-1)).toBe('the service answers again');
    expect(told).toHaveLength(13);
  });

  it('is left alone as long as it asks, also above what a request waits for', async () => {
    const { slept } = await wait([failure({ status: 429, retryAfterSeconds: 900 }), succeeded], { pollSeconds: 2 });
    expect(slept).toEqual([900]);
  });

  it('fails the wait after about an hour', async () => {
    const outage = Array.from({ length: 1000 }, () => failure({ status: 503 }));
    const { slept, error } = await wait([running, ...outage], { pollSeconds: 2 });
    expect(String(error)).toBe('ServiceError: Cannot read it');
    const whole = slept.slice(1).reduce((sum, pause) => sum + pause, 0);
    expect(whole).toBeGreaterThanOrEqual(3600);
    expect(whole).toBeLessThan(3660);
  });

  it('has its hour anew after each answer', async () => {
    const outage = Array.from({ length: 60 }, () => failure({ status: 503 }));
    const { entity } = await wait([...outage, running, ...outage, running, ...outage, succeeded], { pollSeconds: 2 });
    expect(entity?.status).toBe('Succeeded');
  });

  it.each([400, 401, 403, 404, 409])('is not asked again when it answers %s', async (status) => {
    const { slept, error } = await wait([failure({ status }), succeeded], { pollSeconds: 2 });
    expect(error).toMatchObject({ status });
    expect(slept).toEqual([]);
  });

  it('is not asked again with a request that was refused before it was sent', async () => {
    const { slept, error } = await wait([failure({ attempts: 0 }), succeeded], { pollSeconds: 2 });
    expect(error).toMatchObject({ attempts: 0 });
    expect(slept).toEqual([]);
  });

  it('ends the wait with the reason of its signal', async () => {
    const stop = new AbortController();
    const reason = new Error('The step has used up its time');
    const outage = Array.from({ length: 10 }, () => failure({ status: 503 }));
    const onTrouble = (): void => stop.abort(reason);
    const { error } = await wait(outage, { pollSeconds: 2, signal: stop.signal, onTrouble });
    expect(error).toBe(reason);
  });

  it('is what fails the wait when a time limit ends that', async () => {
    const stop = new AbortController();
    const outage = Array.from({ length: 10 }, () => failure({ status: 503 }));
    const onTrouble = (): void => stop.abort(new DOMException('The time is used up', 'TimeoutError'));
    const { error } = await wait(outage, { pollSeconds: 2, signal: stop.signal, onTrouble });
    expect(error).toMatchObject({ name: 'ServiceError', status: 503 });
  });
});

const running = { entity: { self: 'it', status: 'Running' } as WorkedEntity };
const succeeded = { entity: { self: 'it', status: 'Succeeded' } as WorkedEntity };

function failure(facts: {
  readonly status?: number | undefined;
  readonly attempts?: number;
  readonly retryAfterSeconds?: number;
}): ServiceError {
  return new ServiceError('Cannot read it', { method: 'GET', path: '/it', attempts: 1, outcome: 'unknown', ...facts });
}

/** Waits on a clock that jumps, with these readings one after the other. */
async function wait(
  script: readonly (Reading<WorkedEntity> | ServiceError)[],
  options: { readonly pollSeconds: number; readonly signal?: AbortSignal; onTrouble?(): void },
) {
  const { sleep, slept } = jumpingClock();
  const told: string[] = [];
  const left = [...script];
  const read = async (): Promise<Reading<WorkedEntity>> => {
    const next = left.shift();
    if (next === undefined) throw new Error('The script is at its end');
    if (next instanceof ServiceError) throw next;
    return next;
  };
  const onTrouble = (message: string): void => {
    told.push(message);
    options.onTrouble?.();
  };
  const pollMilliseconds = options.pollSeconds * 1000;
  try {
    const entity = await waitForEntity(read, { pollMilliseconds, sleep, onTrouble, signal: options.signal });
    return { slept, told, entity, error: undefined };
  } catch (error) {
    return { slept, told, entity: undefined, error };
  }
}
