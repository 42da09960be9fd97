import { counted } from '../../document/counted.ts';
import { type Outputs, StepFailure, type StepOutcome } from '../../engine/step-kind.ts';
import { isGivenBy, isHeard, isUnproved, wordOfRun } from '../../plan/endpoint-proof.ts';
import { enterPhase, settleBy, type Change } from './change.ts';
import { deployModel, whileRecognising } from './deploy-model.ts';
import { checkBefore, faultAfter } from './faults.ts';
import { refuse, unprovedAlone } from './go-back.ts';
import { givenBefore, inState, LeftAlone, notProved, nothingChanged, orStays, servedBefore } from './in-state.ts';
import { markServed } from './marks.ts';
import { outputsOf } from './swap-outputs.ts';
import { untilHeard, type Heard } from './until-heard.ts';

/** Proves the candidate on an endpoint that was made with it; throws a {@link StepFailure} that says what speaks against it. */
export async function proveNew(at: Change): Promise<StepOutcome> {
  const { heard, fault } = await proveServed(at);
  const outputs = outputsOf(at, { model: at.candidate.self, previous: '', created: true, heard });
  if (fault === undefined) return { kind: 'done', outputs };
  throw new StepFailure(`${fault}; ${unprovedAlone(at)}`, outputs);
}

/** Hears the candidate on an endpoint that says that it serves it, and proves it there; answers what speaks against it. */
async function proveServed(at: Change): Promise<Proof> {
  const { endpoint, candidate, ear, smoke, context } = at;
  const end = settleBy(at);
  const { lastActionDateTime: since } = endpoint;
  return await inState(notProved(at, 'serves'), {
    context,
    outputs: () => outputsLeft(at),
    async act(): Promise<Proof> {
      enterPhase(at, 'while');
      await at.streams.begin();
      // An endpoint that was just made has served no other model, so that there is nothing to wait for.
      if ('why' in ear && at.isNew) return await proveCandidate(at, { kind: 'unheard', why: ear.why });
      const failuresBefore = smoke.failures;
      const heard = await whileRecognising(at, {
        ear,
        act: async (signal) => await untilHeard(at, { model: candidate.self, ear, since, end, signal }),
      });
      return await proveCandidate(at, orFailures(heard, { smoke, failuresBefore, when: 'while it was heard' }));
    },
  });
}

/** The outputs of a swap that is ended while the candidate is being given to the endpoint, or is to be proved there. */
function outputsLeft(at: Change): Outputs {
  return outputsOf(at, { model: at.candidate.self, created: at.isNew });
}

/** What was heard on an endpoint, and what speaks against its model. */
interface Proof {
  readonly heard: Heard;
  readonly fault?: string | undefined;
}

/** Recognises the smoke audio on the endpoint that was heard, or could not be, and marks the candidate there. */
async function proveCandidate(at: Change, heard: Heard): Promise<Proof> {
  const { endpoint, candidate, notes, streams, context } = at;
  if (heard.kind === 'fault') return { heard, fault: heard.fault };
  return await inState(notProved(at, 'serves'), {
    context,
    async act() {
      enterPhase(at, 'after');
      // They are not open yet where the endpoint served nothing before.
      await streams.begin();
      const fault =
        (await faultAfter(at)) ??
        (await orStays(
          notProved(at, 'serves'),
          async () =>
            await markServed(context, endpoint, {
              model: candidate.self,
              heard: heard.kind,
              before: notes,
              by: wordOfRun(context),
            }),
        ));
      if (fault === undefined) context.report(heardInWords(heard));
      return { heard, fault };
    },
  });
}

function heardInWords(heard: Heard): string {
  if (heard.kind === 'heard') return `the endpoint answers as the model since ${heard.at} at the latest`;
  return `nobody has heard which model answers${heard.kind === 'unheard' ? `: ${heard.why}` : ''}`;
}

/**
 * Nothing to change, but the proof is asked for all the same: an earlier run may have ended between change and proof. What this run
 * gave the endpoint before its process was killed, or in an earlier attempt, it has `done`; the model of another run it has `reused`.
 */
export async function alreadyServed(at: Change, noted: string): Promise<StepOutcome> {
  const { endpoint, candidate, wanted, context } = at;
  if (isUnproved(endpoint)) {
    const { heard, fault } = await proveServed(at);
    if (fault !== undefined) return await goOnFrom(at, { heard, fault });
    return { kind: 'done', outputs: outputsOf(at, { model: candidate.self, previous: noted, heard }) };
  }
  const isOwn = isGivenBy(wordOfRun(context), endpoint);
  const isProved = isHeard(endpoint);
  const outputs = (): Outputs => outputsOf(at, { model: candidate.self, previous: noted, isProved, isGiven: isOwn });
  const state = isOwn ? givenBefore({ wanted, candidate }) : servedBefore(candidate.displayName, { wanted, context });
  enterPhase(at, 'after');
  const fault = await inState(state, { context, outputs, act: async () => await faultAfter(at) });
  if (!isProved) context.report(`nobody has heard that endpoint ${wanted.endpoint} answers as the model that it names`);
  if (fault === undefined) return { kind: isOwn ? 'done' : 'reused', outputs: outputs() };
  throw new StepFailure(`${fault}; ${isOwn ? state : servedBefore('this model', { wanted, context })}`, outputs());
}

/** Gives the candidate to the endpoint and proves it there, or goes back and throws a {@link StepFailure} that says why. */
export async function changeModel(found: Change): Promise<StepOutcome> {
  const ear = await checkBefore(found);
  const at = { ...found, ear };
  const { endpoint, candidate, smoke, context } = at;
  enterPhase(at, 'while');
  const failuresBefore = smoke.failures;
  const heard = await inState(notProved(at, 'is to serve'), {
    context,
    outputs: () => outputsLeft(at),
    async act(): Promise<Heard> {
      const deployed = await deployModel(at, { model: candidate.self, ear }).catch((error: unknown) => {
        if (!(error instanceof StepFailure) || error instanceof LeftAlone) throw error;
        throw new StepFailure(
          `${error.message}; ${nothingChanged(context)}`,
          outputsOf(at, { model: endpoint.model?.self ?? '' }),
        );
      });
      if (at.takesBack === undefined) return orFailures(deployed, { smoke, failuresBefore, when: 'while it changed' });
      const failed = smoke.failures - failuresBefore;
      if (failed > 0) context.report(`${counted(failed, 'recognition')} failed on the way back (${smoke.lastFailure})`);
      return deployed;
    },
  });
  const proof = await proveCandidate(at, heard);
  if (proof.fault !== undefined) return await goOnFrom(at, { ...proof, fault: proof.fault });
  return { kind: 'done', outputs: outputsOf(at, { model: candidate.self, heard }) };
}

/** Goes back after a fault, and fails. A step that takes a model back has none to go back to: its message says what is there now. */
async function goOnFrom(at: Change, { heard, fault }: Proof & { readonly fault: string }): Promise<never> {
  if (at.takesBack === undefined) return await refuse(at, fault);
  const { endpoint } = at.wanted;
  throw new StepFailure(
    `${fault}; look at endpoint ${endpoint} now: ${notProved({ ...at, previous: '' }, 'is to serve')}`,
    outputsOf(at, { model: at.candidate.self, heard }),
  );
}

/** What was heard, unless recognitions have failed meanwhile, which no caller may see. */
function orFailures(
  heard: Heard,
  of: Pick<Change, 'smoke'> & { readonly failuresBefore: number; readonly when: string },
): Heard {
  const { smoke, failuresBefore, when } = of;
  if (heard.kind === 'fault' || smoke.failures === failuresBefore) return heard;
  const failed = smoke.failures - failuresBefore;
  return { kind: 'fault', fault: `${counted(failed, 'recognition')} failed ${when} (${smoke.lastFailure})` };
}
