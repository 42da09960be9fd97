import { errorsIn, wordsIn } from './rank-utterances.ts';
import type { UtteranceScore } from './score-utterances.ts';
import { drawnParts } from './significance/compare-rates.ts';
import { fewestDrawn, type Interval } from './significance/few-utterances.ts';
import { pairedBootstrap } from './significance/paired-bootstrap.ts';

/**
 * The 95 % interval of the rate of one model, drawn as a comparison draws it: with the same seed a rate has one interval with another
 * model beside it and without. Undefined where utterances are too few for one, and without a word of the reference.
 */
export function rateInterval(
  utterances: readonly UtteranceScore[],
  { seed, speakerOf }: { readonly seed: number; readonly speakerOf?: ((id: string) => string | undefined) | undefined },
): Interval | undefined {
  if (utterances.length < fewestDrawn) return undefined;
  const { parts } = drawnParts(
    utterances.map(({ id, counts }) => {
      const errors = errorsIn(counts);
      return { words: wordsIn(counts), errorsBefore: errors, errorsAfter: errors, group: speakerOf?.(id) };
    }),
  );
  const drawn = pairedBootstrap(parts, { seed });
  return drawn && { low: drawn.after.low, high: drawn.after.high };
}
