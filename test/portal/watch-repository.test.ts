import { expect, it, onTestFinished } from 'vitest';
import { Changes } from '../../portal/server/changes.ts';
import { watchRepository } from '../../portal/server/repository/watch-repository.ts';
import { until } from '../until.ts';
import { gitRepository } from './git-repository.ts';

it('tells open pages when a file or a commit is another one, and looks at nothing while none is open', async () => {
  const { source, write, commit } = await gitRepository();
  await write({ 'a.txt': 'one' });
  await commit('first');
  let looks = 0;
  const counted = {
    ...source,
    git: async (args: readonly string[]) => {
      looks += 1;
      return await source.git(args);
    },
  };
  const changes = new Changes();
  onTestFinished(watchRepository(counted, { changes, everyMilliseconds: 5 }));
  const told: string[] = [];
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(looks).toBe(0);
  onTestFinished(changes.listen((change) => told.push(change)));
  await until(() => looks > 2);
  // What the page read before the first look may have been of a moment before.
  expect(told).toEqual(['repository']);
  await write({ 'a.txt': 'two' });
  await until(() => told.length > 1);
  const before = told.length;
  await commit('second');
  await until(() => told.length > before);
  expect(new Set(told)).toEqual(new Set(['repository']));
});
