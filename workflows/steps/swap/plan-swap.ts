import type { SwapWith } from '../../../schemas/types.gen.ts';
import { isUnproved } from '../../plan/endpoint-proof.ts';
import type { Facts } from '../../plan/facts.ts';
import { chooseModel, endpointByName, sameModel, type KnownModels } from '../../plan/models.ts';
import type { BaseModel, CustomModel } from '../../plan/speech-entities.ts';
import { decidedAtRunTime, type Effect, type StepPlan, type StepPlanInput } from '../../plan/step-plan.ts';

/** Everything that a swap may do. */
export const swapEffects: readonly Effect[] = ['create-project', 'create-endpoint', 'update-endpoint'];

/** The plan of a swap, as far as it is known before the run. */
export function planSwap(
  { known: partial, with: wanted, waitsFor, pipeline }: StepPlanInput<SwapWith>,
  facts: Facts,
): StepPlan {
  if (wanted === undefined) {
    return decidedAtRunTime(
      `make endpoint ${partial.endpoint ?? ''} serve the model once ${waitsFor.join(', ')} has finished`,
      { effects: swapEffects },
    );
  }
  const { endpoint: name } = wanted;
  const known = { ...facts, locale: pipeline.locale };
  const candidate = findCandidate(wanted, known);
  if (typeof candidate === 'string') return decidedAtRunTime(candidate, { effects: swapEffects });
  const endpoint = endpointByName(name, known);
  if (typeof endpoint === 'string') return decidedAtRunTime(endpoint, { effects: swapEffects });
  if (endpoint === undefined) {
    return {
      action: 'create',
      summary: `create endpoint ${name} with ${candidate.displayName}`,
      effects: swapEffects,
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
export function findCandidate(wanted: SwapWith, known: KnownModels): BaseModel | CustomModel | string {
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
