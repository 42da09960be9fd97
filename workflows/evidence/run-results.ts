import type {
  ResultsCost,
  ResultsDocument,
  ResultsMade,
  ResultsSet,
  ResultsStep,
  ResultsSwap,
  ResultsVerdict,
  RunDocument,
  RunStep,
} from '../../schemas/types.gen.ts';
import { entityId } from '../plan/identity.ts';
import { evaluatedSet, type EvaluatedTexts } from './evaluated-set.ts';
import { datasetIn, evaluationIn, hostOfObject, type KnownObjects, nameOfObject } from './known-objects.ts';
import { endsOf, lineageOf } from './lineage.ts';
import { nothingDone } from './nothing-done.ts';
import { shownOutputs, shownSets, type ShownValues } from './shown-outputs.ts';

/** What a run has left besides its record. */
export interface RunSources {
  readonly made: Omit<ResultsMade, 'startedAt' | 'finishedAt'>;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  /** What came out of a step, in a few words. */
  readonly summaryOf: (step: RunStep) => string;
  /** By test set (see {@link shownSets}) what its evaluation recognised, or why that is not known, in a sentence. */
  readonly texts: ReadonlyMap<string, EvaluatedTexts | string>;
  /** Undefined where the service has not told them. */
  readonly known: KnownObjects | undefined;
  /** Where the audio of an utterance of a test set is. */
  readonly audioOf?: ((setId: string, utterance: string) => string | undefined) | undefined;
}

/** The evidence of a run: of its record, of the objects that it names, and of what the models recognised in its test sets. */
export function runResults(record: RunDocument, sources: RunSources): ResultsDocument {
  const { made, inputs, known } = sources;
  const steps = Object.entries(record.steps);
  const swaps = steps.flatMap(([id, step], index) => {
    const later = steps.slice(index + 1).map(([, one]) => one);
    return swapOf(step, { id, known, later }) ?? [];
  });
  const lineage = lineageOf(record, { known, commit: made.commit });
  const sets = setsOf(record, sources);
  const cost = steps.flatMap(([id, step]) => costsOf(step, { id, known }));
  return {
    version: 1,
    source: 'run',
    title: record.pipeline,
    runId: record.runId,
    status: record.status,
    verdict: verdictOf(record, { swaps, sets, sources }),
    made: {
      ...made,
      ...(record.planHash === undefined ? {} : { planHash: record.planHash }),
      startedAt: record.startedAt,
      finishedAt: record.finishedAt,
    },
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    steps: steps.map(([id, step]) => decisionOf(step, { id, sources })),
    sets,
    swaps,
    lineage,
    expiry: endsOf(record, { known, lineage }),
    ...(cost.length === 0 ? {} : { cost }),
  };
}

function setsOf({ steps }: RunDocument, { texts, known, audioOf }: RunSources): readonly ResultsSet[] {
  return Object.entries(steps)
    .flatMap(([id, step]) => shownSets(id, step))
    .flatMap(
      (set) =>
        evaluatedSet({
          ...set,
          texts: texts.get(set.id) ?? 'What was recognised was not asked for.',
          known,
          audioOf: audioOf && ((utterance) => audioOf(set.id, utterance)),
        }) ?? [],
    );
}

function decisionOf(
  step: RunStep,
  { id, sources }: { readonly id: string; readonly sources: Pick<RunSources, 'summaryOf'> },
): ResultsStep {
  const { uses, status, reason, startedAt, finishedAt } = step;
  return {
    id,
    uses,
    status,
    sentence: step.error ?? sources.summaryOf(step),
    ...(reason === undefined ? {} : { reason }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

function verdictOf(
  record: RunDocument,
  of: {
    readonly swaps: readonly ResultsSwap[];
    readonly sets: readonly ResultsSet[];
    readonly sources: Pick<RunSources, 'summaryOf'>;
  },
): ResultsVerdict {
  const { sources } = of;
  const reasons = Object.entries(record.steps).flatMap(([id, step]) => reasonOf(step, { id, sources }) ?? []);
  return {
    passed: record.status === 'succeeded',
    sentence: sentenceOf(record, of),
    reasons: record.error === undefined ? reasons : [record.error, ...reasons],
  };
}

/** What a step has to do with the outcome: it failed, its condition decided, or it measured, changed an endpoint, deleted something, or asked or told a person. */
function reasonOf(
  step: RunStep,
  { id, sources }: { readonly id: string; readonly sources: Pick<RunSources, 'summaryOf'> },
): string | undefined {
  const { status, error, reason } = step;
  if (status === 'failed') return `${id} failed: ${error ?? 'no reason is known'}`;
  if (status === 'cancelled') return `${id} was cancelled: ${reason ?? 'nothing is known of it'}`;
  if (status === 'skipped') return reason === undefined ? undefined : `${id} was skipped: ${reason}`;
  const shown = shownOutputs(step);
  const decides = (['set.evaluation', 'swap.endpoint', 'decision.by', 'deletion.names', 'message.told'] as const).some(
    (place) => shown.text(place) !== undefined,
  );
  if (!decides && reason === undefined) return undefined;
  const summary = sources.summaryOf(step);
  const because = reason === undefined ? '' : `, because ${reason}`;
  return `${id}: ${summary === '' ? status : summary}${because}`;
}

function sentenceOf(
  record: RunDocument,
  { swaps, sets }: { readonly swaps: readonly ResultsSwap[]; readonly sets: readonly ResultsSet[] },
): string {
  const last = swaps.at(-1);
  if (record.status === 'cancelled') return 'The run was cancelled.';
  if (record.status === 'failed') {
    const failed = Object.entries(record.steps).flatMap(([id, { status }]) => (status === 'failed' ? [id] : []));
    const isBack = last?.proof === 'taken back';
    const tried = last?.triedModel === undefined ? '' : `: ${last.triedModel} was tried there and taken back`;
    const back = isBack ? ` Endpoint ${last.endpoint} has its previous model ${last.model} again${tried}.` : '';
    return failed.length === 0 ? 'The run failed.' : `The run failed at ${failed.join(', ')}.${back}`;
  }
  const nothing = nothingDone(record.steps);
  if (nothing !== undefined) return nothing;
  if (last?.proof === 'proved') return `${last.model} serves endpoint ${last.endpoint}.`;
  if (last !== undefined) return `${last.model} was given to endpoint ${last.endpoint}, and nobody has heard it there.`;
  const refused = sets.flatMap((set) => refusalOf(set) ?? []);
  if (refused.length > 0) return `${refused.join('; ')}; no endpoint was changed.`;
  return 'The run succeeded, and changed no endpoint.';
}

/** That a model was not taken, and why. One whose difference chance does not explain was refused for something else. */
function refusalOf({ id, comparison, decision }: ResultsSet): string | undefined {
  if (decision === undefined || decision.better) return undefined;
  const { sentence } = decision;
  if (comparison?.verdict === 'better') return `${id} was refused: ${sentence}`;
  return sentence.startsWith('not better') ? `${id} is ${sentence}` : `${id} is not better: ${sentence}`;
}

/** The change that a step has made behind an endpoint; undefined where it has changed nothing there. One of the later steps may have taken it back. */
function swapOf(
  step: RunStep,
  {
    id,
    known,
    later,
  }: { readonly id: string; readonly known: KnownObjects | undefined; readonly later: readonly RunStep[] },
): ResultsSwap | undefined {
  const shown = shownOutputs(step);
  const [endpoint, given] = [shown.text('swap.endpoint'), shown.text('swap.model')];
  if (endpoint === undefined || given === undefined || step.status === 'reused') return undefined;
  const previous = shown.text('swap.previousModel');
  const back =
    previous === undefined
      ? undefined
      : later.map(shownOutputs).find((one) => gives(one, { endpoint, model: previous }));
  const model = back === undefined ? given : (previous ?? given);
  const tried = back === undefined ? shown.text('swap.tried') : given;
  const takenBackAt = back === undefined ? shown.text('swap.takenBackAt') : back.text('swap.changedAt');
  const isTakenBack = back !== undefined || shown.flag('swap.takenBack') === true;
  const isAsBefore = previous !== undefined && entityId(previous) === entityId(model);
  if (step.status === 'failed' && isAsBefore && !isTakenBack) return undefined;
  const [changedAt, firstOfModel] = [shown.text('swap.changedAt'), shown.text('swap.firstOfModel')];
  const [lastOfPrevious, failures] = [shown.text('swap.lastOfPrevious'), shown.number('swap.failures')];
  const unheard = step.status === 'failed' ? 'unproved' : 'unheard';
  return {
    step: id,
    endpoint: nameOfObject(endpoint, known),
    ...hostOfObject(endpoint, known),
    model: nameOfObject(model, known),
    ...(previous === undefined ? {} : { previousModel: nameOfObject(previous, known) }),
    ...(tried === undefined ? {} : { triedModel: nameOfObject(tried, known) }),
    proof: isTakenBack
      ? 'taken back'
      : shown.flag('swap.heard') === true && step.status !== 'failed'
        ? 'proved'
        : unheard,
    ...(changedAt === undefined ? {} : { changedAt }),
    ...(takenBackAt === undefined ? {} : { takenBackAt }),
    ...(firstOfModel === undefined ? {} : { firstOfModel }),
    ...(lastOfPrevious === undefined ? {} : { lastOfPrevious }),
    ...(failures === undefined ? {} : { failures }),
    probes: step.series ?? [],
  };
}

/** Whether a step has given an endpoint a model. */
function gives(step: ShownValues, { endpoint, model }: { readonly endpoint: string; readonly model: string }): boolean {
  const [changed, given] = [step.text('swap.endpoint'), step.text('swap.model')];
  if (changed === undefined || given === undefined || step.text('swap.changedAt') === undefined) return false;
  return entityId(changed) === entityId(endpoint) && entityId(given) === entityId(model);
}

/** What the service bills for the evaluations that a step has made. */
function costsOf(
  step: RunStep,
  { id, known }: { readonly id: string; readonly known: KnownObjects | undefined },
): readonly ResultsCost[] {
  if (step.status !== 'succeeded') return [];
  // The step's own set is the first; a further one on the same dataset has the same evaluation.
  const sets = Map.groupBy(shownSets(id, step), ({ shown }) => shown.text('set.evaluation'));
  return [...sets.values()].flatMap(([first]) => (first === undefined ? [] : (costOf(first.shown, known) ?? [])));
}

/** Of one set: the hours of its dataset, once for each model and evaluation. Nothing where these were there before. */
function costOf(shown: ShownValues, known: KnownObjects | undefined): ResultsCost | undefined {
  const self = shown.text('set.evaluation');
  if (self === undefined || shown.flag('set.reused') === true) return undefined;
  const evaluation = known && evaluationIn(known, self);
  const dataset = known && datasetIn(known, evaluation?.dataset.self ?? '');
  const milliseconds = dataset?.properties?.durationMilliseconds;
  if (evaluation === undefined || milliseconds === undefined) return undefined;
  const times = shown.number('set.noise.made') ?? 1;
  if (times === 0) return undefined;
  const models = new Set([entityId(evaluation.model1.self), entityId(evaluation.model2.self)]).size;
  return {
    what: `evaluation ${evaluation.displayName}, ${models === 1 ? 'one model' : 'two models'}${times === 1 ? '' : `, ${times} times`}`,
    amount: Math.round((milliseconds / 3_600_000) * models * times * 10_000) / 10_000,
    unit: 'hours of audio',
  };
}
