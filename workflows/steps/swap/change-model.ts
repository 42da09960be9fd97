import type { SwapWith } from '../../../schemas/types.gen.ts';
import { ServiceError } from '../../engine/ports.ts';
import { StepFailure, type StepContext, type StepOutcome } from '../../engine/step-kind.ts';
import { isRefusal } from '../../engine/unanswered.ts';
import { formatRate } from '../../document/rates.ts';
import { isUnproved } from '../../plan/endpoint-proof.ts';
import { timeAt } from '../../engine/observe.ts';
import { entityId } from '../../plan/identity.ts';
import { expiryOf, sameModel, transcribesUntil } from '../../plan/models.ts';
import { deletionOf } from '../deletion.ts';
import { deployModel, untilSettled, type Change } from './deploy-model.ts';
import { inState } from './in-state.ts';
import { markProved } from './marks.ts';
import type { SmokeTest } from './smoke-test.ts';

/** Proves the candidate on an endpoint that was made with it; throws a {@link StepFailure} that says what speaks against it. */
export async function proveNew(at: Change): Promise<StepOutcome> {
  const fault = await proveCandidate(at);
  const outputs = outputsOf(at, { model: at.candidate.self, previous: '', created: true });
  if (fault === undefined) return { kind: 'done', outputs };
  throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputs);
}

/** What becomes of an endpoint that was made with the candidate: there is nothing to go back to. */
function unprovedAlone({ endpoint, wanted, context }: Pick<Change, 'endpoint' | 'wanted' | 'context'>): string {
  return `endpoint ${wanted.endpoint} has no previous model to go back to, stays unproved and is charged: the next run proves it again, or ${deletionOf(endpoint, context.ports)}`;
}

/** Recognises the smoke audio on the endpoint that serves the candidate, and marks it as proved; answers what speaks against it. */
async function proveCandidate(at: Change): Promise<string | undefined> {
  const { endpoint, candidate, wanted, smoke, context } = at;
  return await inState(notProved(at, 'serves'), {
    context,
    async act() {
      const found = await faultAfter(smoke, wanted, context);
      if (found === undefined) await markProved(context, endpoint, candidate.self);
      return found;
    },
  });
}

/** Nothing to change, but the proof is asked for all the same: an earlier run may have ended between change and proof. */
export async function alreadyServed(at: Change, noted: string): Promise<StepOutcome> {
  const { endpoint, candidate, wanted, smoke, context } = at;
  const unproved = isUnproved(endpoint);
  const state = unproved
    ? notProved(at, 'serves')
    : `endpoint ${wanted.endpoint} served ${candidate.displayName} before the run and was not changed`;
  const fault = await inState(state, {
    context,
    async act() {
      const found = await faultAfter(smoke, wanted, context);
      if (found === undefined && unproved) await markProved(context, endpoint, candidate.self);
      return found;
    },
  });
  const outputs = outputsOf(at, { model: candidate.self, previous: noted });
  if (fault === undefined) return { kind: unproved ? 'done' : 'reused', outputs };
  if (unproved) return await refuse(at, fault);
  throw new StepFailure(
    `${fault}; endpoint ${wanted.endpoint} served this model before the run and was not changed`,
    outputs,
  );
}

/** Gives the candidate to the endpoint and proves it there, or goes back and throws a {@link StepFailure} that says why. */
export async function changeModel(at: Change): Promise<StepOutcome> {
  const { endpoint, candidate, smoke, wanted, context } = at;
  // An endpoint whose deployment failed serves nothing that could be tried.
  const before = await inState(unchanged(wanted), {
    context,
    act: async () => (endpoint.status === 'Succeeded' ? await smoke.all() : { wer: null, failures: 0 }),
  });
  if (before.failures > 0) {
    throw new StepFailure(
      `Mend endpoint ${wanted.endpoint} or the smoke audio first: ${before.failures} recognitions failed before the swap (${smoke.lastFailure}); nothing was changed`,
      outputsOf(at, { model: endpoint.model?.self ?? '' }),
    );
  }
  if (before.wer !== null) context.report(`smoke audio before: WER ${formatRate(before.wer)}`);
  const failuresBefore = smoke.failures;
  const during = await inState(notProved(at, 'is to serve'), {
    context,
    act: async () =>
      (await deployModel(at, candidate.self)) ??
      (smoke.failures > failuresBefore
        ? `${smoke.failures} recognitions failed while it changed (${smoke.lastFailure})`
        : undefined),
  });
  if (during !== undefined) return await refuse(at, during);
  const after = await proveCandidate(at);
  if (after !== undefined) return await refuse(at, after);
  return {
    kind: 'done',
    outputs: outputsOf(at, { model: candidate.self }),
  };
}

/** Goes back to the previous model and fails the step, saying what was wrong and how going back went. */
async function refuse(at: Change, fault: string): Promise<never> {
  const { endpoint, candidate, previous, wanted, context } = at;
  const outputs = (rolledBack: boolean): ReturnType<typeof outputsOf> =>
    outputsOf(at, { model: rolledBack ? previous : candidate.self, rolledBack });
  if (previous === '') throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputs(false));
  context.report(`${fault}; going back to the previous model`);
  const state = `the endpoint is to serve the previous model ${entityId(previous)} again, which is not verified there: ${fault}; resume the run, or run the pipeline again, to go on from there`;
  const second = await inState(state, { context, act: async () => await goBack(at) });
  if (second === undefined) {
    throw new StepFailure(`${fault}; went back to the previous model and verified it`, outputs(true));
  }
  throw new StepFailure(
    `${fault}; going back to the previous model failed too: ${second}. Look at endpoint ${wanted.endpoint} (${entityId(endpoint.self)}) now`,
    outputs(false),
  );
}

/** Makes the endpoint serve the previous model again and verifies it; answers what went wrong. */
async function goBack(at: Change): Promise<string | undefined> {
  const { endpoint, previous, smoke, wanted, context } = at;
  try {
    // The service refuses another change while a deployment is under way.
    const { signal } = context;
    if ((await untilSettled(endpoint, { signal, wanted, context })) === undefined)
      return `The endpoint was at work for more than ${wanted['settle-timeout']} s (settle-timeout)`;
    const fault = await deployModel(at, previous);
    if (fault !== undefined) return fault;
    if ((await smoke.all()).failures > 0) return `recognitions fail: ${smoke.lastFailure}`;
    await markProved(context, endpoint, previous);
    return undefined;
  } catch (error) {
    // Without an answer the step cannot know how going back went.
    if (context.signal.aborted || (error instanceof ServiceError && !isRefusal(error))) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The state of the candidate, for the message of a step to which the service stops answering before the candidate is marked as
 * proved.
 */
export function notProved(
  { wanted, candidate, previous }: Pick<Change, 'wanted' | 'candidate' | 'previous'>,
  verb: 'serves' | 'is to serve',
): string {
  const orTakenBack = previous === '' ? '' : `, or taken back for model ${entityId(previous)}`;
  return `endpoint ${wanted.endpoint} ${verb} ${candidate.displayName}, which is not proved there: resume the run, or run the pipeline again, and it is proved${orTakenBack}`;
}

/**
 * The state of the endpoint, for the message of a step to which the service stops answering before the step has changed
 * anything.
 */
export function unchanged(wanted: SwapWith): string {
  return `endpoint ${wanted.endpoint} was not changed: resume the run, or run the pipeline again, to go on with the swap`;
}

/**
 * The fault of the model that the endpoint serves now, if it has one: failed recognitions, or a word error rate above the
 * bound.
 */
async function faultAfter(smoke: SmokeTest, wanted: SwapWith, context: StepContext): Promise<string | undefined> {
  const after = await smoke.all();
  if (after.wer !== null) context.report(`smoke audio after: WER ${formatRate(after.wer)}`);
  if (after.failures > 0)
    return `${after.failures} recognitions of the smoke audio failed after the swap (${smoke.lastFailure})`;
  const bound = wanted.verify?.['max-wer'];
  if (bound === undefined || after.wer === null || after.wer <= bound) return undefined;
  return `The smoke audio's word error rate is ${formatRate(after.wer, [bound])} after the swap, max-wer allows ${formatRate(bound, [after.wer])}`;
}

/** The outputs of a swap step. `model` is what the endpoint serves now; `previous` what it served before, where that is not as in `at`. */
function outputsOf(
  at: Change,
  now: {
    readonly model: string;
    readonly previous?: string;
    readonly created?: boolean;
    readonly rolledBack?: boolean;
  },
): Readonly<Record<string, string | number | boolean>> {
  const { endpoint, smoke, known, context } = at;
  const { model, previous = at.previous, created = false, rolledBack = false } = now;
  const served = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, model));
  return {
    endpoint: endpoint.self,
    model,
    ...(served === undefined ? {} : expiryOf(transcribesUntil(served), { observedAt: timeAt(context.ports) })),
    created,
    previousModel: previous,
    probes: smoke.probes,
    probeFailures: smoke.failures,
    probeRepeats: smoke.repeats,
    rolledBack,
  };
}
