import type { SwapWith } from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import type { LocalUtterance } from '../../engine/ports.ts';
import { StepFailure, type StepContext } from '../../engine/step-kind.ts';
import { measurementsOf } from '../../plan/measurements.ts';
import { evaluationsOfSets } from '../../plan/part-sets.ts';
import { profileOfLocale } from '../../scoring/normalise-text.ts';
import { scoreUtterances } from '../../scoring/score-utterances.ts';
import { unitOfLocale } from '../../scoring/tokenise.ts';
import { outlast } from '../ensure.ts';

/** What the newest evaluation of a model has found. */
export interface Evaluated {
  readonly wer: number;
  /** Its display name. */
  readonly evaluation: string;
}

/** Throws a {@link StepFailure} where the settings bound a word error rate, and the smoke audio has none, as its transcripts have no words. */
export function assertBoundable(
  utterances: readonly LocalUtterance[],
  { wanted, locale }: { readonly wanted: SwapWith; readonly locale: string },
): void {
  const { verify } = wanted;
  const bounds = (['max-wer', 'max-wer-above-evaluation'] as const).filter((name) => verify?.[name] !== undefined);
  if (verify === undefined || bounds.length === 0) return;
  const references = utterances.map(({ name, transcript }) => ({ id: name, text: transcript }));
  const both = { references, hypotheses: references };
  const { wordErrorRate } = scoreUtterances({ ...both, profile: profileOfLocale(locale), unit: unitOfLocale(locale) });
  if (wordErrorRate !== null) return;
  throw new StepFailure(
    `Write what is said into the transcript in ${verify.audio}: it has no word, so that ${bounds.join(' and ')} would bound nothing; nothing was changed`,
  );
}

/**
 * What the newest evaluation of the candidate has found, on all parts of a set together, where the settings bound the smoke audio by it; undefined where they do not, or
 * nothing has measured it, which is reported.
 */
export async function evaluationOf(
  candidate: { readonly self: string; readonly displayName: string },
  { wanted, context }: { readonly wanted: SwapWith; readonly context: StepContext },
): Promise<Evaluated | undefined> {
  if (wanted.verify?.['max-wer-above-evaluation'] === undefined) return undefined;
  const { ports, signal, report } = context;
  const evaluations = await outlast(context, async () => await ports.speech.evaluations.list({ signal }));
  const [newest] = measurementsOf(evaluationsOfSets(evaluations).whole, candidate.self);
  if (newest !== undefined) return { wer: newest.measurement.wer, evaluation: newest.evaluation.displayName };
  report(`no evaluation has measured ${candidate.displayName}: max-wer-above-evaluation bounds nothing`);
  return undefined;
}

/** Why the word error rate of the smoke audio is too high; undefined when it is not. `where`: it was heard there or then. */
export function werFault(
  wer: number,
  of: { readonly wanted: SwapWith; readonly evaluated: Evaluated | undefined; readonly where?: string },
): string | undefined {
  const { wanted, evaluated, where = 'after the swap' } = of;
  const { 'max-wer': most = Infinity, 'max-wer-above-evaluation': above } = wanted.verify ?? {};
  const is = (bound: number): string => `The smoke audio's word error rate is ${formatRate(wer, [bound])} ${where}`;
  if (wer > most) return `${is(most)}, max-wer allows ${formatRate(most, [wer])}`;
  if (above === undefined || evaluated === undefined) return undefined;
  const bound = evaluated.wer + above;
  // A sum of two rates is not exactly the rate that a person writes for it.
  if (wer <= bound + 1e-9) return undefined;
  return `${is(bound)}, evaluation ${evaluated.evaluation} found ${formatRate(evaluated.wer, [wer])} for the model, max-wer-above-evaluation allows ${formatRate(above)} more`;
}
