import { expect, it } from 'vitest';
import { hasData, type LockedBefore } from '../../../../../workflows/cli/pipelines/locks/locked-before.ts';

it.each<[string, string | readonly string[], string, boolean]>([
  ['the same folder', '../data/calls', '/repo/data/calls', true],
  ['a folder in it', '../data', '/repo/data/calls', true],
  ['the folder around it', '../data/calls', '/repo/data', true],
  ['one of several places', ['../data/studio', '../data/calls'], '/repo/data/calls', true],
  ['what a pattern finds', '../data/*', '/repo/data/calls', true],
  ['a file in what a pattern finds', '../data/*', '/repo/data/calls/a.wav', true],
  ['the folder that a pattern is looked for in', '../data/c*', '/repo/data', true],
  ['what a pattern does not find', '../data/s*', '/repo/data/calls', false],
  ['a name that begins alike', '../data/calls', '/repo/data/calls-2', false],
])('data are those of a lock file where it names %s', (_, from, absolute, expected) => {
  expect(hasData({ folder: '/repo/pipelines', from } as LockedBefore, absolute)).toBe(expected);
});
