import type { SwapWith } from '../../../schemas/types.gen.ts';
import { canariesOf } from '../../plan/canaries.ts';
import {
  isUnheard,
  isUnproved,
  modelsThatMayAnswer,
  modelThatCounts,
  previousModelProperty,
  swapMark,
  swapProperty,
} from '../../plan/endpoint-proof.ts';
import type { Facts } from '../../plan/facts.ts';
import { entityId, withEntries } from '../../plan/identity.ts';
import { whyExpired } from '../../plan/lifecycle.ts';
import { findComparison, measurementOf, measurementsOf } from '../../plan/measurements.ts';
import {
  chooseModel,
  endpointByName,
  expiryOf,
  modelLacking,
  nameOf,
  namesBeside,
  newestBaseModel,
  sameModel,
  similarEndpoint,
  transcribesUntil,
  whyNoEndpoint,
  type KnownModels,
} from '../../plan/models.ts';
import { evaluationsOfSets } from '../../plan/part-sets.ts';
import { fromRelease, plannedModel, releasedModel } from '../../plan/released-model.ts';
import { endpointNow, namedModel } from '../../plan/rests-on.ts';
import { modelToGoBackTo } from '../../plan/rollback.ts';
import type { BaseModel, CustomModel, Endpoint } from '../../plan/speech-entities.ts';
import {
  type Bill,
  type BillingInput,
  decidedAtRunTime,
  type Effect,
  type EndpointChange,
  hoursOfMonth,
  type MissingObject,
  type PipelineFacts,
  type StepPlan,
  type StepPlanInput,
  onceFinished,
  type ReviewedStep,
} from '../../plan/step-plan.ts';

/** Everything that a swap may do. */
export const swapEffects: readonly Effect[] = [
  'create-project',
  'create-endpoint',
  'update-endpoint',
  'delete-endpoint',
];

/** What runs call the endpoint of this name, which is another one in each locale. */
export function endpointTitle(name: string, { locale }: { readonly locale: string }): string {
  return `endpoint ${name} (${locale})`;
}

/** The endpoint that a swap would create. */
export function endpointMade(
  { known: { endpoint, create }, pipeline }: StepPlanInput<SwapWith>,
  { endpoints }: Facts,
): MissingObject | undefined {
  if (endpoint === undefined || create !== true) return undefined;
  const known = { endpoints, locale: pipeline.locale };
  if (endpointByName(endpoint, known) !== undefined) return undefined;
  const doubt = similarEndpoint(endpoint, known) === undefined ? '' : ` (${whyNoEndpoint(endpoint, known)})`;
  const message = `creates endpoint ${endpoint}, which is charged from then on${doubt}`;
  return { object: endpointTitle(endpoint, pipeline), message };
}

/** The settings that the plan of a swap decides: the model that its release file names now, whatever it names later. */
export function settleSwap({ known, pipeline }: StepPlanInput<SwapWith>, facts: Facts): Partial<SwapWith> {
  const released = releasedModel(known, { locale: pipeline.locale, facts });
  return typeof released === 'object' ? { model: plannedModel(released.model) } : {};
}

/** The endpoint with the model that it serves, and the model that it is to serve, as far as they are known. */
export function modelsOfSwap(input: StepPlanInput<SwapWith>, facts: Facts): Readonly<Record<string, string>> {
  const known = { ...facts, locale: input.pipeline.locale };
  const candidate = knownCandidate(input, facts);
  return {
    ...(input.known.endpoint === undefined ? {} : endpointNow(input.known.endpoint, known)),
    ...(candidate === undefined ? {} : { 'the model to serve is': namedModel(candidate.self, known) }),
  };
}

/** What the endpoint would serve after a swap, in place of what, and what a rollback would then give back. */
export function changeOfEndpoint(input: StepPlanInput<SwapWith>, facts: Facts): EndpointChange | undefined {
  const { endpoint } = input.known;
  if (endpoint === undefined) return undefined;
  const known = { ...facts, locale: input.pipeline.locale };
  const found = endpointByName(endpoint, known);
  const there = typeof found === 'object' ? found : undefined;
  const { displayName = endpoint, model } = there ?? {};
  const before = [...facts.models, ...facts.baseModels].find(({ self }) => sameModel(self, model?.self));
  const after = knownCandidate(input, facts);
  const back = there && modelToGoBackTo(asSwapped(there, { candidate: after, known }), { lives: known });
  return {
    endpoint: displayName,
    ...(before === undefined ? {} : { before: before.displayName }),
    ...endOf(before, 'beforeEnds'),
    ...(after === undefined ? {} : { after: after.displayName }),
    ...endOf(after, 'afterEnds'),
    ...(typeof back === 'object' ? { rollback: back.displayName } : {}),
  };
}

/** The endpoint as a swap leaves it that has proved the candidate there; without a model where the run decides on that. */
function asSwapped(
  endpoint: Endpoint,
  { candidate, known }: { readonly candidate: BaseModel | CustomModel | undefined; readonly known: KnownModels },
): Endpoint {
  const { model, ...others } = endpoint;
  // What is served already, and proved at most, keeps the note of the swap that gave it.
  const isServed = endpoint.status === 'Succeeded' && sameModel(candidate?.self ?? '', model?.self);
  const previous = modelBehind(modelThatCounts(endpoint) ?? '', { candidate, known });
  const entries = {
    [swapProperty]: swapMark('proved', candidate?.self ?? ''),
    ...(isServed ? {} : { [previousModelProperty]: entityId(previous) }),
  };
  return {
    ...others,
    ...(candidate === undefined ? {} : { model: { self: candidate.self } }),
    customProperties: withEntries(endpoint, entries),
  };
}

/** The day on which a model ends, under this name; nothing where it is not known. */
function endOf<Name extends string>(
  model: BaseModel | CustomModel | undefined,
  name: Name,
): { readonly [key in Name]?: string } {
  const until = model && transcribesUntil(model);
  return (until === undefined ? {} : { [name]: until.slice(0, 10) }) as { readonly [key in Name]?: string };
}

/** The model that a swap would serve, where it is known and can be served. */
function knownCandidate(
  { known: partial, with: written, pipeline: { locale } }: StepPlanInput<SwapWith>,
  facts: Facts,
): BaseModel | CustomModel | undefined {
  if (written === undefined) return undefined;
  const released = releasedModel(partial, { locale, facts });
  const wanted = { ...written, ...(typeof released === 'object' && { model: released.model }) };
  const candidate = findCandidate(wanted, { ...facts, locale });
  return typeof candidate === 'object' ? candidate : undefined;
}

/** What a swap cannot do without and is not there: the model, its release file, or the endpoint that it may not create. */
export function lackingOfSwap(input: StepPlanInput<SwapWith>, facts: Facts): MissingObject | undefined {
  const { locale } = input.pipeline;
  const { endpoint: name } = input.known;
  const found = name === undefined ? undefined : endpointByName(name, { ...facts, locale });
  const unfit = typeof found === 'object' ? whyUnfit(found, { locale }) : undefined;
  if (name !== undefined && unfit !== undefined) return { object: endpointTitle(name, { locale }), message: unfit };
  const released = releasedModel(input.known, { locale, facts });
  if (typeof released === 'string') return { object: `release of ${input.known.endpoint}`, message: released };
  if (released !== undefined && input.with !== undefined) {
    const candidate = findCandidate({ ...input.with, model: released.model }, { ...facts, locale });
    const message = `Name another model: ${released.file} names one that cannot be served. ${String(candidate)}`;
    if (typeof candidate === 'string') return { object: `model ${released.model}`, message };
  }
  // No step makes a model of this name. The endpoint may be made by a step before this one.
  const lacking = released === undefined ? modelLacking(input.known.model, { ...facts, locale }) : undefined;
  return lacking ?? endpointLacking(input, facts);
}

function endpointLacking(
  { known: { endpoint, create }, pipeline }: StepPlanInput<SwapWith>,
  { endpoints }: Facts,
): MissingObject | undefined {
  if (endpoint === undefined) return undefined;
  const known = { endpoints, locale: pipeline.locale };
  const found = endpointByName(endpoint, known);
  // A name or `create` that waits for another step may still turn out right.
  if (found !== undefined || create !== false) return undefined;
  return { object: endpointTitle(endpoint, pipeline), message: noSuchEndpoint(endpoint, known) };
}

/** Why an endpoint that a swap names by its id cannot serve what it wants; undefined when it can. */
export function whyUnfit(
  { displayName, locale: own }: Endpoint,
  { locale }: Pick<PipelineFacts, 'locale'>,
): string | undefined {
  if (own.toLowerCase() === locale.toLowerCase()) return undefined;
  return `Name an endpoint of ${locale}: ${displayName} is of ${own}, and an endpoint keeps its locale. None is made anew in its place, because its callers, and the quota that Microsoft raises for an endpoint, depend on its id`;
}

/** Says what to do about a swap of an endpoint that does not exist. */
export function noSuchEndpoint(name: string, known: Pick<KnownModels, 'endpoints' | 'locale'>): string {
  const why = whyNoEndpoint(name, known);
  return `Correct the name, or set \`create: true\` to make a new endpoint, which is charged: ${why}`;
}

/** The plan of a swap, as far as it is known before the run. */
export function planSwap(input: StepPlanInput<SwapWith>, facts: Facts): StepPlan {
  const { known: partial, with: written, waitsFor, pipeline } = input;
  const made = endpointMade(input, facts);
  const released = releasedModel(partial, { locale: pipeline.locale, facts });
  const isReleased = typeof released === 'object';
  const wanted = isReleased && written !== undefined ? { ...written, model: released.model } : written;
  const why = isReleased ? `, as ${released.file} says` : '';
  if (wanted === undefined) {
    const summary = `make endpoint ${partial.endpoint ?? ''} serve the model ${onceFinished(waitsFor)}`;
    return decidedAtRunTime(made === undefined ? summary : `${summary}; ${made.message}`, { effects: swapEffects });
  }
  const { endpoint: name } = wanted;
  const known = { ...facts, locale: pipeline.locale };
  const candidate = findCandidate(wanted, known);
  if (typeof candidate === 'string') return decidedAtRunTime(candidate, { effects: swapEffects });
  const endpoint = endpointByName(name, known);
  if (typeof endpoint === 'string') return decidedAtRunTime(endpoint, { effects: swapEffects });
  if (endpoint === undefined) {
    const summary = `make endpoint ${name} serve ${candidate.displayName}${why}`;
    return made === undefined
      ? decidedAtRunTime(`${summary} once another step has created it`, { effects: swapEffects })
      : { action: 'create', summary: `${summary}; ${made.message}`, effects: swapEffects, outputs: {} };
  }
  const left = canariesOf(endpoint, facts).map(({ displayName }) => displayName);
  const removes = left.length === 0 ? '' : `; removes ${left.join(', ')}, which an earlier run has left`;
  const removal: readonly Effect[] = left.length === 0 ? [] : ['delete-endpoint'];
  const deletes = left.length === 0 ? {} : { deletes: left };
  if (endpoint.status === 'Succeeded' && sameModel(candidate.self, endpoint.model?.self)) {
    if (isUnproved(endpoint)) {
      const summary = `prove ${candidate.displayName} on endpoint ${name}: an earlier swap ended before its proof${removes}`;
      return { action: 'update', summary, effects: ['update-endpoint', ...removal], ...deletes, outputs: {} };
    }
    if (left.length > 0) {
      const summary = `endpoint ${name} serves ${candidate.displayName} already${why}${removes}`;
      return { action: 'delete', summary, effects: removal, outputs: {} };
    }
    return {
      action: 'reuse',
      summary: `endpoint ${name} serves ${candidate.displayName} already${why}${isUnheard(endpoint) ? ', which nobody has heard there' : ''}`,
      effects: [],
      outputs: { endpoint: endpoint.self, model: candidate.self, ...expiryOf(transcribesUntil(candidate), facts) },
    };
  }
  const [now, then] = namesBeside([endpoint.model?.self, candidate.self], facts);
  const heard = howHeard(wanted, { endpoint, candidate: candidate.self }, known);
  const isTried = wanted.strategy === 'canary';
  const first = isTried ? '; on a canary first, another endpoint that is charged while it exists' : '';
  const change = `${now} -> ${then}${why}`;
  return {
    action: 'update',
    summary: `endpoint ${name}: ${change}; ${heard}${first}${removes}`,
    effects: isTried ? ['create-endpoint', 'update-endpoint', 'delete-endpoint'] : ['update-endpoint', ...removal],
    ...deletes,
    outputs: {},
  };
}

/**
 * The endpoint, the models before and after, and their word error rates: as one evaluation, or two on one dataset, have measured both, else as
 * the newest one has measured the model after.
 */
export function reviewedSwap(input: StepPlanInput<SwapWith>, facts: Facts): ReviewedStep {
  const { known: partial, pipeline } = input;
  const known = { ...facts, locale: pipeline.locale };
  const after = knownCandidate(input, facts);
  const endpoint = partial.endpoint === undefined ? undefined : endpointByName(partial.endpoint, known);
  const served = typeof endpoint === 'object' ? endpoint.model?.self : undefined;
  const sides = after && served !== undefined ? findComparison(facts.evaluations, [after.self, served]) : undefined;
  const alone = after && measurementsOf(evaluationsOfSets(facts.evaluations).whole, after.self)[0]?.measurement;
  const [rate, rateBefore] =
    sides === undefined
      ? [alone]
      : [measurementOf(sides[0].evaluation, after!.self), measurementOf(sides[1].evaluation, served!)];
  const members = {
    endpoint: partial.endpoint,
    before: served === undefined ? null : nameOf(served, known),
    after: after?.displayName,
    wer: rate?.wer,
    werBefore: served === undefined ? null : rateBefore?.wer,
  };
  const all = Object.entries(members);
  return {
    known: Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    unknown: all.flatMap(([name, value]) => (value === undefined ? [name] : [])),
  };
}

/** An endpoint that a swap creates is there from then on, a canary while the swap goes on; and what is recognised there is billed. */
export function swapBilled(
  input: StepPlanInput<SwapWith>,
  facts: Facts,
  { plan, written }: BillingInput<SwapWith>,
): readonly Bill[] {
  const changes = plan.effects.some((effect) => effect === 'create-endpoint' || effect === 'update-endpoint');
  if (!changes) return [];
  const { known, pipeline } = input;
  const name = known.endpoint ?? 'an endpoint that a step names';
  const isThere =
    known.endpoint !== undefined && endpointByName(known.endpoint, { ...facts, locale: pipeline.locale }) !== undefined;
  const mayCreate = !isThere && (written.create ?? false) !== false;
  const isTried = written.strategy === 'canary' && plan.effects.includes('create-endpoint') && (isThere || !mayCreate);
  return [
    ...(mayCreate ? [{ what: `endpoint ${name}`, for: 'hosting', hours: hoursOfMonth, per: 'month' } as const] : []),
    ...(isTried
      ? [{ what: `canary of endpoint ${name}`, for: 'hosting', per: 'once', expected: 'canary' } as const]
      : []),
    ...(written.verify === undefined
      ? []
      : [
          { what: `recordings on endpoint ${name}`, for: 'recognition', per: 'once', expected: 'recognition' } as const,
        ]),
  ];
}

/**
 * The model that answers on an endpoint before the candidate does: the one that it serves, or the newest base model of the locale,
 * to which the service falls back when that model has expired, and where there is none yet. Undefined when it is not known.
 */
export function answersBefore(served: string, known: KnownModels): string | undefined {
  const model = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, served));
  if (served !== '' && model === undefined) return undefined;
  const expiry = model && transcribesUntil(model);
  const isServed = model !== undefined && (expiry === undefined || Date.parse(expiry) > Date.parse(known.observedAt));
  return isServed ? model.self : newestBaseModel(known)?.self;
}

/**
 * The model to go back to, which a swap notes on the endpoint as the one before: the last one that counted, or the newest base model, which
 * answers in its place once it has expired, and which alone the service takes then. Empty when there is none, or when it is the candidate.
 */
export function modelBehind(
  last: string,
  { candidate, known }: { readonly candidate: BaseModel | CustomModel | undefined; readonly known: KnownModels },
): string {
  const answers = last === '' ? undefined : answersBefore(last, known);
  const back = answers ?? last;
  return sameModel(back, candidate?.self) ? '' : back;
}

/**
 * The models one of which answers on an endpoint whose last swap was not proved: in place of one that has expired, the newest base model.
 * Empty where that swap was proved.
 */
export function modelsInDoubt(endpoint: Endpoint, known: KnownModels): readonly string[] {
  if (!isUnproved(endpoint)) return [];
  return modelsThatMayAnswer(endpoint).map((model) => answersBefore(model, known) ?? model);
}

/** How the step will know which model answers after the change, as the end of a sentence. */
function howHeard(
  wanted: SwapWith,
  { endpoint, candidate }: { readonly endpoint: Endpoint; readonly candidate: string },
  facts: Facts & KnownModels,
): string {
  const most = wanted.verify?.discriminate ?? 0;
  const unheard = 'nobody will hear which model answers';
  if (most === 0) return unheard;
  const other = answersBefore(endpoint.model?.self ?? '', facts);
  const inDoubt = modelsInDoubt(endpoint, facts).filter((model) => !sameModel(candidate, model));
  const sides = other === undefined ? undefined : findComparison(facts.evaluations, [candidate, other, ...inDoubt]);
  return sides === undefined
    ? `${unheard}, as no evaluation has measured ${inDoubt.length > 1 ? 'all that may answer' : 'both'}`
    : `heard on up to ${most} recordings of evaluation ${sides[0].evaluation.displayName}`;
}

/** The model to serve, or why it must not be: the service would accept some of these and fail or expire later. */
export function findCandidate(wanted: SwapWith, known: KnownModels): BaseModel | CustomModel | string {
  // The plan puts the model in its place.
  if (wanted.model === fromRelease)
    return 'Name a model, or mend the release file: it named no model when the run was planned';
  const chosen = chooseModel(wanted.model, known);
  if (typeof chosen === 'string') return chosen;
  // What is measured in place of a model is not what somebody wants to be served.
  if (chosen.isStandIn)
    return `Name another model: ${wanted.model} would stand for ${chosen.displayName} (${chosen.because})`;
  const model = [...known.models, ...known.baseModels].find(({ self }) => self === chosen.self);
  if (model === undefined) return `Check the model ${wanted.model}: the Speech resource has no such model`;
  const name = model.displayName;
  if (model.status !== undefined && model.status !== 'Succeeded')
    return `Choose a model that is Succeeded: ${name} is ${model.status}`;
  if (model.properties?.features?.supportsEndpoints === false)
    return `Choose a model that can be deployed: ${name} does not support endpoints`;
  const expired = whyExpired(model, known);
  if (expired !== undefined) return expired;
  const expiry = transcribesUntil(model);
  const daysLeft = expiry === undefined ? Infinity : (Date.parse(expiry) - Date.parse(known.observedAt)) / 86_400_000;
  const needed = wanted['min-days-left'];
  if (daysLeft < needed)
    return `Train a newer model: ${name} expires on ${expiry?.slice(0, 10)}, min-days-left asks for ${needed} days`;
  return model;
}
