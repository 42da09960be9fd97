import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { StepKind } from '../../engine/step-kind.ts';
import type { PlainValue } from '../../document/yaml/plain-value.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import { modelLacking, type KnownModels } from '../../plan/models.ts';
import { endpointNow, namedModel } from '../../plan/rests-on.ts';
import type { MissingObject } from '../../plan/step-plan.ts';
import { endpointTitle } from '../swap/plan-swap.ts';
import { liveEndpoint, liveInWords, nameOfLive } from './live-endpoint.ts';
import { choosePair } from './measured-pair.ts';
import { effects, evaluationsBilled, planEvaluate } from './plan-evaluate.ts';
import { ratesOnSets } from './sets.ts';

/** `evaluate`: the word error rate of a model on a dataset is known, beside another model's where one is named. */
export const evaluate: StepKind<EvaluateWith> = {
  uses: 'evaluate',
  dataFor: 'test',
  effects,
  plan: planEvaluate,
  bills: evaluationsBilled,

  reviewed: ({ known, waitsFor }) => ({
    known: {},
    unknown: ['wer', ...(known.against === undefined && waitsFor.length === 0 ? [] : ['werBefore'])],
  }),

  restsOn({ known: { live }, with: wanted, pipeline }, facts) {
    const known = { ...facts, locale: pipeline.locale };
    const pair = wanted === undefined ? undefined : choosePair(wanted, known);
    const { model, against } = typeof pair === 'object' ? pair : {};
    return {
      ...(live === undefined ? {} : endpointNow(live.replace(/^endpoint\//, ''), known)),
      ...(model && { 'the model measured is': namedModel(model.self, known) }),
      ...(against && { 'the model measured against is': namedModel(against.self, known) }),
    };
  },

  lacks({ known: { model, against, live }, pipeline }, facts) {
    const known = { ...facts, locale: pipeline.locale };
    return modelLacking(model, known) ?? modelLacking(against, known) ?? liveLacking(live, known);
  },

  async run(input, context) {
    // It knows how texts are compared, which takes long to load: plans do without.
    const { runEvaluate } = await import('./run-evaluate.ts');
    return await runEvaluate(input, context);
  },

  summarise(outputs) {
    const {
      wer,
      words,
      standIn,
      againstWer,
      againstStandIn,
      better,
      verdict,
      slicesVerdict,
      setsVerdict,
      termsVerdict,
      noise,
    } = outputs;
    const over = typeof words === 'number' ? ` over ${counted(words, 'word')}` : '';
    const rates = [wer, againstWer].filter((rate) => typeof rate === 'number');
    const inBrackets = (text: PlainValue | undefined): string => (typeof text === 'string' ? ` (${text})` : '');
    return [
      ...(typeof wer === 'number' ? [`WER ${formatRate(wer, rates)}${over}${inBrackets(standIn)}`] : []),
      ...(typeof againstWer === 'number'
        ? [
            `against ${formatRate(againstWer, rates)}${inBrackets(againstStandIn)}: ${typeof verdict === 'string' ? verdict : better === true ? 'better' : 'not better'}`,
          ]
        : []),
      ...ratesOnSets(outputs),
      // The verdict of a model that is better says it already.
      ...[
        ['slices', slicesVerdict],
        ['sets', setsVerdict],
        ['terms', termsVerdict],
        ['noise', noise],
      ].flatMap(([about, told]) =>
        typeof told === 'string' && !String(verdict).includes(told) ? [`${String(about)}: ${told}`] : [],
      ),
      ...liveInWords(outputs),
    ];
  },
};

/** Why the test set cannot be recognised through an endpoint. A step before this one may still create it. */
function liveLacking(live: string | undefined, known: KnownModels): MissingObject | undefined {
  if (live === undefined) return undefined;
  const found = liveEndpoint(live, known);
  return typeof found === 'string' ? { object: endpointTitle(nameOfLive(live), known), message: found } : undefined;
}
