import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { StepContext, StepInput } from '../../engine/step-kind.ts';
import type { Evaluation } from '../../plan/speech-entities.ts';
import { type Ensured, untilEnded, withReason } from '../ensure.ts';
import { ensureEvaluation, evaluationsAsOne, type WantedEvaluation } from './ensure-evaluation.ts';
import { measuredSides, type Pair } from './measured-pair.ts';
import { judgeNoise, type Noise } from './noise.ts';
import type { MeasuredSides } from './scored-recordings.ts';

/**
 * The evaluations that measure this, found or made, as many as `noise` asks for. The first is the one that a step without `noise` has. All are
 * there before one is waited for, so that the service works on them side by side.
 */
export async function ensureEvaluations(
  input: StepInput<EvaluateWith>,
  context: StepContext,
  wanted: WantedEvaluation,
): Promise<readonly [Ensured, ...Ensured[]]> {
  const first = await ensureEvaluation(input, context, wanted);
  const repetitions: Ensured[] = [];
  for (let repetition = 2; repetition <= (input.with.noise ?? 1); repetition += 1)
    repetitions.push(await ensureEvaluation(input, context, { ...wanted, repetition }));
  return [first, ...repetitions];
}

/** Waits for the repetitions of an evaluation: how far all of them differ, or why that is not known; undefined without a repetition. */
export async function noiseAmong(
  [first, ...repetitions]: readonly [MeasuredSides, ...Ensured[]],
  of: { readonly what: string; readonly pair: Pair; readonly recordings: number | undefined },
  context: StepContext,
): Promise<Noise | string | undefined> {
  if (repetitions.length === 0) return undefined;
  const sides: (MeasuredSides | string)[] = [first];
  for (const [index, { self }] of repetitions.entries()) {
    const what = `${of.what}, repetition ${index + 2}`;
    const collection = evaluationsAsOne(context);
    sides.push(sidesOfRepetition(await untilEnded<Evaluation>(context, { what, collection, self }), of.pair));
  }
  return await judgeNoise(sides, of.recordings, context);
}

/** Where a repetition measured the models, or why it shows nothing. */
function sidesOfRepetition(evaluation: Evaluation, pair: Pair): MeasuredSides | string {
  const { displayName, status } = evaluation;
  if (status !== 'Succeeded') return withReason(`evaluation ${displayName} is ${status}`, evaluation);
  const sides = measuredSides(evaluation, pair);
  return typeof sides === 'string' ? `evaluation ${displayName} has no word error rate` : sides;
}
