import { counted } from '../../document/counted.ts';
import path from 'node:path';
import type { SwapWith } from '../../../schemas/types.gen.ts';
import { observeModels } from '../../engine/observe.ts';
import {
  type Outputs,
  StepFailure,
  type StepContext,
  type StepInput,
  type StepOutcome,
} from '../../engine/step-kind.ts';
import { isGivenBy, isUnproved, wordOfRun } from '../../plan/endpoint-proof.ts';
import { entityId } from '../../plan/identity.ts';
import { endpointByName, namesBeside, sameModel, type KnownModels } from '../../plan/models.ts';
import type { BaseModel, CustomModel, Endpoint } from '../../plan/speech-entities.ts';
import { outlast } from '../ensure.ts';
import { withCanary } from './canary.ts';
import { alreadyServed, changeModel, proveNew } from './change-model.ts';
import { createEndpoint } from './create-endpoint.ts';
import type { Change } from './change.ts';
import { earOf, type Ear } from './recognition/hearing.ts';
import { givenBefore, inState, LeftAlone, notProved, unchanged } from './in-state.ts';
import { givenByOther, notedBefore, notedPrevious } from './marks.ts';
import { answersBefore, findCandidate, modelBehind, modelsInDoubt, noSuchEndpoint, whyUnfit } from './plan-swap.ts';
import { SmokeTest } from './recognition/smoke-test.ts';
import { Streams } from './recognition/streams.ts';
import { tellApart } from './recognition/tell-apart.ts';
import { goneBeforeWayBack, notTakenBack, wantedOf } from './way-back.ts';
import { assertBoundable, evaluationOf, type Evaluated } from './wer-bounds.ts';

/**
 * Gives the endpoint the model, with proof, and the previous one back on any doubt. A step that takes another one back is skipped where
 * somebody else has given the endpoint a model since.
 */
export async function runSwap(input: StepInput<SwapWith>, context: StepContext): Promise<StepOutcome> {
  const { with: written, folder } = input;
  if (written.verify?.channel === 'rest' && written.verify.streams > 0)
    throw new StepFailure('Let `verify.channel` be `sdk`, or leave `verify.streams` out: REST has no streams');
  const { known, wanted, candidate, existing } = await choose(input, context);
  const utterances =
    wanted.verify === undefined ? [] : await context.ports.data.utterances(path.resolve(folder, wanted.verify.audio));
  assertBoundable(utterances, { wanted, locale: input.pipeline.locale });

  const { endpoint, isNew } =
    existing === undefined
      ? await make(input, context, candidate)
      : { endpoint: await untilAtRest(existing, { wanted, context }), isNew: false };
  const { takesBack } = input;
  const taken = takesBack === undefined ? undefined : String(takesBack['model'] ?? '');
  if (taken !== undefined) {
    const own = [taken, candidate.self, String(takesBack?.['previousModel'] ?? '')];
    const other = givenByOther(endpoint, { endpoint, own });
    if (other !== undefined) return leave(new LeftAlone(other, { wanted, now: endpoint }));
  }
  const seen = { channel: wanted.verify?.channel, onAnswer: context.sample };
  const smoke = new SmokeTest(context, { endpoint, utterances, ...seen });
  const { latencies } = smoke;
  const streams = new Streams(context, { endpoint, utterances, count: wanted.verify?.streams ?? 0, latencies });
  const noted = isNew ? '' : notedPrevious(endpoint, known);
  const served = isNew ? '' : (endpoint.model?.self ?? '');
  const last = isUnproved(endpoint) ? noted : served;
  const previous = modelBehind(last, { candidate, known });
  const before = previous === '' ? '' : last;
  const isServed = !isNew && endpoint.status === 'Succeeded' && sameModel(candidate.self, served);
  const isDone = isServed && !isUnproved(endpoint);
  const isOwn = isDone && isGivenBy(wordOfRun(context), endpoint);
  // Which model answers until the candidate does is not known where the one before it was the same.
  const isSame = sameModel(candidate.self, isServed ? noted : served);
  const other = isSame ? undefined : answersBefore(isServed ? previous : served, known);
  const inDoubt = isNew ? [] : modelsInDoubt(endpoint, known);
  const standing = standingOf({ wanted, candidate, previous, endpoint, noted, isNew, isOwn, isServed, context });
  const ear = isDone
    ? { why: 'nothing is to be changed' }
    : await listen({ candidate, other, inDoubt, smoke, known, wanted, context, standing });
  const act = async (): Promise<Evaluated | undefined> => await evaluationOf(candidate, { wanted, context });
  const evaluated = await inState(standing.state, { ...standing, context, act });
  const how = { ear, smoke, streams, evaluated };
  const notes = takesBack === undefined ? undefined : notedBefore(takesBack) || entityId(candidate.self);
  const models = { candidate, before, previous, other, inDoubt, takesBack: taken, notes };
  const at: Change = { endpoint, ...models, isNew, ...how, known, wanted, context };
  return await withCanary({ at, isChange: !isNew && !isServed, utterances, pipeline: input.pipeline }, async () => {
    try {
      if (isNew) return await proveNew(at);
      return isServed ? await alreadyServed(at, noted) : await changeModel(at);
    } finally {
      await streams.stop();
    }
  }).catch((error: unknown) => {
    if (taken !== undefined && error instanceof LeftAlone) return leave(error);
    throw error;
  });
}

/** An endpoint that is no longer as this run has left it keeps what it has. */
function leave({ message }: LeftAlone): StepOutcome {
  return { kind: 'skipped', reason: message };
}

/** How the endpoint stands before the step has changed it, and what the step comes to when it ends then. */
interface Standing {
  readonly state: string;
  readonly outputs?: () => Outputs;
}

function standingOf(
  of: Pick<Change, 'wanted' | 'candidate' | 'previous' | 'endpoint' | 'isNew' | 'context'> & {
    readonly noted: string;
    readonly isOwn: boolean;
    readonly isServed: boolean;
  },
): Standing {
  const { endpoint, candidate, noted, isNew, isOwn, isServed } = of;
  if (isNew) return { state: notProved({ ...of, previous: '' }, 'serves') };
  if (!isOwn && !(isServed && isUnproved(endpoint))) return { state: unchanged(of) };
  const left = { endpoint: endpoint.self, model: candidate.self, previousModel: noted, rolledBack: false, given: true };
  return { state: isOwn ? givenBefore(of) : notProved(of, 'serves'), outputs: () => left };
}

/** A way to hear the candidate, found before anything is changed. */
async function listen(
  change: Pick<Change, 'candidate' | 'other' | 'inDoubt' | 'smoke' | 'known' | 'wanted' | 'context'> & {
    readonly standing: Standing;
  },
): Promise<Ear> {
  const { candidate, other, inDoubt, smoke, known, wanted, context, standing } = change;
  if (wanted.verify === undefined) return { why: 'the step has no `verify`' };
  const most = wanted.verify.discriminate;
  const apart = await inState(standing.state, {
    ...standing,
    context,
    act: async () => await tellApart(context, { wanted: candidate.self, other, inDoubt, most }),
  });
  if (apart.kind === 'apart')
    context.report(
      `${counted(apart.recordings.length, 'recording')} of evaluation ${apart.evaluation} ${apart.recordings.length === 1 ? 'tells' : 'tell'} the models apart`,
    );
  const [name, nameOfOther] = namesBeside([candidate.self, other], known);
  return earOf(apart, { smoke, names: { wanted: name, other: nameOfOther }, context });
}

/** The model to serve and the endpoint as it is now; throws a {@link StepFailure} when either cannot be used. Changes nothing. */
async function choose(
  input: StepInput<SwapWith>,
  context: StepContext,
): Promise<{
  readonly known: KnownModels;
  readonly wanted: SwapWith;
  readonly candidate: BaseModel | CustomModel;
  readonly existing: Endpoint | undefined;
}> {
  const { with: written, pipeline, takesBack } = input;
  const known = await inState(unchanged({ wanted: written, context }), {
    context,
    act: async () =>
      await outlast(
        context,
        async () => await observeModels(context.ports, { locale: pipeline.locale, signal: context.signal }),
      ),
  });
  const wanted = wantedOf(input, known);
  const existing = endpointByName(wanted.endpoint, known);
  if (typeof existing === 'string') throw new StepFailure(existing);
  const unfit = existing && whyUnfit(existing, pipeline);
  if (unfit !== undefined) throw new StepFailure(unfit);
  if (existing === undefined && takesBack !== undefined) throw goneBeforeWayBack(wanted);
  if (existing === undefined && !wanted.create) throw new StepFailure(noSuchEndpoint(wanted.endpoint, known));
  const candidate = findCandidate(wanted, known);
  if (typeof candidate === 'string')
    throw existing === undefined || takesBack === undefined
      ? new StepFailure(candidate)
      : notTakenBack(candidate, { wanted, existing, known, context });
  return { known, wanted, candidate, existing };
}

async function make(
  input: StepInput<SwapWith>,
  context: StepContext,
  candidate: BaseModel | CustomModel,
): Promise<{ readonly endpoint: Endpoint; readonly isNew: boolean }> {
  return await inState(notProved({ wanted: input.with, candidate, previous: '' }, 'is to serve'), {
    context,
    act: async () => await createEndpoint(input, context, candidate),
  });
}

/** The service refuses to change an endpoint that is at work. */
async function untilAtRest(
  { self }: Endpoint,
  { wanted, context }: Pick<Change, 'wanted' | 'context'>,
): Promise<Endpoint> {
  const { endpoints } = context.ports.speech;
  return await inState(unchanged({ wanted, context }), {
    context,
    act: async () => await endpoints.wait(self, { signal: context.signal, onTrouble: context.report }),
  });
}
