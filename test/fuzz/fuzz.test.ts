import { expect, it } from 'vitest';
import { lanes } from './lanes.ts';

const ofGate = lanes.filter(({ gateCount }) => gateCount > 0);

it.each(ofGate)('nothing goes wrong with $gateCount seeded documents: $name', { timeout: 300_000 }, async (lane) => {
  const { signal } = new AbortController();
  expect(await lane.fuzz({ seed: 20_260_102, count: lane.gateCount, signal })).toEqual([]);
});
