import { counted } from '../../document/counted.ts';
import { type LocalUtterance, ServiceError } from '../../engine/ports.ts';
import { StepFailure, type StepOutcome } from '../../engine/step-kind.ts';
import { formatRate } from '../../document/rates.ts';
import { isRefusal } from '../../engine/retries/unanswered.ts';
import { canariesOf, canaryName, canaryProperty } from '../../plan/canaries.ts';
import { swapMark, swapProperty } from '../../plan/endpoint-proof.ts';
import { digestOf, entityId } from '../../plan/identity.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import type { PipelineFacts } from '../../plan/step-plan.ts';
import { deletionOf } from '../deletion.ts';
import { customProperties, ensureEntity, outlast, withReason } from '../ensure.ts';
import { settleBy, type Change } from './change.ts';
import { untilSettled, whileRecognising } from './deploy-model.ts';
import { Hearing } from './recognition/hearing.ts';
import { inState, isGone, notChanged, unchanged, whileThere } from './in-state.ts';
import { markServed } from './marks.ts';
import { SmokeTest } from './recognition/smoke-test.ts';
import { outputsOf } from './swap-outputs.ts';
import { untilHeard, type Heard } from './until-heard.ts';
import { werFault } from './wer-bounds.ts';

/** A change that may be tried on a canary first. */
export interface CanaryChange {
  readonly at: Change;
  /** Whether the endpoint is to be given a model. One that serves the candidate has nothing to lose any more. */
  readonly isChange: boolean;
  readonly utterances: readonly LocalUtterance[];
  readonly pipeline: PipelineFacts;
}

/**
 * Does what a swap does with an endpoint. With `strategy: canary` an endpoint of its own gets the candidate first: when it is not
 * proved there, throws a {@link StepFailure}, and `act` is not called. In every outcome the canaries of the endpoint are removed
 * after it, also those that earlier runs have left.
 */
export async function withCanary(change: CanaryChange, act: () => Promise<StepOutcome>): Promise<StepOutcome> {
  const { at, isChange } = change;
  const { endpoint, known, wanted } = at;
  const isTried = wanted.strategy === 'canary' && isChange;
  const onEndpoint = async (): Promise<StepOutcome> => await whileThere(at, act);
  if (!isTried && canariesOf(endpoint, known).length === 0) return await onEndpoint();
  let outcome: StepOutcome;
  try {
    if (isTried) await tryCandidate(change);
    outcome = await onEndpoint();
  } catch (error) {
    throw await removedAfter(error, at);
  }
  const state = `endpoint ${wanted.endpoint} is as this swap was to leave it, and only its canary is still there, which is charged: resume the run, or run the pipeline again, and it is removed`;
  await inState(state, { context: at.context, act: async () => await remove(at) }).catch((error: unknown) => {
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    throw error instanceof StepFailure ? new StepFailure(`${error.message}; ${state}`, outputs) : error;
  });
  return outcome.kind === 'reused' ? { ...outcome, kind: 'done' } : outcome;
}

/** Proves the candidate on the canary of this run; throws a {@link StepFailure} that says what speaks against it. */
async function tryCandidate(change: CanaryChange): Promise<void> {
  const { at } = change;
  const { endpoint, candidate, wanted, context } = at;
  // Whether there is a canary then is told when it is removed, or could not be.
  const fault = await inState(unchanged({ wanted, context }), {
    context,
    act: async () => await faultOnCanary(change),
  });
  if (fault === undefined) return context.report(`${candidate.displayName} has passed on the canary`);
  const outputs = outputsOf(at, { model: endpoint.model?.self ?? '' });
  throw new StepFailure(`${fault}; this was a canary, and ${notChanged(at)}`, outputs);
}

async function faultOnCanary({ at, utterances, pipeline }: CanaryChange): Promise<string | undefined> {
  const { candidate, context } = at;
  const canary = await ensureCanary(at, pipeline);
  context.report(`deploying ${candidate.displayName} on the canary ${canary.name}, which is charged while it exists`);
  try {
    return await faultThere(at, { ...canary, utterances });
  } catch (error) {
    if (await isGone(error, { endpoint: canary, context })) return `The canary ${canary.name} was deleted by somebody`;
    throw error;
  }
}

async function faultThere(
  at: Change,
  {
    self,
    name,
    utterances,
  }: { readonly self: string; readonly name: string; readonly utterances: readonly LocalUtterance[] },
): Promise<string | undefined> {
  const { candidate, wanted, context } = at;
  const { signal } = context;
  const deployed = await untilSettled({ self }, { signal, wanted, context });
  if (deployed === undefined)
    return `The deployment of the canary ${name} did not end within ${wanted['settle-timeout']} s (settle-timeout)`;
  if (deployed.status !== 'Succeeded') return withReason(`The service failed the canary ${name}`, deployed);
  const mark = deployed.customProperties?.[swapProperty];
  // This run was killed after its canary was proved.
  if (mark !== undefined && mark !== swapMark('unproved', candidate.self)) return undefined;
  const smoke = new SmokeTest(context, { endpoint: deployed, utterances, channel: wanted.verify?.channel });
  const heard = await hear(at, { canary: deployed, name, smoke });
  if (heard.kind === 'fault') return heard.fault;
  const fault = await faultOfAnswers(at, { name, smoke });
  return fault ?? (await markServed(context, deployed, { model: candidate.self, heard: heard.kind }));
}

/** Waits until every recording that tells the models apart is answered as by the candidate, in two rounds in a row. */
async function hear(
  at: Change,
  { canary, name, smoke }: { readonly canary: Endpoint; readonly name: string; readonly smoke: SmokeTest },
): Promise<Heard> {
  const { candidate, context, wanted } = at;
  // A new endpoint has served no other model, so that there is nothing to wait for.
  if ('why' in at.ear) return { kind: 'unheard', why: at.ear.why };
  const { names, recordings } = at.ear;
  const ear = new Hearing(context, { smoke, names, recordings, isStrict: true });
  const on: Change = { ...at, endpoint: canary, isNew: true, ear, smoke, wanted: { ...wanted, endpoint: name } };
  const since = canary.lastActionDateTime;
  return await whileRecognising(on, {
    ear,
    act: async (signal) => await untilHeard(on, { model: candidate.self, ear, since, end: settleBy(at), signal }),
  });
}

/** What speaks against the candidate in the answers of its canary: failed recognitions, or a word error rate above the bounds. */
async function faultOfAnswers(
  { wanted, evaluated, context }: Change,
  { name, smoke }: { readonly name: string; readonly smoke: SmokeTest },
): Promise<string | undefined> {
  const { wer } = await smoke.all();
  if (smoke.failures > 0)
    return `${counted(smoke.failures, 'recognition')} failed on the canary ${name} (${smoke.lastFailure})`;
  if (wer !== null) context.report(`smoke audio on the canary: WER ${formatRate(wer)}`);
  return wer === null ? undefined : werFault(wer, { wanted, evaluated, where: `on the canary ${name}` });
}

/** The canary of this run, which is known again by its digest after the process was killed. */
async function ensureCanary(
  { endpoint, candidate, wanted, context }: Change,
  pipeline: PipelineFacts,
): Promise<{ readonly self: string; readonly name: string }> {
  const { endpoints } = context.ports.speech;
  const id = entityId(endpoint.self);
  const digest = digestOf('endpoint', { canaryOf: id, run: context.runId, model: entityId(candidate.self) });
  const name = canaryName(endpoint.displayName, context.runId);
  const { project, locale } = endpoint;
  const marks = { [canaryProperty]: id, [swapProperty]: swapMark('unproved', candidate.self) };
  try {
    const { self } = await ensureEntity<Endpoint>(context, {
      effect: 'create-endpoint',
      digest,
      collection: endpoints,
      async find() {
        const found = canariesOf(endpoint, { endpoints: await endpoints.list({ signal: context.signal }) });
        const own = found.find(({ customProperties: { 'speechops-digest': of } = {} }) => of === digest);
        return own && { action: 'reuse', entity: own };
      },
      create: async () =>
        await endpoints.create(
          {
            displayName: name,
            description: `Canary of endpoint ${endpoint.displayName}: removed when the swap has ended`,
            locale,
            model: { self: candidate.self },
            customProperties: { ...customProperties(digest, pipeline), ...marks },
            ...(project === undefined ? {} : { project }),
          },
          { signal: context.signal },
        ),
    });
    return { self, name };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // The service says 400 or 403 where a resource has all the endpoints that it may have.
    const isFull = /^(QuotaViolation|SkuLimitsExist)$/.test(error.code ?? '');
    if (!isFull && !isRefusal(error)) throw error;
    const advice = isFull
      ? 'Delete an endpoint that nobody uses, ask Microsoft for more endpoints, or leave `strategy: canary` out'
      : 'Leave `strategy: canary` out, or mend what the service refuses the canary for';
    throw new StepFailure(`${advice}: ${error.message}; ${notChanged({ wanted, context })}`);
  }
}

/** The error that the step ends with when its canaries are removed, or could not be. */
async function removedAfter(error: unknown, at: Change): Promise<unknown> {
  const { context } = at;
  try {
    await remove(at);
    return error;
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    const stays = `its canary is still there and is charged (${why}): the run removes it when it is resumed, or the next one that swaps endpoint ${at.wanted.endpoint}`;
    context.report(stays);
    if (error instanceof ServiceError) return new ServiceError(`${error.message}; ${stays}`, error);
    return error instanceof StepFailure ? new StepFailure(`${error.message}; ${stays}`, error.outputs) : error;
  }
}

/** Deletes every canary of the endpoint, also when the run was cancelled meanwhile. */
async function remove(at: Change): Promise<void> {
  const { context, endpoint } = at;
  for (;;) {
    const wasEnded = context.signal.aborted;
    try {
      await context.cleanUp('delete-endpoint', async ({ ports, signal }) => {
        const by = { ...context, ports, signal };
        const { endpoints } = ports.speech;
        const listed = await outlast(by, async () => await endpoints.list({ signal }));
        for (const canary of canariesOf(endpoint, { endpoints: listed }))
          await deleteCanary({ wanted: at.wanted, context: by }, canary);
      });
      return;
    } catch (error) {
      if (wasEnded || !context.signal.aborted) throw error;
    }
  }
}

/** The service deletes no endpoint that is being deployed: that is waited out, as long as settle-timeout. */
async function deleteCanary(
  { wanted, context }: Pick<Change, 'wanted' | 'context'>,
  { self, displayName }: Endpoint,
): Promise<void> {
  const { endpoints } = context.ports.speech;
  const { signal } = context;
  try {
    await outlast(context, async () => {
      const isThere = (await endpoints.get(self, { signal })) !== undefined;
      if (isThere && (await untilSettled({ self }, { signal, wanted, context })) === undefined)
        throw new StepFailure(
          `The canary ${displayName} was at work for more than ${wanted['settle-timeout']} s (settle-timeout), and the service deletes none that is`,
        );
      await endpoints.delete(self, { signal });
    });
    context.report(`canary ${displayName} removed`);
  } catch (error) {
    if (await isGone(error, { endpoint: { self }, context })) return;
    context.report(`Canary ${displayName} could not be removed: ${deletionOf({ self }, context.ports)}`);
    throw error;
  }
}
