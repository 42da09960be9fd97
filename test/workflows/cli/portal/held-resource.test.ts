import { expect, it } from 'vitest';
import type { Connection } from '../../../../workflows/cli/connect/connection.ts';
import { HeldConnection } from '../../../../workflows/cli/portal/held-resource.ts';

it('opens a connection again only when the one before is closed', async () => {
  const events: string[] = [];
  let letClose = (): void => undefined;
  const held = new HeldConnection(
    async () => {
      events.push('opened');
      const close = async (): Promise<void> => {
        await new Promise<void>((resolve) => (letClose = resolve));
        events.push('closed');
      };
      return { ports: {}, close } as unknown as Connection;
    },
    { idleMilliseconds: Infinity },
  );
  await held.borrow(async () => events.push('used'));
  const closing = held.close();
  const using = held.borrow(async () => events.push('used again'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(['opened', 'used']);
  letClose();
  await Promise.all([closing, using]);
  expect(events).toEqual(['opened', 'used', 'closed', 'opened', 'used again']);
});

it('is opened by another attempt after one that has failed', async () => {
  let attempts = 0;
  const held = new HeldConnection(
    async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('in use');
      return { ports: {}, close: async () => undefined } as unknown as Connection;
    },
    { idleMilliseconds: Infinity },
  );
  await expect(held.borrow(async () => 'used')).rejects.toThrow('in use');
  await held.close();
  expect(await held.borrow(async () => 'used')).toBe('used');
});
