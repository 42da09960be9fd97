import { expect, it } from 'vitest';
import { lanes } from './lanes.ts';

it.each(lanes)('nothing goes wrong with $gateCount seeded documents: $name', { timeout: 300_000 }, async (lane) => {
  const { signal } = new AbortController();
  expect(await lane.fuzz({ seed: 20_260_102, count: lane.gateCount, signal })).toEqual([]);
});
