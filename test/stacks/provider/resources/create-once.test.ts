import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createOnce } from '../../../../stacks/provider/resources/_create-once.ts';
import { ServiceError } from '../../../../workflows/engine/ports.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('ends the search for an object whose creation was lost soon after Terraform stops', async () => {
  const facts = { method: 'POST', path: '/projects', attempts: 1, outcome: 'unknown' } as const;
  const searching = Promise.withResolvers<void>();
  const stopped = new AbortController();
  const creating = createOnce(
    {
      create: async () => await Promise.reject(new ServiceError('the answer was lost', facts)),
      list: async ({ signal } = {}) => {
        searching.resolve();
        return await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      },
    },
    { customProperties: {} },
    { signal: stopped.signal, retryDelayMilliseconds: 1, retryPatienceMilliseconds: 60_000 },
  );
  const failure = creating.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1);
  await searching.promise;
  stopped.abort(new Error('Interrupted'));
  const isOver = Promise.race([failure, new Promise((resolve) => setTimeout(resolve, 10_001, 'still searching'))]);
  await vi.advanceTimersByTimeAsync(10_001);
  expect(await isOver).toMatchObject({
    message: 'the answer was lost; looking whether it was created failed too: Interrupted',
  });
});
