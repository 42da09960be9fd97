import { describe, expect, it } from 'vitest';
import type { Callbacks } from '../../../workflows/engine/retries/wait-for-entity.ts';
import { workerPorts } from '../../../workflows/fleet/worker-ports.ts';
import { ServiceError } from '../../../workflows/engine/ports.ts';
import type { CustomModel } from '../../../workflows/plan/speech-entities.ts';
import { createFakeWorld } from '../steps/fake-world.ts';
import { manualClock } from '../engine/test-clocks.ts';

const reference = 'https://speech/speechtotext/models/e6ffdefd-9517-45a9-a89c-7b5028ed0e56?api-version=2025-10-15';

describe('a wait of a worker', () => {
  it('reads again and again where the service does not call back', async () => {
    const { readings, clock } = startWait();
    await clock.advance(10);
    expect(readings.length).toBeGreaterThanOrEqual(4);
  });

  it('reads less often the longer it waits', async () => {
    const { readings, clock } = startWait();
    await clock.advance(3600);
    const inAnHour = readings.length;
    expect(inAnHour).toBeLessThan(110);
    await clock.advance(600);
    expect(readings.length - inAnHour).toBeLessThanOrEqual(10);
  });

  it('keeps to Retry-After', async () => {
    const { readings, clock } = startWait({ retryAfterSeconds: 60 });
    await clock.advance(59);
    expect(readings).toHaveLength(1);
    await clock.advance(10);
    expect(readings).toHaveLength(2);
  });

  it('goes on when the service did not answer, and is woken from that pause, too', async () => {
    const { readings, clock, event, settle, waited } = startWait({
      isActive: true,
      onReading({ readings: count }) {
        if (count < 4)
          throw new ServiceError('No answer', { method: 'GET', path: '/', attempts: 6, outcome: 'unknown' });
      },
    });
    await clock.advance(3.9);
    expect(readings.length).toBeGreaterThanOrEqual(2);
    await clock.advance(10);
    const before = readings.length;
    expect(before).toBeGreaterThanOrEqual(4);
    settle('Succeeded');
    event();
    expect((await waited).status).toBe('Succeeded');
  });

  it('lets the object be where the service calls back, but not for ever', async () => {
    const { readings, clock } = startWait({ isActive: true });
    await clock.advance(299);
    expect(readings).toHaveLength(1);
    await clock.advance(40);
    expect(readings).toHaveLength(2);
  });

  it('reads at once when it hears of the object', async () => {
    const { readings, clock, event, settle, waited } = startWait({ isActive: true });
    await clock.advance(10);
    settle('Succeeded');
    event();
    expect((await waited).status).toBe('Succeeded');
    expect(readings).toHaveLength(2);
  });

  it('hears what happens while it reads', async () => {
    const { readings, waited } = startWait({
      isActive: true,
      onReading({ readings: count, settle, event }) {
        // The answer is on its way and still says Running.
        if (count === 1) queueMicrotask(() => (settle('Failed'), event()));
      },
    });
    expect((await waited).status).toBe('Failed');
    expect(readings).toHaveLength(2);
  });

  it('reads soon again when an event comes before its change is to be seen, and ever less', async () => {
    const { readings, clock, event } = startWait({ isActive: true });
    await clock.advance(10);
    event();
    await clock.advance(1.9);
    expect(readings).toHaveLength(2);
    await clock.advance(0.5);
    expect(readings).toHaveLength(3);
    await clock.advance(3600);
    // 4, 8, … 256 s apart, then every five minutes.
    expect(readings.length).toBeGreaterThan(15);
    expect(readings.length).toBeLessThan(24);
  });

  it('polls while callbacks are not to be expected, and is woken all the same', async () => {
    const { readings, clock, event, settle, waited } = startWait({ isActive: false });
    await clock.advance(7);
    const before = readings.length;
    expect(before).toBeGreaterThanOrEqual(3);
    settle('Succeeded');
    event();
    await waited;
    expect(readings).toHaveLength(before + 1);
  });

  it('ends with the reason of its signal, and listens no longer', async () => {
    const stop = new AbortController();
    const { clock, waited, listeners } = startWait({ isActive: true, signal: stop.signal });
    await clock.advance(1);
    expect(listeners.size).toBe(1);
    stop.abort(new Error('The run was cancelled'));
    await expect(waited).rejects.toThrow('The run was cancelled');
    expect(listeners.size).toBe(0);
  });
});

interface World {
  readonly readings: number;
  settle(status: string): void;
  event(): void;
}

function startWait(
  options: {
    readonly isActive?: boolean;
    readonly retryAfterSeconds?: number;
    readonly signal?: AbortSignal;
    readonly onReading?: (world: World) => void;
  } = {},
) {
  const clock = manualClock();
  const listeners = new Set<AbortController>();
  const readings: string[] = [];
  let status = 'Running';
  const settle = (now: string): void => void (status = now);
  const event = (): void => {
    for (const listener of listeners) listener.abort();
  };
  const callbacks: Callbacks = {
    isActive: options.isActive ?? false,
    next: () => {
      const controller = new AbortController();
      listeners.add(controller);
      return { signal: controller.signal, end: () => void listeners.delete(controller) };
    },
  };
  const { ports } = createFakeWorld();
  const models = {
    ...ports.speech.models,
    async get(...[, asked]: Parameters<typeof ports.speech.models.get>): Promise<CustomModel> {
      const read = status;
      readings.push(read);
      options.onReading?.({ readings: readings.length, settle, event });
      await Promise.resolve();
      if (options.retryAfterSeconds !== undefined) asked?.onRetryAfter?.(options.retryAfterSeconds * 1000);
      return { self: reference, displayName: 'm', locale: 'en-US', status: read } as CustomModel;
    },
  };
  const guarded = workerPorts(
    { ...ports, clock, speech: { ...ports.speech, models } },
    {
      whileWaiting: async (wait) => await wait(),
      pollMilliseconds: 2000,
      folder: '/',
      ...(options.isActive === undefined ? {} : { callbacks }),
    },
  );
  const { signal } = options;
  const waited = guarded.speech.models.wait(reference, signal === undefined ? {} : { signal });
  waited.catch(() => undefined);
  return { clock, readings, listeners, settle, event, waited };
}
