import { describe, expect, it } from 'vitest';
import { deadlineSignal } from '../../../workflows/engine/deadline-signal.ts';

describe('deadlineSignal', () => {
  it('ends after a short time with a TimeoutError', async () => {
    const signal = deadlineSignal(5);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it.each([600 * 3_600_000, 500_000 * 3_600_000])(
    'does not end at once for %i ms, longer than a timer takes',
    async (long) => {
      const signal = deadlineSignal(long);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(signal.aborted).toBe(false);
    },
  );
});
