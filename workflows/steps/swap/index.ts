import { counted } from '../../document/counted.ts';
import type { SwapWith } from '../../../schemas/types.gen.ts';
import type { StepKind } from '../../engine/step-kind.ts';
import { fromRelease, releaseFileOf } from '../../plan/released-model.ts';
import {
  changeOfEndpoint,
  endpointMade,
  endpointTitle,
  lackingOfSwap,
  modelsOfSwap,
  planSwap,
  reviewedSwap,
  settleSwap,
  swapBilled,
  swapEffects,
} from './plan-swap.ts';

/**
 * `swap`: the endpoint serves this model, proved by recognising smoke audio before, while and after it changes; on any
 * doubt it goes back to the previous model and the step fails. With `create` it makes the endpoint when there is none.
 */
export const swap: StepKind<SwapWith> = {
  uses: 'swap',
  effects: swapEffects,
  releaseFile: ({ known }) => releaseFileOf(known),
  swaps: ({ known: { endpoint, release, model } }) =>
    endpoint === undefined ? undefined : { endpoint, release, isReleased: model === fromRelease },
  settle: settleSwap,
  plan: planSwap,
  makes: endpointMade,
  lacks: lackingOfSwap,
  restsOn: modelsOfSwap,
  endpointChange: changeOfEndpoint,
  bills: swapBilled,
  reviewed: reviewedSwap,
  exclusive: ({ with: wanted, pipeline }) => endpointTitle(wanted.endpoint, pipeline),

  async run(input, context) {
    // It knows how texts are compared, which takes long to load: plans do without.
    const { runSwap } = await import('./run-swap.ts');
    return await runSwap(input, context);
  },

  summarise(outputs) {
    const { created, probes, probeFailures, probeRepeats, rolledBack, heard, discriminating, neitherAnswers } = outputs;
    const { streams, streamPhrases, streamPhrasesLost, streamDrops, streamFailures } = outputs;
    const isAny = (count: unknown): boolean => typeof count === 'number' && count > 0;
    return [
      ...(created === true ? ['a new endpoint'] : []),
      ...(isAny(probes) ? [`${counted(Number(probes), 'recognition')}, ${String(probeFailures)} failed`] : []),
      ...(isAny(probeRepeats) ? [`${String(probeRepeats)} repeated without an answer`] : []),
      ...(isAny(streams)
        ? [
            `${String(streams)} streams (${String(streamPhrasesLost)} of ${String(streamPhrases)} phrases lost, ${String(streamDrops)} drops, ${String(streamFailures)} failures)`,
          ]
        : []),
      ...(heard === true && isAny(discriminating) ? [`heard on ${counted(Number(discriminating), 'recording')}`] : []),
      ...(isAny(neitherAnswers) ? [`${String(neitherAnswers)} answers like neither model`] : []),
      ...(heard === false ? ['unheard: nobody knows which model answers'] : []),
      ...(rolledBack === true ? ['rolled back'] : []),
    ];
  },
};
