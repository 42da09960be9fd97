import type { WorkedEntity } from '../plan/speech-entities.ts';
import type { HttpAnswer } from './http.ts';
import { sleep } from './sleep.ts';

/**
 * The first reading that `until` accepts (default: its status is Succeeded or Failed). Waits between two readings as long as
 * {@link pollDelay} says. Undefined when the object is gone.
 */
export async function pollUntil<E extends WorkedEntity>(
  read: () => Promise<HttpAnswer<E | undefined>>,
  options: {
    readonly floorMilliseconds: number;
    readonly until?: ((entity: E) => boolean) | undefined;
    readonly onRead?: ((entity: E) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<E | undefined> {
  const { floorMilliseconds, until = isFinished, onRead, signal } = options;
  while (true) {
    const { value: entity, retryAfterMilliseconds } = await read();
    signal?.throwIfAborted();
    if (entity === undefined) return undefined;
    onRead?.(entity);
    if (until(entity)) return entity;
    await sleep(pollDelay(retryAfterMilliseconds, floorMilliseconds), signal);
  }
}

/** Milliseconds until the next reading: what the service asks for but at least the floor, and up to a tenth more at random. */
export function pollDelay(askedMilliseconds: number | undefined, floorMilliseconds: number): number {
  const least = Math.min(Math.max(askedMilliseconds ?? 0, floorMilliseconds), longestMilliseconds);
  return least * (1 + Math.random() / 10);
}

/** Longer pauses are no use to anybody; timers of weeks overflow and end at once. */
const longestMilliseconds = 3_600_000;

function isFinished({ status }: WorkedEntity): boolean {
  return status === 'Succeeded' || status === 'Failed';
}
