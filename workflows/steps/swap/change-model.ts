import type { SwapWith } from '../../../schemas/types.gen.ts';
import { StepFailure, type StepOutcome } from '../../engine/step-kind.ts';
import { formatRate } from '../../document/rates.ts';
import { isHeard, isUnproved } from '../../plan/endpoint-proof.ts';
import { entityId } from '../../plan/identity.ts';
import { enterPhase, settleBy, type Change } from './change.ts';
import { deployModel, whileRecognising } from './deploy-model.ts';
import { refuse, unprovedAlone } from './go-back.ts';
import { inState } from './in-state.ts';
import { markServed } from './marks.ts';
import { outputsOf } from './swap-outputs.ts';
import { inWords, untilHeard, type Heard } from './until-heard.ts';
import { werFault } from './wer-bounds.ts';

/** Proves the candidate on an endpoint that was made with it; throws a {@link StepFailure} that says what speaks against it. */
export async function proveNew(at: Change): Promise<StepOutcome> {
  const { heard, fault } = await proveServed(at);
  const outputs = outputsOf(at, { model: at.candidate.self, previous: '', created: true, heard });
  if (fault === undefined) return { kind: 'done', outputs };
  throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputs);
}

/** Hears the candidate on an endpoint that says that it serves it, and proves it there; answers what speaks against it. */
async function proveServed(at: Change): Promise<Proof> {
  const { endpoint, candidate, ear, context } = at;
  const end = settleBy(at);
  const { lastActionDateTime: since } = endpoint;
  return await inState(notProved(at, 'serves'), {
    context,
    async act(): Promise<Proof> {
      enterPhase(at, 'while');
      await at.streams.begin();
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
  const { endpoint, candidate, streams, context } = at;
  if (heard.kind === 'fault') return { heard, fault: heard.fault };
  return await inState(notProved(at, 'serves'), {
    context,
    async act() {
      enterPhase(at, 'after');
      // They are not open yet where the endpoint served nothing before.
      await streams.begin();
      const fault = await faultAfter(at);
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
  const { endpoint, candidate, wanted, context } = at;
  if (isUnproved(endpoint)) {
    const { heard, fault } = await proveServed(at);
    if (fault !== undefined) return await refuse(at, fault);
    return { kind: 'done', outputs: outputsOf(at, { model: candidate.self, previous: noted, heard }) };
  }
  const state = `endpoint ${wanted.endpoint} served ${candidate.displayName} before the run and was not changed`;
  enterPhase(at, 'after');
  const fault = await inState(state, { context, act: async () => await faultAfter(at) });
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
  enterPhase(at, 'while');
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
  const { endpoint, ear, smoke, streams, wanted, context } = at;
  // An endpoint whose deployment failed serves nothing that could be tried.
  if (endpoint.status !== 'Succeeded') return;
  const refusal = (why: string): StepFailure =>
    new StepFailure(`${why}; nothing was changed`, outputsOf(at, { model: endpoint.model?.self ?? '' }));
  const { before, tally } = await inState(unchanged(wanted), {
    context,
    act: async () => ({ before: await smoke.all(), tally: 'recordings' in ear ? await ear.round() : undefined }),
  });
  if (smoke.failures > 0) {
    throw refusal(
      `Mend endpoint ${wanted.endpoint} or the smoke audio first: ${smoke.failures} recognitions failed before the swap (${smoke.lastFailure})`,
    );
  }
  if (before.wer !== null) context.report(`smoke audio before: WER ${formatRate(before.wer)}`);
  if ('why' in ear) context.report(`nothing will tell which model answers: ${ear.why}`);
  else if (tally !== undefined) {
    context.report(`before the change, ${inWords(tally, ear)}`);
    // Which of two models answers on an endpoint whose last swap was not proved is what nobody knows.
    if (!ear.isModel(tally.other) && !isUnproved(endpoint)) {
      throw refusal(
        `Look at endpoint ${wanted.endpoint} first, which does not answer as the model that it serves: ${inWords(tally, ear)}. The way of recognition ignores the id of the endpoint, or the endpoint is still being redeployed, or has fallen back to another model`,
      );
    }
  }
  await inState(unchanged(wanted), { context, act: async () => await streams.begin() });
  const fault = streams.fault('before the swap');
  if (fault !== undefined)
    throw refusal(`Mend endpoint ${wanted.endpoint} first, or let \`verify.streams\` be fewer: ${fault}`);
  streams.collect();
  const slow = slowness(at, 'before');
  if (slow !== undefined)
    throw refusal(
      `Let \`verify.max-latency\` be longer, or the smoke audio shorter: slow before the swap already, ${slow}`,
    );
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
 * The fault of the model that the endpoint serves now, if it has one: failed recognitions, streams that callers would have lost, a
 * word error rate above its bounds, or slow answers. Ends the streams.
 */
async function faultAfter(at: Change): Promise<string | undefined> {
  const { smoke, streams, wanted, evaluated, context } = at;
  const after = await smoke.all();
  await streams.end();
  if (after.wer !== null) context.report(`smoke audio after: WER ${formatRate(after.wer)}`);
  const latencies = smoke.latencies.inWords();
  if (latencies !== '') context.report(latencies);
  if (after.failures > 0)
    return `${after.failures} recognitions of the smoke audio failed after the swap (${smoke.lastFailure})`;
  const tooWrong = after.wer === null ? undefined : werFault(after.wer, { wanted, evaluated });
  const tooSlow = slowness(at, 'after');
  return tooWrong ?? streams.fault('during the swap') ?? (tooSlow && `The endpoint is slow after the swap, ${tooSlow}`);
}

/** How the endpoint exceeds the bound on its latency in a phase, as the end of a sentence; undefined when it does not. */
function slowness({ smoke, wanted }: Change, phase: 'before' | 'after'): string | undefined {
  const bound = wanted.verify?.['max-latency'];
  const found = smoke.latencies.finalP95(phase);
  if (bound === undefined || found === undefined || found <= bound) return undefined;
  return `95 % of the final results come within ${found} s, max-latency allows ${bound} s`;
}
