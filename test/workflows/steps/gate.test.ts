import { expect, it } from 'vitest';
import { compareRates } from '../../../workflows/scoring/significance/compare-rates.ts';
import { gateOutputs } from '../../../workflows/steps/evaluate/gate.ts';

it.each([
  [
    1,
    'not better: lower by 10.0 points, which 1 recording cannot tell from chance; to show it add recordings, 6 are the fewest',
  ],
  [
    5,
    'not better: lower by 10.0 points, which 5 recordings cannot tell from chance; to show it add recordings, 6 are the fewest',
  ],
  [6, 'better'],
])('says of %i recordings what shows a difference in all of them', (recordings, verdict) => {
  const each = { words: 10, errorsBefore: 2, errorsAfter: 1 };
  const compared = compareRates(
    Array.from({ length: recordings }, () => each),
    { seed: 1, minWords: 0 },
  );
  const model = {
    self: 'https://speech/models/ours',
    displayName: 'ours',
    because: 'named',
    isStandIn: false,
    transcribesUntil: undefined,
  };
  const outputs = gateOutputs(
    {
      measured: { wer: 0.1 },
      opponent: { wer: 0.2 },
      model,
      against: model,
      minImprovement: 0,
      bounded: {},
      noise: undefined,
    },
    { compared: compared!, matchedPairsP: 1, recordings: [] },
  );
  expect(outputs['verdict']).toBe(verdict);
});
