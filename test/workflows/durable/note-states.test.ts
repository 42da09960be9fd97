import { expect, it } from 'vitest';
import type { Journal } from '../../../workflows/durable/journal.ts';
import { noteStates } from '../../../workflows/durable/note-states.ts';

function keeping(signal = new AbortController().signal) {
  const kept: (readonly [string, string | undefined])[] = [];
  const answer = Promise.withResolvers<void>();
  const leaveBehind = async (_: string, left: ReadonlyMap<string, string | undefined>): Promise<void> => {
    await answer.promise;
    kept.push(...left);
  };
  return { kept, answer, notes: noteStates('r', { journal: { leaveBehind } as Journal, signal }) };
}

it('keeps the last of states that follow each other, in order, before it says that they are kept', async () => {
  const { kept, answer, notes } = keeping();
  notes.note('a', 'not changed');
  notes.note('a', undefined);
  notes.note('a', 'changed');
  notes.note('b', 'made');
  await Promise.resolve();
  await Promise.resolve();
  notes.note('a', undefined);
  answer.resolve();
  await notes.kept();
  expect(kept).toEqual([
    ['a', 'changed'],
    ['b', 'made'],
    ['a', undefined],
  ]);
});

it('goes on where they cannot be kept, and keeps none when another execution may have begun', async () => {
  const refused = noteStates('r', {
    journal: { leaveBehind: async () => await Promise.reject(new Error('full')) } as unknown as Journal,
    signal: new AbortController().signal,
  });
  refused.note('a', 'changed');
  await refused.kept();
  const { kept, answer, notes } = keeping(AbortSignal.abort());
  answer.resolve();
  notes.note('a', 'changed');
  await notes.kept();
  expect(kept).toEqual([]);
});
