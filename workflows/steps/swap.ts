import path from 'node:path';
import type { SwapWith } from '../../schemas/types.gen.ts';
import { observeModels } from '../engine/observe.ts';
import type { NewEndpoint } from '../engine/ports.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind } from '../engine/step-kind.ts';
import type { Facts } from '../plan/facts.ts';
import { isUnproved, previousModelOf, swapMark, swapProperty } from '../plan/endpoint-proof.ts';
import { digestOf, oldestUsable } from '../plan/identity.ts';
import { chooseModel, endpointByName, sameModel, type KnownModels } from '../plan/models.ts';
import type { BaseModel, CustomModel, Endpoint } from '../plan/speech-entities.ts';
import { decidedAtRunTime, type StepPlan, type StepPlanInput } from '../plan/step-plan.ts';
import { alreadyServed, changeModel, faultAfter, notProved, outputsOf, unchanged } from './_change-model.ts';
import { markProved, type Change } from './_deploy-model.ts';
import { customProperties, ensureEntity, failureOfEntity } from './_ensure.ts';
import { inState } from './_in-state.ts';
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
    const { endpoints } = context.ports.speech;
    const known = await inState(unchanged(wanted), {
      context,
      act: async () => await observeModels(context.ports, { locale: pipeline.locale, signal: context.signal }),
    });
    const candidate = findCandidate(wanted, known);
    if (typeof candidate === 'string') throw new StepFailure(candidate);
    const existing = endpointByName(wanted.endpoint, known);
    if (typeof existing === 'string') throw new StepFailure(existing);
    const utterances =
      wanted.verify === undefined ? [] : await context.ports.data.utterances(path.resolve(folder, wanted.verify.audio));

    const { endpoint, isNew } =
      existing === undefined
        ? await inState(notProved({ wanted, candidate, previous: '' }, 'is to serve'), {
            context,
            act: async () => await createEndpoint(input, context, candidate),
          })
        : {
            endpoint: await inState(unchanged(wanted), {
              context,
              act: async () =>
                await endpoints.wait(existing.self, { signal: context.signal, onTrouble: context.report }),
            }),
            isNew: false,
          };
    const smoke = new SmokeTest(context, { endpoint, utterances });
    if (isNew) {
      const fault = await inState(notProved({ wanted, candidate, previous: '' }, 'serves'), {
        context,
        async act() {
          const found = await faultAfter(smoke, wanted, context);
          if (found === undefined) await markProved(context, endpoint, candidate.self);
          return found;
        },
      });
      const outputs = outputsOf({ endpoint, model: candidate.self, previous: '', smoke, rolledBack: false });
      if (fault !== undefined)
        throw new StepFailure(
          `${fault}; there is no previous model to go back to, endpoint ${wanted.endpoint} is new`,
          outputs,
        );
      return { kind: 'done', outputs };
    }
    const noted = notedPrevious(endpoint, known);
    const previous = isUnproved(endpoint) ? noted : (endpoint.model?.self ?? '');
    const at: Change = { endpoint, candidate, previous, smoke, wanted, context };
    const isServed = endpoint.status === 'Succeeded' && sameModel(candidate.self, endpoint.model?.self);
    return isServed ? await alreadyServed(at, noted) : await changeModel(at);
  },

  summarise({ probes, probeFailures, probeRepeats, rolledBack }) {
    const isAny = (count: unknown): boolean => typeof count === 'number' && count > 0;
    return [
      ...(isAny(probes) ? [`${String(probes)} recognitions of smoke audio, ${String(probeFailures)} failed`] : []),
      ...(isAny(probeRepeats) ? [`${String(probeRepeats)} repeated without an answer`] : []),
      ...(rolledBack === true ? ['rolled back'] : []),
    ];
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
): Promise<{ readonly endpoint: Endpoint; readonly isNew: boolean }> {
  const { endpoints } = context.ports.speech;
  const digest = digestOf('endpoint', { name: wanted.endpoint, locale: pipeline.locale });
  const { action, self } = await ensureEntity<Endpoint>(context, {
    effect: 'create-endpoint',
    digest,
    collection: endpoints,
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
  const endpoint = await endpoints.wait(self, { signal: context.signal, onTrouble: context.report });
  if (endpoint.status !== 'Succeeded')
    throw new StepFailure(`The service failed the endpoint ${wanted.endpoint}: ${failureOfEntity(endpoint)}`, {
      endpoint: self,
    });
  // One that somebody else made at the same time may serve another model.
  return { endpoint, isNew: action === 'create' };
}

/** What the endpoint served before its last swap; empty when nobody noted it. */
function notedPrevious(endpoint: Endpoint, known: KnownModels): string {
  const id = previousModelOf(endpoint);
  return [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, id))?.self ?? '';
}
