import type { SwapWith } from '../../../schemas/types.gen.ts';
import { ServiceError } from '../../engine/ports.ts';
import { StepFailure, type Outputs, type StepContext, type StepOutcome } from '../../engine/step-kind.ts';
import { isRefusal } from '../../engine/unanswered.ts';
import { formatRate } from '../../document/rates.ts';
import { isHeard, isUnproved } from '../../plan/endpoint-proof.ts';
import { timeAt } from '../../engine/observe.ts';
import { entityId } from '../../plan/identity.ts';
import { expiryOf, nameOf, sameModel, transcribesUntil } from '../../plan/models.ts';
import { deletionOf } from '../deletion.ts';
import { settleBy, type Change } from './change.ts';
import { deployModel, untilSettled, whileRecognising } from './deploy-model.ts';
import { earOf, type Ear } from './hearing.ts';
import { inState } from './in-state.ts';
import { markServed } from './marks.ts';
import type { SmokeTest } from './smoke-test.ts';
import { tellApart } from './tell-apart.ts';
import { inWords, untilHeard, type Heard } from './until-heard.ts';

/** Proves the candidate on an endpoint that was made with it; throws a {@link StepFailure} that says what speaks against it. */
export async function proveNew(at: Change): Promise<StepOutcome> {
  const { heard, fault } = await proveServed(at);
  const outputs = outputsOf(at, { model: at.candidate.self, previous: '', created: true, heard });
  if (fault === undefined) return { kind: 'done', outputs };
  throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputs);
}

/** What becomes of an endpoint that was made with the candidate: there is nothing to go back to. */
function unprovedAlone({ endpoint, wanted, context }: Pick<Change, 'endpoint' | 'wanted' | 'context'>): string {
  return `endpoint ${wanted.endpoint} has no previous model to go back to, stays unproved and is charged: the next run proves it again, or ${deletionOf(endpoint, context.ports)}`;
}

/** Hears the candidate on an endpoint that says that it serves it, and proves it there; answers what speaks against it. */
async function proveServed(at: Change): Promise<Proof> {
  const { endpoint, candidate, ear, context } = at;
  const end = settleBy(at);
  const { lastActionDateTime: since } = endpoint;
  return await inState(notProved(at, 'serves'), {
    context,
    async act(): Promise<Proof> {
      // An endpoint that was just made has served no other model, so that there is nothing to wait for.
      if ('why' in ear && at.isNew) return await proveCandidate(at, { kind: 'unheard', why: ear.why });
      const heard = await whileRecognising(at, {
        ear,
        act: async (signal) => await untilHeard(at, { model: candidate.self, ear, since, end, signal }),
      });
      return await proveCandidate(at, heard);
    },
  });
}

/** What was heard on an endpoint, and what speaks against its model. */
interface Proof {
  readonly heard: Heard;
  readonly fault?: string | undefined;
}

/** Recognises the smoke audio on the endpoint that was heard, or could not be, and marks the candidate there. */
async function proveCandidate(at: Change, heard: Heard): Promise<Proof> {
  const { endpoint, candidate, wanted, smoke, context } = at;
  if (heard.kind === 'fault') return { heard, fault: heard.fault };
  return await inState(notProved(at, 'serves'), {
    context,
    async act() {
      const fault = await faultAfter(smoke, wanted, context);
      if (fault === undefined) await markServed(context, endpoint, { model: candidate.self, heard: heard.kind });
      if (fault === undefined) context.report(heardInWords(heard));
      return { heard, fault };
    },
  });
}

function heardInWords(heard: Heard): string {
  if (heard.kind === 'heard') return `the endpoint answers as the model since ${heard.at} at the latest`;
  return `nobody has heard which model answers${heard.kind === 'unheard' ? `: ${heard.why}` : ''}`;
}

/** Nothing to change, but the proof is asked for all the same: an earlier run may have ended between change and proof. */
export async function alreadyServed(at: Change, noted: string): Promise<StepOutcome> {
  const { endpoint, candidate, wanted, smoke, context } = at;
  if (isUnproved(endpoint)) {
    const { heard, fault } = await proveServed(at);
    if (fault !== undefined) return await refuse(at, fault);
    return { kind: 'done', outputs: outputsOf(at, { model: candidate.self, previous: noted, heard }) };
  }
  const state = `endpoint ${wanted.endpoint} served ${candidate.displayName} before the run and was not changed`;
  const fault = await inState(state, { context, act: async () => await faultAfter(smoke, wanted, context) });
  const isProved = isHeard(endpoint);
  if (!isProved) context.report(`nobody has heard that endpoint ${wanted.endpoint} answers as the model that it names`);
  const outputs = outputsOf(at, { model: candidate.self, previous: noted, isProved });
  if (fault === undefined) return { kind: 'reused', outputs };
  throw new StepFailure(
    `${fault}; endpoint ${wanted.endpoint} served this model before the run and was not changed`,
    outputs,
  );
}

/** Gives the candidate to the endpoint and proves it there, or goes back and throws a {@link StepFailure} that says why. */
export async function changeModel(at: Change): Promise<StepOutcome> {
  const { endpoint, candidate, ear, smoke, context } = at;
  await checkBefore(at);
  const failuresBefore = smoke.failures;
  const heard = await inState(notProved(at, 'is to serve'), {
    context,
    async act(): Promise<Heard> {
      const found = await deployModel(at, { model: candidate.self, ear }).catch((error: unknown) => {
        if (!(error instanceof StepFailure)) throw error;
        throw new StepFailure(
          `${error.message}; nothing was changed`,
          outputsOf(at, { model: endpoint.model?.self ?? '' }),
        );
      });
      if (found.kind === 'fault' || smoke.failures === failuresBefore) return found;
      return { kind: 'fault', fault: `${smoke.failures} recognitions failed while it changed (${smoke.lastFailure})` };
    },
  });
  const proof = await proveCandidate(at, heard);
  if (proof.fault !== undefined) return await refuse(at, proof.fault);
  return { kind: 'done', outputs: outputsOf(at, { model: candidate.self, heard }) };
}

/** Fails the step before it has changed anything, where the endpoint or the way to it is not as it should be. */
async function checkBefore(at: Change): Promise<void> {
  const { endpoint, ear, smoke, wanted, context } = at;
  // An endpoint whose deployment failed serves nothing that could be tried.
  if (endpoint.status !== 'Succeeded') return;
  const { before, tally } = await inState(unchanged(wanted), {
    context,
    act: async () => ({ before: await smoke.all(), tally: 'recordings' in ear ? await ear.round() : undefined }),
  });
  const outputs = outputsOf(at, { model: endpoint.model?.self ?? '' });
  if (smoke.failures > 0) {
    throw new StepFailure(
      `Mend endpoint ${wanted.endpoint} or the smoke audio first: ${smoke.failures} recognitions failed before the swap (${smoke.lastFailure}); nothing was changed`,
      outputs,
    );
  }
  if (before.wer !== null) context.report(`smoke audio before: WER ${formatRate(before.wer)}`);
  if ('why' in ear) return context.report(`nothing will tell which model answers: ${ear.why}`);
  if (tally === undefined) return undefined;
  context.report(`before the change, ${inWords(tally, ear)}`);
  // Which of two models answers on an endpoint whose last swap was not proved is what nobody knows.
  if (ear.isModel(tally.other) || isUnproved(endpoint)) return undefined;
  throw new StepFailure(
    `Look at endpoint ${wanted.endpoint} first, which does not answer as the model that it serves: ${inWords(tally, ear)}. Either the way of recognition ignores the id of the endpoint, or the endpoint has fallen back to another model; nothing was changed`,
    outputs,
  );
}

/** Goes back to the previous model and fails the step, saying what was wrong and how going back went. */
async function refuse(at: Change, fault: string): Promise<never> {
  const { endpoint, candidate, previous, wanted, context } = at;
  const nothing: Heard = { kind: 'fault', fault };
  if (previous === '')
    throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputsOf(at, { model: candidate.self, heard: nothing }));
  context.report(`${fault}; going back to the previous model`);
  const state = `the endpoint is to serve the previous model ${entityId(previous)} again, which is not verified there: ${fault}; resume the run, or run the pipeline again, to go on from there`;
  const heard = await inState(state, { context, act: async () => await goBack(at) });
  const rolledBack = heard.kind !== 'fault';
  const outputs = outputsOf(at, { model: rolledBack ? previous : candidate.self, rolledBack, heard });
  if (heard.kind === 'heard')
    throw new StepFailure(`${fault}; went back to the previous model and verified it`, outputs);
  if (heard.kind === 'unheard') {
    const how = `the service says that the previous model serves again, and nobody has heard it: ${heard.why}`;
    throw new StepFailure(`${fault}; went back to the previous model: ${how}`, outputs);
  }
  throw new StepFailure(
    `${fault}; going back to the previous model failed too: ${heard.fault}. Look at endpoint ${wanted.endpoint} (${entityId(endpoint.self)}) now: nobody has heard which model answers there`,
    outputs,
  );
}

/** Makes the endpoint serve the previous model again and verifies it; answers what was heard, or what went wrong. */
async function goBack(at: Change): Promise<Heard> {
  const { endpoint, previous, smoke, wanted, context } = at;
  const fault = (text: string): Heard => ({ kind: 'fault', fault: text });
  try {
    const ear = await earBack(at);
    // The service refuses another change while a deployment is under way.
    const { signal } = context;
    if ((await untilSettled(endpoint, { signal, wanted, context })) === undefined)
      return fault(`The endpoint was at work for more than ${wanted['settle-timeout']} s (settle-timeout)`);
    const heard = await deployModel(at, { model: previous, ear });
    if (heard.kind === 'fault') return heard;
    if ((await smoke.all()).failures > 0) return fault(`recognitions fail: ${smoke.lastFailure}`);
    await markServed(context, endpoint, { model: previous, heard: heard.kind });
    return heard;
  } catch (error) {
    // Without an answer the step cannot know how going back went.
    if (context.signal.aborted || (error instanceof ServiceError && !isRefusal(error))) throw error;
    return fault(error instanceof Error ? error.message : String(error));
  }
}

/** Hears the previous model, as it was told from the candidate before the change. */
async function earBack({ ear, other, previous, candidate, smoke, known, wanted, context }: Change): Promise<Ear> {
  if (sameModel(previous, other)) return 'recordings' in ear ? ear.reversed() : ear;
  const most = wanted.verify?.discriminate ?? 0;
  return earOf(await tellApart(context, { wanted: previous, other: candidate.self, most }), {
    smoke,
    names: { wanted: nameOf(previous, known), other: candidate.displayName },
    context,
  });
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
    /** What this step has heard of that model. */
    readonly heard?: Heard;
    /** Whether an earlier one has. */
    readonly isProved?: boolean;
  },
): Outputs {
  const { smoke, known, context, ear } = at;
  const { model, previous = at.previous, created = false, rolledBack = false, heard, isProved = false } = now;
  const served = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, model));
  const { recordings = [], neither = 0, firstOfWanted, lastOfOther } = 'recordings' in ear ? ear : {};
  return {
    endpoint: at.endpoint.self,
    model,
    ...(served === undefined ? {} : expiryOf(transcribesUntil(served), { observedAt: timeAt(context.ports) })),
    created,
    previousModel: previous,
    probes: smoke.probes,
    probeFailures: smoke.failures,
    probeRepeats: smoke.repeats,
    rolledBack,
    heard: isProved || heard?.kind === 'heard',
    ...(heard?.kind === 'heard' ? { heardAt: heard.at } : {}),
    ...(firstOfWanted === undefined ? {} : { firstOfCandidate: firstOfWanted }),
    ...(lastOfOther === undefined ? {} : { lastOfPrevious: lastOfOther }),
    discriminating: recordings.length,
    neitherAnswers: neither,
  };
}
