import { expect, it } from 'vitest';
import { oneAtATime } from '../../portal/app/one-at-a-time.ts';

/** An act whose ends the test decides. */
function act() {
  const begun: PromiseWithResolvers<void>[] = [];
  const once = async (): Promise<void> => {
    const under = Promise.withResolvers<void>();
    begun.push(under);
    await under.promise;
  };
  return { begun, once };
}

it('does what is wanted meanwhile once more when the act has ended, and never two at a time', async () => {
  const { begun, once } = act();
  const want = oneAtATime(once, { signal: new AbortController().signal });
  want();
  for (let count = 0; count < 5; count += 1) want();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.resolve();
  await new Promise(setImmediate);
  expect(begun).toHaveLength(2);
  want();
  expect(begun).toHaveLength(3);
});

it('does nothing more once it is aborted', async () => {
  const { begun, once } = act();
  const ended = new AbortController();
  const want = oneAtATime(once, ended);
  want();
  want();
  ended.abort();
  begun[0]?.resolve();
  await new Promise(setImmediate);
  want();
  expect(begun).toHaveLength(1);
});
