import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import { StepFailure } from '../../engine/step-kind.ts';
import { isUnproved } from '../../plan/endpoint-proof.ts';
import type { Change } from './change.ts';
import type { Ear, Hearing, Tally } from './recognition/hearing.ts';
import { inState, nothingChanged, unchanged } from './in-state.ts';
import { outputsOf } from './swap-outputs.ts';
import { inWords } from './until-heard.ts';
import { werFault } from './wer-bounds.ts';

/**
 * The way to hear the candidate after the change. Fails the step before it has changed anything, where the endpoint or the way to it
 * is not as it should be; a step that takes a model back tells that, for it may be the reason. Opens the streams.
 */
export async function checkBefore(at: Change): Promise<Ear> {
  const { endpoint, ear, smoke, streams, wanted, context } = at;
  // An endpoint whose deployment failed serves nothing that could be tried.
  if (endpoint.status !== 'Succeeded') return ear;
  const refusal = (why: string): StepFailure =>
    new StepFailure(`${why}; ${nothingChanged(context)}`, outputsOf(at, { model: endpoint.model?.self ?? '' }));
  const { before, tally } = await inState(unchanged({ wanted, context }), {
    context,
    act: async () => ({ before: await smoke.all(), tally: 'recordings' in ear ? await ear.round() : undefined }),
  });
  if (smoke.failures > 0 && at.takesBack !== undefined)
    context.report(`${counted(smoke.failures, 'recognition')} failed before the way back (${smoke.lastFailure})`);
  else if (smoke.failures > 0) {
    throw refusal(
      `Mend endpoint ${wanted.endpoint} or the smoke audio first: ${counted(smoke.failures, 'recognition')} failed before the swap (${smoke.lastFailure})`,
    );
  }
  if (before.wer !== null) context.report(`smoke audio before: WER ${formatRate(before.wer)}`);
  if ('why' in ear) context.report(`nothing will tell which model answers: ${ear.why}`);
  else if (tally !== undefined) {
    context.report(`before the change, ${inWords(tally, ear)}`);
    // Which of two models answers on an endpoint whose last swap was not proved is what nobody knows.
    if (!ear.isModel(tally.other) && !isUnproved(endpoint) && at.takesBack === undefined) {
      throw refusal(
        `Look at endpoint ${wanted.endpoint} first, which does not answer as the model that it serves: ${inWords(tally, ear)}. The way of recognition ignores the id of the endpoint, or the endpoint is still being redeployed, or has fallen back to another model`,
      );
    }
  }
  await inState(unchanged({ wanted, context }), { context, act: async () => await streams.begin() });
  const fault = streams.fault('before the swap');
  if (fault !== undefined)
    throw refusal(`Mend endpoint ${wanted.endpoint} first, or let \`verify.streams\` be fewer: ${fault}`);
  const refused = await besideStreams(at);
  if (refused !== undefined) throw refusal(refused);
  streams.collect();
  const slow = slowness(at, 'before');
  if (slow !== undefined)
    throw refusal(
      `Let \`verify.max-latency\` be longer, or the smoke audio shorter: slow before the swap already, ${slow}`,
    );
  return 'recordings' in ear && tally !== undefined && isUnproved(endpoint) ? earOfUnproved(at, { ear, tally }) : ear;
}

/**
 * Where the last swap was not proved, the model before it may answer for ever, which the recordings were not chosen to tell from the
 * candidate. A recording that is answered as by the candidate before the change says nothing after it.
 */
function earOfUnproved(
  { wanted, context }: Change,
  { ear, tally }: { readonly ear: Hearing; readonly tally: Tally },
): Ear {
  if (tally.wanted === 0) return ear;
  const already = `of ${counted(ear.recordings.length, 'recording')} ${tally.wanted} are answered as by ${ear.names.wanted} on endpoint ${wanted.endpoint} before the change already`;
  if (tally.unlikeWanted.length === 0) return { why: already };
  context.report(`${already}, and tell nothing after it`);
  return ear.only(tally.unlikeWanted);
}

/** Why the proof of the new model could not be had while the streams are open; undefined when one recognition is answered beside them. */
async function besideStreams({ smoke, streams, wanted, context }: Change): Promise<string | undefined> {
  const { streams: count } = streams.counts();
  if (count === 0) return undefined;
  const advice = 'Let `verify.streams` be fewer, or ask Microsoft for more concurrent requests of the endpoint';
  const state = `no recognition was answered beside ${count} streams. ${advice}; ${unchanged({ wanted, context })}`;
  const failuresBefore = smoke.failures;
  await inState(state, { context, act: async () => await smoke.one() });
  if (smoke.failures === failuresBefore) return undefined;
  return `${advice}: a recognition failed beside ${count} streams (${smoke.lastFailure})`;
}

/**
 * The fault of the model that the endpoint serves now, if it has one: failed recognitions, streams that callers would have lost, a
 * word error rate above its bounds, or slow answers. Ends the streams.
 */
export async function faultAfter(at: Change): Promise<string | undefined> {
  const { smoke, streams, wanted, evaluated, context } = at;
  const after = await smoke.all();
  await streams.end();
  if (after.wer !== null) context.report(`smoke audio after: WER ${formatRate(after.wer)}`);
  const latencies = smoke.latencies.inWords();
  if (latencies !== '') context.report(latencies);
  if (after.failures > 0)
    return `${counted(after.failures, 'recognition')} of the smoke audio failed after the swap (${smoke.lastFailure})`;
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
