import type { EvaluateSet, EvaluateWith } from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import type { PlainValue } from '../../document/yaml/plain-value.ts';
import type { Outputs, StepContext, StepInput } from '../../engine/step-kind.ts';
import { entityId } from '../../plan/identity.ts';
import { datasetOfParts, findAsOne } from '../../plan/part-sets.ts';
import type { Dataset, Evaluation } from '../../plan/speech-entities.ts';
import { type Ensured, untilEnded, withReason } from '../ensure.ts';
import { datasetNamed, ensureEvaluation, evaluationsAsOne } from './ensure-evaluation.ts';
import { type Evidence, readEvidence } from './gate.ts';
import { boundsInWords, isBounded, type Judgement, type NamedPart, verdictOfParts } from './judge-parts.ts';
import { listOutput } from './list-output.ts';
import { measuredSides, type Pair } from './measured-pair.ts';
import type { MeasuredSides } from './scored-recordings.ts';

/** A further test set of a step. */
export interface FurtherSet {
  readonly settings: EvaluateSet;
  /** As people call it: no two sets of a step have the same. */
  readonly name: string;
  readonly dataset: Dataset;
}

/** One whose evaluation is there, done or under way. */
export interface EnsuredSet extends FurtherSet {
  readonly ensured: Ensured;
}

/** One whose evaluation has ended, with what it says of the models; a text says why the recordings show nothing. */
export interface ReadSet extends EnsuredSet {
  /** Absent where the evaluation has no numbers. */
  readonly sides?: MeasuredSides;
  readonly evidence: Evidence | string;
}

/** The further sets of a step with their datasets; throws a {@link StepFailure} for one that is not there. */
export async function furtherSets(
  { sets = [] }: Pick<EvaluateWith, 'sets'>,
  context: StepContext,
): Promise<readonly FurtherSet[]> {
  const datasets = await Promise.all(sets.map(({ dataset }) => datasetNamed(dataset, context)));
  const names = namesOfSets(sets, (index) => datasets[index]?.displayName);
  return sets.map((settings, index) => ({ settings, name: names[index]!, dataset: datasets[index]! }));
}

function namesOfSets(
  sets: readonly EvaluateSet[],
  displayName: (index: number) => string | undefined,
): readonly string[] {
  const names: string[] = [];
  for (const [index, { name = displayName(index), dataset }] of sets.entries()) {
    const wanted = name ?? entityId(dataset);
    let own = wanted;
    for (let count = 2; names.includes(own); count += 1) own = `${wanted} (${count})`;
    names.push(own);
  }
  return names;
}

/** Finds or makes the evaluation of each set; none of them is waited for. */
export async function ensureSets(
  sets: readonly FurtherSet[],
  of: { readonly input: StepInput<EvaluateWith>; readonly pair: Pair; readonly context: StepContext },
): Promise<readonly EnsuredSet[]> {
  const { input, pair, context } = of;
  const ensured: EnsuredSet[] = [];
  for (const set of sets) {
    const name = `${input.with.name}: ${set.name}`;
    ensured.push({ ...set, ensured: await ensureEvaluation(input, context, { dataset: set.dataset, pair, name }) });
  }
  return ensured;
}

/** Waits for the evaluation of a set, and reads it. One that fails, or has no numbers, is told and does not fail the step. */
export async function readSet(
  set: EnsuredSet,
  { pair, context }: { readonly pair: Pair; readonly context: StepContext },
): Promise<ReadSet> {
  const evaluation = await untilEnded<Evaluation>(context, {
    what: `evaluation of ${set.name}`,
    collection: evaluationsAsOne(context),
    self: set.ensured.self,
  });
  if (evaluation.status !== 'Succeeded')
    return { ...set, evidence: withReason(`the service failed evaluation ${evaluation.displayName}`, evaluation) };
  const sides = measuredSides(evaluation, pair);
  if (typeof sides === 'string')
    return { ...set, evidence: `evaluation ${evaluation.displayName} has no word error rate` };
  const recordings = set.dataset.properties?.acceptedLineCount;
  const evidence = await readEvidence({ ...sides, recordings, minWords: set.settings['min-words'] }, context);
  return { ...set, sides, evidence };
}

/** The outputs about further sets, each with what it was judged; a set that is bounded and does not tell is not within its bounds. */
export function setOutputs(
  sets: readonly (ReadSet & { readonly judgement: Judgement | undefined })[],
  { pair, isCompared }: { readonly pair: Pair; readonly isCompared: boolean },
): Outputs {
  if (sets.length === 0) return {};
  const told = sets.map((set) => {
    const { judgement, settings, evidence } = set;
    const untold =
      typeof evidence === 'string' ? evidence : judgement === undefined ? 'its files have no words' : undefined;
    const passed = untold !== undefined && isBounded(settings, { isCompared }) ? false : judgement?.passed;
    return { ...set, untold, passed, sentence: untold === undefined ? judgement?.sentence : `cannot tell: ${untold}` };
  });
  const bounded = told.filter(({ settings }) => isBounded(settings, { isCompared }));
  const named = bounded.map(({ name, judgement, untold, passed, sentence }): NamedPart => ({
    name,
    rate: judgement?.rate ?? { value: null },
    untold,
    ...(passed === undefined ? {} : { passed }),
    ...(sentence === undefined ? {} : { sentence }),
  }));
  return {
    sets: listOutput(told.map((set) => shownSet(set, pair))),
    ...(bounded.length === 0
      ? {}
      : {
          setsPass: bounded.every(({ passed }) => passed !== false),
          setsVerdict: verdictOfParts([['sets', named]]),
        }),
  };
}

/** As the evidence of the run reads it, by the names that the outputs of the step itself have there. */
function shownSet(
  set: ReadSet & {
    readonly judgement: Judgement | undefined;
    readonly untold: string | undefined;
    readonly passed: boolean | undefined;
    readonly sentence: string | undefined;
  },
  { model, against }: Pair,
): object {
  const { name, ensured, sides, evidence, judgement, untold } = set;
  const rateOf = (side: keyof MeasuredSides, judged: Judgement['rate'] | undefined): object | undefined => {
    const measurement = sides?.[side]?.measurement;
    if (measurement === undefined) return undefined;
    const { low, high, utterances } = judged ?? {};
    return { value: measurement.wer, low, high, utterances, ...measurement.counts };
  };
  const matchedPairsPValue = typeof evidence === 'string' ? undefined : evidence.matchedPairsP;
  return {
    name,
    evaluation: ensured.self,
    reused: ensured.action === 'reuse',
    model: model.self,
    against: against?.self,
    rate: rateOf('model', judgement?.rate),
    againstRate: rateOf('against', judgement?.againstRate),
    comparison: judgement?.comparison && { ...judgement.comparison, matchedPairsPValue },
    incomplete: untold,
    bound: set.settings['max-wer'],
    regressionBound: against === undefined ? undefined : set.settings['max-regression'],
    passed: set.passed,
    sentence: set.sentence,
  };
}

/** Which further sets are measured and what is asked of them, as the end of a plan's sentence; empty where there are none. */
export function setsInWords(sets: readonly EvaluateSet[], datasets: readonly Dataset[]): string {
  const displayName = (index: number): string | undefined =>
    findAsOne(sets[index]?.dataset ?? '', {
      find: (one) => datasets.find(({ self }) => entityId(self) === entityId(one)),
      join: datasetOfParts,
    })?.displayName;
  const names = namesOfSets(sets, displayName);
  const described = sets.map((set, index) => {
    const bounds = boundsInWords(set).map((bound) => `not ${bound}`);
    return `${names[index]}${bounds.length === 0 ? '' : ` (${bounds.join(', ')})`}`;
  });
  return sets.length === 0 ? '' : `, and on ${described.join(', ')}`;
}

/** The rates on further sets, from the outputs of a step that has ended; the first few of them. */
export function ratesOnSets({ sets }: Readonly<Record<string, PlainValue>>): readonly string[] {
  if (typeof sets !== 'string') return [];
  const told = JSON.parse(sets) as readonly ToldSet[];
  const texts = told.map(({ name, rate, againstRate }) => {
    const rates = [rate?.value, againstRate?.value].filter((value) => value !== undefined);
    return `${name} ${rates.length === 0 ? 'not known' : rates.map((one) => formatRate(one, rates)).join(' against ')}`;
  });
  return texts.length > mostTold ? [...texts.slice(0, mostTold), `${texts.length - mostTold} more sets`] : texts;
}

interface ToldSet {
  readonly name: string;
  readonly rate?: { readonly value: number };
  readonly againstRate?: { readonly value: number };
}

const mostTold = 3;
