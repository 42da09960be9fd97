import { counted } from '../../document/counted.ts';
import { ServiceError } from '../../engine/ports.ts';
import { StepFailure } from '../../engine/step-kind.ts';
import { isRefusal } from '../../engine/retries/unanswered.ts';
import { isUnproved, modelThatCounts, previousModelOf } from '../../plan/endpoint-proof.ts';
import { entityId } from '../../plan/identity.ts';
import { namesBeside, sameModel } from '../../plan/models.ts';
import { deletionOf } from '../deletion.ts';
import { enterPhase, type Change } from './change.ts';
import { deployModel, untilSettled } from './deploy-model.ts';
import { earOf, type Ear } from './recognition/hearing.ts';
import { inState, LeftAlone } from './in-state.ts';
import { markServed } from './marks.ts';
import { outputsOf } from './swap-outputs.ts';
import { tellApart } from './recognition/tell-apart.ts';
import type { Heard } from './until-heard.ts';

/**
 * Goes back to the previous model and fails the step, saying what was wrong and how going back went. An endpoint that somebody else has
 * given a model meanwhile is left as it is.
 */
export async function refuse(at: Change, fault: string): Promise<never> {
  const { endpoint, candidate, previous, wanted, smoke, streams, context } = at;
  // The fault is known: what becomes of a stream at its end adds nothing to it.
  await streams.end('at once').catch(() => undefined);
  enterPhase(at, 'back');
  const nothing: Heard = { kind: 'fault', fault };
  if (previous === '')
    throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputsOf(at, { model: candidate.self, heard: nothing }));
  context.report(`${fault}; going back to the previous model`);
  const state = `the endpoint is to serve the previous model ${entityId(previous)} again, which is not verified there: ${fault}; resume the run, or run the pipeline again, to go on from there`;
  const failuresBefore = smoke.failures;
  const heard = await inState(state, { context, act: async () => await goBack(at) }).catch((error: unknown) => {
    if (!(error instanceof LeftAlone)) throw error;
    const { model } = error;
    throw new StepFailure(`${fault}; ${error.message}`, outputsOf(at, { model, previous: model, isGiven: false }));
  });
  // The model that is taken back answers meanwhile: its failures say nothing about the previous one, and callers see them.
  const failed = smoke.failures - failuresBefore;
  const andFailures =
    failed === 0 ? '' : `; ${counted(failed, 'recognition')} failed on the way back (${smoke.lastFailure})`;
  const rolledBack = heard.kind !== 'fault';
  const outputs = outputsOf(at, { model: rolledBack ? previous : candidate.self, rolledBack, heard });
  if (heard.kind === 'heard')
    throw new StepFailure(`${fault}; went back to the previous model and verified it${andFailures}`, outputs);
  if (heard.kind === 'unheard') {
    const how = `the service says that the previous model serves again, and nobody has heard it: ${heard.why}`;
    throw new StepFailure(`${fault}; went back to the previous model: ${how}${andFailures}`, outputs);
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
    // The model before the one that is back is what a person goes back to next.
    const before = isUnproved(endpoint) ? undefined : previousModelOf(endpoint);
    const other = await markServed(context, endpoint, { model: previous, heard: heard.kind, before });
    return other === undefined ? heard : fault(other);
  } catch (error) {
    // Without an answer the step cannot know how going back went.
    if (context.signal.aborted || error instanceof LeftAlone || (error instanceof ServiceError && !isRefusal(error)))
      throw error;
    return fault(error instanceof Error ? error.message : String(error));
  }
}

/** Hears the previous model, as it was told from the candidate before the change. */
async function earBack(at: Change): Promise<Ear> {
  const { ear, other, inDoubt, previous, candidate, smoke, known, wanted, context } = at;
  // A model that the recordings tell from the candidate alone may be like the previous one on them.
  const isToldApart = inDoubt.every((model) => sameModel(previous, model) || sameModel(candidate.self, model));
  if (sameModel(previous, other) && isToldApart) return 'recordings' in ear ? ear.reversed() : ear;
  const most = wanted.verify?.discriminate ?? 0;
  const [name, nameOfCandidate] = namesBeside([previous, candidate.self], known);
  return earOf(await tellApart(context, { wanted: previous, other: candidate.self, inDoubt, most }), {
    smoke,
    names: { wanted: name, other: nameOfCandidate },
    context,
    isBack: true,
  });
}

/** What becomes of an endpoint that was made with the candidate, or had it before: there is nothing to go back to. */
export function unprovedAlone({ endpoint, candidate, wanted, context }: Change): string {
  const before = modelThatCounts(endpoint);
  if (before !== undefined && sameModel(candidate.self, before))
    return `endpoint ${wanted.endpoint} had this model before, so that there is none to go back to, and it stays unproved: the next run proves it again, or give the endpoint another model`;
  return `endpoint ${wanted.endpoint} has no previous model to go back to, stays unproved and is charged: the next run proves it again, or ${deletionOf(endpoint, context.ports)}`;
}
