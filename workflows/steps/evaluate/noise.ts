import { formatRate } from '../../document/rates.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { isBetter, type Measurement } from '../../plan/measurements.ts';
import type { Reader } from '../test-set.ts';
import { leftOutOfList, listOutput } from './list-output.ts';
import { type MeasuredSides, type ScoredRecording, scoredRecordings } from './scored-recordings.ts';

/** How far evaluations of the same models on the same dataset differ. */
export interface Noise {
  readonly evaluations: number;
  readonly recordings: number;
  /** The recordings that one of the models did not recognise alike in all evaluations, by name. */
  readonly unstable: readonly string[];
  readonly model: Spread;
  readonly against?: Spread;
}

/** What several evaluations measured of one model. */
interface Spread {
  readonly lowest: Measurement;
  readonly highest: Measurement;
}

/**
 * Compares what repeated evaluations recognised, recording by recording. A text says why that shows nothing: one of them has no numbers,
 * is partial, or tells too little. `recordings` is how many the dataset has; undefined when the service does not tell.
 */
export async function judgeNoise(
  repetitions: readonly (MeasuredSides | string)[],
  recordings: number | undefined,
  context: Reader,
): Promise<Noise | string> {
  const measured: MeasuredSides[] = [];
  for (const sides of repetitions) {
    if (typeof sides === 'string') return sides;
    measured.push(sides);
  }
  const spreads: Spread[] = [];
  const unstable = new Set<string>();
  let known = 0;
  for (const name of ['model', 'against'] as const) {
    const of = measured.flatMap((sides) => sides[name] ?? []);
    if (of.length === 0) continue;
    const heard: ReadonlyMap<string, ScoredRecording>[] = [];
    for (const one of of) {
      const read = await scoredRecordings(one, recordings, context);
      if (typeof read === 'string') return read;
      heard.push(read);
    }
    const all = new Set(heard.flatMap((one) => [...one.keys()]));
    const partial = heard.findIndex((one) => one.size < all.size);
    if (partial >= 0)
      return `evaluation ${of[partial]!.side.evaluation.displayName} is partial: it has results of ${heard[partial]!.size} of ${all.size} recordings`;
    for (const recording of all)
      if (new Set(heard.map((one) => one.get(recording)?.text)).size > 1) unstable.add(recording);
    known = all.size;
    spreads.push(spreadOf(of.map(({ measurement }) => measurement)));
  }
  const [model, against] = spreads as [Spread, Spread?];
  return {
    evaluations: repetitions.length,
    recordings: known,
    unstable: [...unstable].toSorted(),
    model,
    ...(against === undefined ? {} : { against }),
  };
}

function spreadOf(measurements: readonly Measurement[]): Spread {
  return {
    lowest: measurements.reduce((one, other) => (isBetter(other, one) ? other : one)),
    highest: measurements.reduce((one, other) => (isBetter(one, other) ? other : one)),
  };
}

/** The outputs about the noise; a text says why it is not known. */
export function noiseOutputs(
  noise: Noise | string,
  { evaluations, isCompared }: { readonly evaluations: number; readonly isCompared: boolean },
): Outputs {
  const passes = isCompared ? { noisePass: doubtOfNoise(noise) === undefined } : {};
  if (typeof noise === 'string') return { evaluations, noise: `cannot tell: ${noise}`, ...passes };
  const { unstable, recordings, model, against } = noise;
  const were =
    unstable.length === 0
      ? `all ${recordings} recordings were recognised alike`
      : `${unstable.length} of ${recordings} recordings were not recognised alike`;
  const other = against === undefined ? '' : `, that of the other model ${inWords(against)}`;
  return {
    evaluations,
    unstable: unstable.length,
    unstableRecordings: listOutput(unstable),
    noise: `${were} in ${evaluations} evaluations; the rate was ${inWords(model)}${other}${leftOutOfList(unstable, 'recording')}`,
    werNoiseLow: model.lowest.wer,
    werNoiseHigh: model.highest.wer,
    ...passes,
  };
}

function inWords({ lowest: { wer: low }, highest: { wer: high } }: Spread): string {
  return low === high ? `${formatRate(low)} in each` : `${formatRate(low, [high])} to ${formatRate(high, [low])}`;
}

/** Why a lower rate may be noise: the models were not apart in all evaluations, whichever are paired. Undefined when they were. */
export function doubtOfNoise(noise: Noise | string | undefined): string | undefined {
  if (noise === undefined) return undefined;
  if (typeof noise === 'string') return `cannot tell: ${noise}`;
  const { evaluations, model, against } = noise;
  if (against === undefined || isBetter(model.highest, against.lowest)) return undefined;
  const [highest, lowest] = [model.highest.wer, against.lowest.wer];
  const rates = [highest, lowest];
  return `not better: noise explains the difference, in ${evaluations} evaluations the highest rate of the model is ${formatRate(highest, rates)}, the lowest of the other ${formatRate(lowest, rates)}`;
}
