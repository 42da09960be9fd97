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

it.each([
  ['as both count', 0.1, 'better'],
  ['as the service alone counts', 0.16, 'better by 10.0 %, less than 16.0 %'],
])('wants the improvement that was asked for %s', (_, minImprovement, verdict) => {
  // Of 600 words 60 are wrong in place of 120; the service says 20 % in place of 40 %.
  const recordings = Array.from({ length: 60 }, (__, index) => ({
    name: `${index}`,
    words: 10,
    errorsBefore: 2,
    errorsAfter: 1,
    group: undefined,
  }));
  const compared = compareRates(recordings, { seed: 1, minWords: 0 })!;
  const model = { self: 'a', displayName: 'a', because: 'named', isStandIn: false, transcribesUntil: undefined };
  const outputs = gateOutputs(
    {
      measured: { wer: 0.2 },
      opponent: { wer: 0.4 },
      model,
      against: model,
      minImprovement,
      bounded: {},
      noise: undefined,
    },
    { compared, matchedPairsP: 0, recordings },
  );
  expect(outputs).toMatchObject({ better: verdict === 'better', verdict });
});
