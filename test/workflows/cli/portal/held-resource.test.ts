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

/** A connection of which one is open at most, and what has happened to it. */
function onlyOne(events: string[]): () => Promise<Connection> {
  let isOpen = false;
  return async () => {
    if (isOpen) throw new Error('two at once');
    isOpen = true;
    events.push('opened');
    const close = async (): Promise<void> => {
      isOpen = false;
      events.push('closed');
    };
    return { ports: {}, close } as unknown as Connection;
  };
}

const shortTurns = { idleMilliseconds: Infinity, mostMilliseconds: 20, graceMilliseconds: 20, pauseMilliseconds: 20 };

it('lets go of what takes longer than its turn, and goes on with it in the next ones', async () => {
  const events: string[] = [];
  const held = new HeldConnection(onlyOne(events), shortTurns);
  let left = 3;
  const value = await held.borrow(async (_ports, turn) => {
    while (left > 0) {
      await new Promise((resolve) => turn.addEventListener('abort', resolve, { once: true }));
      left -= 1;
      turn.throwIfAborted();
    }
    return 'all of it';
  });
  expect(value).toBe('all of it');
  expect(events).toEqual(['opened', 'closed', 'opened', 'closed', 'opened', 'closed', 'opened']);
  await held.close();
});

it('does not wait for one who does not listen, and hears no more of it', async () => {
  const events: string[] = [];
  const held = new HeldConnection(onlyOne(events), shortTurns);
  let turns = 0;
  let failFirst = (): void => undefined;
  const value = await held.borrow(async () => {
    turns += 1;
    if (turns > 1) return 'read';
    return await new Promise<string>((_, reject) => (failFirst = () => reject(new Error('no connection any more'))));
  });
  failFirst();
  expect([value, events]).toEqual(['read', ['opened', 'closed', 'opened']]);
  await held.close();
});

it('begins nothing anew when it is closed for good', async () => {
  const events: string[] = [];
  const held = new HeldConnection(onlyOne(events), { ...shortTurns, mostMilliseconds: Infinity });
  const reading = held.borrow(async () => await new Promise(() => undefined));
  await held.borrow(async () => 'used');
  const ended = expect(reading).rejects.toThrow('The portal has let the Speech resource go');
  await held.close();
  await ended;
  expect(events).toEqual(['opened', 'closed']);
});
