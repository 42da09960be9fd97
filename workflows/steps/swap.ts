import path from 'node:path';
import type { SwapWith } from '../../schemas/types.gen.ts';
import { observeModels } from '../engine/observe.ts';
import { type NewEndpoint, ServiceError } from '../engine/ports.ts';
import { deadlineSignal } from '../engine/deadline-signal.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind, type StepOutcome } from '../engine/step-kind.ts';
import { formatRate } from '../language/rates.ts';
import type { Facts } from '../plan/facts.ts';
import {
  isUnproved,
  previousModelOf,
  previousModelProperty,
  swapMark,
  swapProperty,
  withEntries,
} from '../plan/endpoint-proof.ts';
import { digestOf, entityId, oldestUsable } from '../plan/identity.ts';
import { chooseModel, endpointByName, sameModel, type KnownModels } from '../plan/models.ts';
import type { BaseModel, CustomModel, Endpoint } from '../plan/speech-entities.ts';
import { decidedAtRunTime, type StepPlan, type StepPlanInput } from '../plan/step-plan.ts';
import { customProperties, ensureEntity, failureOf } from './_ensure.ts';
import { SmokeTest } from './_smoke-test.ts';

/**
 * `swap`: the endpoint serves this model, proved by recognising smoke audio before, while and after it changes; on any
 * doubt it goes back to the previous model and the step fails. Creates the endpoint when it does not exist.
 */
export const swap: StepKind<SwapWith> = {
  uses: 'swap',
  effects: ['create-project', 'create-endpoint', 'update-endpoint'],
  plan: planSwap,
  exclusive: ({ with: wanted, pipeline }) => `endpoint ${wanted.endpoint} (${pipeline.locale})`,

  async run(input, context) {
    const { with: wanted, pipeline, folder } = input;
    const known = await observeModels(context.ports, { locale: pipeline.locale, signal: context.signal });
    const candidate = findCandidate(wanted, known);
    if (typeof candidate === 'string') throw new StepFailure(candidate);
    const existing = endpointByName(wanted.endpoint, known);
    if (typeof existing === 'string') throw new StepFailure(existing);
    const utterances =
      wanted.verify === undefined ? [] : await context.ports.data.utterances(path.resolve(folder, wanted.verify.audio));

    if (existing === undefined) {
      const { endpoint, action } = await createEndpoint(input, context, candidate);
      const smoke = new SmokeTest(context, { endpoint, utterances });
      const fault = await faultAfter(smoke, wanted, context);
      const outputs = outputsOf({ endpoint, model: candidate.self, previous: '', smoke, rolledBack: false });
      if (fault === undefined) await markProved(context, endpoint, candidate.self);
      if (fault !== undefined)
        throw new StepFailure(
          `${fault}; there is no previous model to go back to, endpoint ${wanted.endpoint} is new`,
          outputs,
        );
      return { kind: action === 'reuse' ? 'reused' : 'done', outputs };
    }
    const endpoint = await context.ports.speech.endpoints.wait(existing.self, { signal: context.signal });
    const smoke = new SmokeTest(context, { endpoint, utterances });
    const noted = notedPrevious(endpoint, known);
    const previous = isUnproved(endpoint) ? noted : (endpoint.model?.self ?? '');
    const at: Change = { endpoint, candidate, previous, smoke, wanted, context };
    const isServed = endpoint.status === 'Succeeded' && sameModel(candidate.self, endpoint.model?.self);
    return isServed ? await alreadyServed(at, noted) : await changeModel(at);
  },
};

function planSwap(
  { known: partial, with: wanted, waitsFor, pipeline }: StepPlanInput<SwapWith>,
  facts: Facts,
): StepPlan {
  if (wanted === undefined) {
    return decidedAtRunTime(
      `make endpoint ${partial.endpoint ?? ''} serve the model once ${waitsFor.join(', ')} has finished`,
      { effects: swap.effects },
    );
  }
  const { endpoint: name } = wanted;
  const known = { ...facts, locale: pipeline.locale };
  const candidate = findCandidate(wanted, known);
  if (typeof candidate === 'string') return decidedAtRunTime(candidate, { effects: swap.effects });
  const endpoint = endpointByName(name, known);
  if (typeof endpoint === 'string') return decidedAtRunTime(endpoint, { effects: swap.effects });
  if (endpoint === undefined) {
    return {
      action: 'create',
      summary: `create endpoint ${name} with ${candidate.displayName}`,
      effects: swap.effects,
      outputs: {},
    };
  }
  if (endpoint.status === 'Succeeded' && sameModel(candidate.self, endpoint.model?.self)) {
    if (isUnproved(endpoint)) {
      const summary = `prove ${candidate.displayName} on endpoint ${name}: an earlier swap ended before its proof`;
      return { action: 'update', summary, effects: ['update-endpoint'], outputs: {} };
    }
    return {
      action: 'reuse',
      summary: `endpoint ${name} serves ${candidate.displayName} already`,
      effects: [],
      outputs: { endpoint: endpoint.self, model: candidate.self },
    };
  }
  const now = [...facts.models, ...facts.baseModels].find(({ self }) => sameModel(self, endpoint.model?.self));
  return {
    action: 'update',
    summary: `endpoint ${name}: ${now?.displayName ?? 'unknown model'} -> ${candidate.displayName}`,
    effects: ['update-endpoint'],
    outputs: {},
  };
}

/** The model to serve, or why it must not be: the service would accept some of these and fail or expire later. */
function findCandidate(wanted: SwapWith, known: KnownModels): BaseModel | CustomModel | string {
  const chosen = chooseModel(wanted.model, known);
  if (typeof chosen === 'string') return chosen;
  const model = [...known.models, ...known.baseModels].find(({ self }) => self === chosen.self);
  if (model === undefined) return `Check the model ${wanted.model}: the Speech resource has no such model`;
  const name = model.displayName;
  if (model.status !== undefined && model.status !== 'Succeeded')
    return `Choose a model that is Succeeded: ${name} is ${model.status}`;
  if (model.properties?.features?.supportsEndpoints === false)
    return `Choose a model that can be deployed: ${name} does not support endpoints`;
  const expiry = model.properties?.deprecationDates?.transcriptionDateTime;
  const daysLeft = expiry === undefined ? Infinity : (Date.parse(expiry) - Date.parse(known.observedAt)) / 86_400_000;
  const needed = wanted['min-days-left'];
  if (daysLeft < needed)
    return `Train a newer model: ${name} expires on ${expiry?.slice(0, 10)}, min-days-left asks for ${needed} days`;
  return model;
}

async function createEndpoint(
  { with: wanted, pipeline }: StepInput<SwapWith>,
  context: StepContext,
  candidate: { readonly self: string; readonly displayName: string },
): Promise<{ readonly endpoint: Endpoint; readonly action: 'create' | 'reuse' | 'adopt' }> {
  const { endpoints } = context.ports.speech;
  const digest = digestOf('endpoint', { name: wanted.endpoint, locale: pipeline.locale });
  const { action, self } = await ensureEntity<Endpoint>(context, {
    effect: 'create-endpoint',
    digest,
    find: async () => {
      const named = (await endpoints.list({ signal: context.signal })).filter(
        ({ displayName, locale }) => displayName === wanted.endpoint && locale === pipeline.locale,
      );
      return oldestUsable(named);
    },
    projectOf: pipeline,
    create: async (link) => {
      const body: NewEndpoint = {
        displayName: wanted.endpoint,
        locale: pipeline.locale,
        model: { self: candidate.self },
        customProperties: {
          ...customProperties(digest, pipeline),
          [swapProperty]: swapMark('unproved', candidate.self),
        },
        ...link,
      };
      return await endpoints.create(body, { signal: context.signal });
    },
  });
  context.report(`deploying ${candidate.displayName}`);
  const endpoint = await endpoints.wait(self, { signal: context.signal });
  if (endpoint.status !== 'Succeeded')
    throw new StepFailure(`The service failed the endpoint ${wanted.endpoint}: ${failureOf(endpoint)}`, {
      endpoint: self,
    });
  return { endpoint, action };
}

/** What the endpoint served before its last swap; empty when nobody noted it. */
function notedPrevious(endpoint: Endpoint, known: KnownModels): string {
  const id = previousModelOf(endpoint);
  return [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, id))?.self ?? '';
}

interface Change {
  readonly endpoint: Endpoint;
  readonly candidate: { readonly self: string; readonly displayName: string };
  /** What it goes back to: what it serves now, or what it served before a swap that was not proved. */
  readonly previous: string;
  readonly smoke: SmokeTest;
  readonly wanted: SwapWith;
  readonly context: StepContext;
}

/** Nothing to change, but the proof is asked for all the same: an earlier run may have ended between change and proof. */
async function alreadyServed(at: Change, noted: string): Promise<StepOutcome> {
  const { endpoint, candidate, wanted, smoke, context } = at;
  const unproved = isUnproved(endpoint);
  const fault = await faultAfter(smoke, wanted, context);
  const outputs = outputsOf({ endpoint, model: candidate.self, previous: noted, smoke, rolledBack: false });
  if (fault === undefined) {
    if (unproved) await markProved(context, endpoint, candidate.self);
    return { kind: unproved ? 'done' : 'reused', outputs };
  }
  if (unproved) return await refuse(at, fault);
  throw new StepFailure(
    `${fault}; endpoint ${wanted.endpoint} served this model before the run and was not changed`,
    outputs,
  );
}

async function changeModel(at: Change): Promise<StepOutcome> {
  const { endpoint, candidate, previous, smoke, wanted, context } = at;
  // An endpoint whose deployment failed serves nothing that could be tried.
  const before = endpoint.status === 'Succeeded' ? await smoke.all() : { wer: null, failures: 0 };
  if (before.failures > 0) {
    throw new StepFailure(
      `Mend endpoint ${wanted.endpoint} or the smoke audio first: ${before.failures} recognitions failed before the swap (${smoke.lastFailure}); nothing was changed`,
      outputsOf({ endpoint, model: endpoint.model?.self ?? '', previous, smoke, rolledBack: false }),
    );
  }
  if (before.wer !== null) context.report(`smoke audio before: WER ${formatRate(before.wer)}`);
  const failuresBefore = smoke.failures;
  const fault =
    (await deploy(at, candidate.self)) ??
    (smoke.failures > failuresBefore
      ? `${smoke.failures} recognitions failed while it changed (${smoke.lastFailure})`
      : undefined) ??
    (await faultAfter(smoke, wanted, context));
  if (fault !== undefined) return await refuse(at, fault);
  await markProved(context, endpoint, candidate.self);
  return {
    kind: 'done',
    outputs: outputsOf({ endpoint, model: candidate.self, previous, smoke, rolledBack: false }),
  };
}

/** Goes back to the previous model and fails the step, saying what was wrong and how going back went. */
async function refuse(at: Change, fault: string): Promise<never> {
  const { endpoint, candidate, previous, smoke, wanted, context } = at;
  const outputs = (rolledBack: boolean): ReturnType<typeof outputsOf> =>
    outputsOf({ endpoint, model: rolledBack ? previous : candidate.self, previous, smoke, rolledBack });
  if (previous === '') throw new StepFailure(`${fault}; there is no previous model to go back to`, outputs(false));
  context.report(`${fault}; going back to the previous model`);
  const second = await goBack(at);
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
    const timeout = deadlineSignal(wanted['settle-timeout'] * 1000);
    await context.ports.speech.endpoints.wait(endpoint.self, { signal: AbortSignal.any([context.signal, timeout]) });
    const fault = await deploy(at, previous);
    if (fault !== undefined) return fault;
    if ((await smoke.all()).failures > 0) return `recognitions fail: ${smoke.lastFailure}`;
    await markProved(context, endpoint, previous);
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Makes the endpoint serve the model and recognises smoke audio meanwhile; answers what went wrong. */
async function deploy(at: Change, model: string): Promise<string | undefined> {
  const { endpoint, smoke, wanted, context } = at;
  const { endpoints } = context.ports.speech;
  const settleSeconds = wanted['settle-timeout'];
  const { since } = await patchModel(at, model);
  const timeout = deadlineSignal(settleSeconds * 1000);
  const settling = endpoints.wait(endpoint.self, {
    signal: AbortSignal.any([context.signal, timeout]),
    // Right after the change the endpoint may still show its old state: only a state entered later is an answer.
    until: (read) =>
      (read.status === 'Failed' && read.lastActionDateTime >= since) ||
      (read.status === 'Succeeded' && (sameModel(model, read.model?.self) || read.lastActionDateTime > since)),
    onRead: (read) => context.report(`endpoint is ${read.status}, ${smoke.summary()}`),
  });
  try {
    const settled = await smoke.during(settling, { everySeconds: wanted.verify?.every ?? 1 });
    if (settled.status === 'Failed') return `The deployment failed: ${failureOf(settled)}`;
    if (!sameModel(model, settled.model?.self)) {
      return `The endpoint serves model ${entityId(settled.model?.self ?? 'none')} and not the model it was given`;
    }
    return undefined;
  } catch (error) {
    if (!timeout.aborted || context.signal.aborted) throw error;
    return `The deployment did not end within ${settleSeconds} s (settle-timeout)`;
  }
}

/**
 * Gives the model to the endpoint, with the mark that it is not proved yet. A change whose answer was lost is known again
 * by that mark, because the service refuses the same change a second time while the first is under way.
 */
async function patchModel({ endpoint, context }: Change, model: string): Promise<{ readonly since: string }> {
  const { endpoints } = context.ports.speech;
  const mark = swapMark('unproved', model);
  const entries = { [swapProperty]: mark, [previousModelProperty]: entityId(endpoint.model?.self ?? '') };
  return await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), model: entityId(model) }),
    async act() {
      try {
        const change = { model: { self: model }, customProperties: withEntries(endpoint, entries) };
        const changed = await endpoints.update(endpoint.self, change, { signal: context.signal });
        return { since: changed.lastActionDateTime };
      } catch (error) {
        if (!(error instanceof ServiceError) || (error.outcome === 'refused' && error.status !== 409)) throw error;
        const now = await endpoints.get(endpoint.self, { signal: context.signal });
        if (now?.customProperties?.[swapProperty] !== mark) throw error;
        return { since: now.lastActionDateTime };
      }
    },
  });
}

/** Notes on the endpoint that this model was proved there; an endpoint without room for the note goes without. */
async function markProved(context: StepContext, endpoint: Endpoint, model: string): Promise<void> {
  const { endpoints } = context.ports.speech;
  const mark = swapMark('proved', model);
  await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), mark }),
    async act() {
      const now = (await endpoints.get(endpoint.self, { signal: context.signal })) ?? endpoint;
      if (now.customProperties?.[swapProperty] !== mark) {
        const change = { customProperties: withEntries(now, { [swapProperty]: mark }) };
        await endpoints.update(endpoint.self, change, { signal: context.signal });
      }
      return null;
    },
  });
}

/** What speaks against the model that the endpoint serves now: failed recognitions, or a word error rate above the bound. */
async function faultAfter(smoke: SmokeTest, wanted: SwapWith, context: StepContext): Promise<string | undefined> {
  const after = await smoke.all();
  if (after.wer !== null) context.report(`smoke audio after: WER ${formatRate(after.wer)}`);
  if (after.failures > 0)
    return `${after.failures} recognitions of the smoke audio failed after the swap (${smoke.lastFailure})`;
  const bound = wanted.verify?.['max-wer'];
  if (bound === undefined || after.wer === null || after.wer <= bound) return undefined;
  return `The smoke audio's word error rate is ${formatRate(after.wer)} after the swap, max-wer allows ${formatRate(bound)}`;
}

function outputsOf(at: {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** What it goes back to: what it serves now, or what it served before a swap that was not proved. */
  readonly previous: string;
  readonly smoke: SmokeTest;
  readonly rolledBack: boolean;
}): Readonly<Record<string, string | number | boolean>> {
  return {
    endpoint: at.endpoint.self,
    model: at.model,
    previousModel: at.previous,
    probes: at.smoke.probes,
    probeFailures: at.smoke.failures,
    rolledBack: at.rolledBack,
  };
}
