import type { Expr } from '@actions/expressions';
import { schemaOfKind } from '../../schemas/index.ts';
import type { PolicyAcknowledgement, SavedCost, SavedPolicy } from '../../schemas/types.gen.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { evaluateAmong, EvaluationError } from '../expressions/expressions.ts';
import { explainCondition } from '../expressions/explain-condition.ts';
import { nodeOf } from '../expressions/expression-tree.ts';
import { inputValues, isTruthy } from '../plan/known-input.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import { onceFinished } from '../plan/step-plan.ts';
import { sums } from './cost.ts';
import type { Policies, Rule } from './policies.ts';
import { outputOfStep, outputTypes, policyContexts } from './policy-names.ts';

/** What a plan is judged with besides its rules. */
export interface Circumstances {
  /** Absent where nobody says what things cost. */
  readonly cost: SavedCost | undefined;
  /** The hash of the plan. */
  readonly hash: string;
  /** ISO date-time. */
  readonly now: string;
}

/**
 * What rules say of a plan, in their order; of a rule that does not hold nothing. Steps that do nothing are not judged, and a plan of which
 * no step may do anything is not either.
 */
export function judgePlan(
  plan: Plan,
  { policies, ...circumstances }: Circumstances & { readonly policies: Policies },
): readonly SavedPolicy[] {
  const active = plan.steps.filter(({ action }) => acts.has(action));
  if (active.length === 0) return [];
  const session = new EvaluationSession({ contexts: policyContexts });
  const at = { plan, active, policies, session, ...circumstances };
  return policies.rules.flatMap((rule) =>
    rule.isOfSteps ? active.flatMap((step) => judge(rule, { ...at, step }) ?? []) : (judge(rule, at) ?? []),
  );
}

/** Whether a plan may be done, after what rules say of it. */
export function stopsPlan({ verdict }: SavedPolicy): boolean {
  return verdict === 'denied' || verdict === 'needs-acknowledgement';
}

/** What a rule says, as a sentence without a full stop. `quoted` makes what strangers have written fit to be shown. */
export function policySentence(
  { rule, verdict, message, step, acknowledgedBy = '', reason = '' }: SavedPolicy,
  { quoted = (text) => text }: { readonly quoted?: (text: string) => string } = {},
): string {
  const said = `${quoted(rule)}${step === undefined ? '' : ` at ${quoted(step)}`}: ${quoted(message)}`;
  switch (verdict) {
    case 'denied':
      return `Denied by ${said}`;
    case 'needs-acknowledgement':
      return `Needs an acknowledgement for ${said}`;
    case 'acknowledged':
      return `Acknowledged by ${quoted(acknowledgedBy)} for ${said}; ${quoted(reason)}`;
    case 'warned':
      return `Warned by ${said}`;
    case 'undecided':
      return `Not decided yet by ${said}`;
  }
}

const acts: ReadonlySet<string> = new Set(['create', 'update', 'delete', 'adopt', 'at-run-time']);

interface Judging extends Circumstances {
  readonly plan: Plan;
  readonly active: readonly PlannedStep[];
  readonly policies: Policies;
  readonly session: EvaluationSession;
  /** Absent for a rule about the plan. */
  readonly step?: PlannedStep;
}

/** A context with what is not known of it: by the name of a member the steps or the words that it waits for. */
interface Seen {
  readonly values: Readonly<Record<string, PlainValue>>;
  readonly unknown: ReadonlyMap<string, readonly string[]>;
}

function judge(rule: Rule, at: Judging): SavedPolicy | undefined {
  const { step, plan, session, now } = at;
  const seen = { step: step && seenOfStep(step, at), plan: seenOfPlan(at) };
  const contexts = {
    step: seen.step?.values ?? {},
    plan: seen.plan.values,
    now: valuesOfNow(now),
    inputs: inputValues(plan.pipeline),
  };
  const about = { rule: rule.id, ...(step === undefined ? {} : { step: step.id }) };
  try {
    const waitsAt = (expr: Expr): readonly string[] | undefined => waitsOf(expr, { step, seen });
    const result = evaluateAmong(rule.condition, { contexts, waitsAt, session });
    if (result.known && !isTruthy(result.value)) return undefined;
    const explained = explainCondition(rule.condition, contexts, policyContexts);
    // What a function is given says less than the message.
    const values = explained.includes('(') ? '' : ` (${explained})`;
    const why = result.known ? values : `, which is decided ${whenDecided(result.waitsFor, plan)}`;
    const message = `${rule.message}${why}`;
    return { ...about, ...verdictOf(rule, { ...at, message, holds: result.known || rule.deniesUnknown }) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    // What cannot be told is not let through.
    const verdict = rule.effect === 'warn' ? 'warned' : 'denied';
    return { ...about, verdict, message: `${rule.message}. ${error.message}` };
  }
}

function verdictOf(
  { id, effect }: Rule,
  at: Judging & { readonly message: string; readonly holds: boolean },
): Omit<SavedPolicy, 'rule' | 'step'> {
  const { message, holds } = at;
  if (effect !== 'acknowledge') {
    const verdict = effect === 'deny' ? 'denied' : 'warned';
    return { verdict: holds ? verdict : 'undecided', message };
  }
  const fitting = at.policies.acknowledgements.filter((one) => one.rule === id && isAbout(one, at));
  const found = fitting.find((one) => !hasEnded(one, at));
  if (found !== undefined) return { verdict: 'acknowledged', message, acknowledgedBy: found.by, reason: found.reason };
  const [ended] = fitting;
  const was = ended === undefined ? '' : `; the acknowledgement of ${ended.by} ended on ${ended.until}`;
  return { verdict: holds ? 'needs-acknowledgement' : 'undecided', message: `${message}${was}` };
}

function isAbout({ step: id, endpoint, model, plan }: PolicyAcknowledgement, { step, hash }: Judging): boolean {
  const { known = {} } = step?.reviewed ?? {};
  return (
    (id === undefined || id === step?.id) &&
    (endpoint === undefined || endpoint === known['endpoint']) &&
    (model === undefined || model === known['after']) &&
    (plan === undefined || hash.startsWith(plan))
  );
}

function hasEnded({ until }: PolicyAcknowledgement, { now }: Judging): boolean {
  return until !== undefined && now.slice(0, 10) > until;
}

function seenOfStep(step: PlannedStep, at: Judging): Seen {
  const { id, uses, action, effects, resource, outputs, reviewed = { known: {}, unknown: [] } } = step;
  const costs = costsOf(at.cost, [step]);
  return {
    values: {
      id,
      uses,
      action,
      effects,
      outputs,
      resource: resource ?? null,
      ...noMembers,
      ...reviewed.known,
      ...costs.values,
    },
    unknown: new Map([
      ...reviewed.unknown.map((name) => [name, decidingSteps(name, { step, plan: at.plan })] as const),
      ...costs.unknown,
      ...(hasUnknownOutputs(step) ? [['outputs', [id]] as const] : []),
    ]),
  };
}

/** What most kinds of step do not have. */
const noMembers = { endpoint: null, before: null, after: null, wer: null, werBefore: null };

function seenOfPlan({ plan, active, cost }: Judging): Seen {
  const { pipeline, target, steps } = plan;
  const costs = costsOf(cost, active);
  const counts = Map.groupBy(steps, ({ action }) => action);
  return {
    values: {
      name: pipeline.name,
      locale: pipeline.locale,
      resource: typeof target === 'string' ? target : target.endpoint,
      effects: [...new Set(active.flatMap(({ effects }) => effects))],
      actions: Object.fromEntries(actions.map((action) => [action, counts.get(action)?.length ?? 0])),
      ...costs.values,
    },
    unknown: costs.unknown,
  };
}

const actions = ['create', 'update', 'delete', 'reuse', 'adopt', 'skip', 'at-run-time', 'fail'] as const;

/** What steps cost. Those that are billed for nothing cost nothing, whether or not there are prices. */
function costsOf(cost: SavedCost | undefined, steps: readonly PlannedStep[]): Seen {
  const ids = new Set(steps.map(({ id }) => id));
  const items = (cost?.items ?? []).filter(({ step }) => ids.has(step));
  const isUnpriced = cost === undefined && steps.some(({ bills }) => bills !== undefined);
  const { once = 0, perMonth = 0 } = sums(items);
  const isUnknown = (wanted: 'once' | 'month'): boolean =>
    isUnpriced || items.some(({ per, amount }) => per === wanted && amount === undefined);
  return {
    values: { cost: once, costPerMonth: perMonth },
    unknown: new Map([
      ...(isUnknown('once') ? [['cost', [pricesLacking]] as const] : []),
      ...(isUnknown('month') ? [['costPerMonth', [pricesLacking]] as const] : []),
    ]),
  };
}

const pricesLacking = 'once prices.yaml has all its prices and expected hours';

function valuesOfNow(now: string): Readonly<Record<string, PlainValue>> {
  const date = new Date(now);
  return { weekday: weekdays[date.getUTCDay()] ?? '', hour: date.getUTCHours(), date: now.slice(0, 10) };
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** What a part of an expression waits for; undefined for one that may not be unknown by itself. */
function waitsOf(
  expr: Expr,
  { step, seen }: { readonly step: PlannedStep | undefined; readonly seen: Readonly<Record<string, Seen | undefined>> },
): readonly string[] | undefined {
  const output = outputOfStep(expr);
  if (output !== undefined && step !== undefined) return isOutputUnknown(output, step) ? [step.id] : [];
  const node = nodeOf(expr);
  if (node.kind === 'context') {
    const all = seen[node.name];
    return all === undefined ? undefined : [...new Set([...all.unknown.values()].flat())];
  }
  if (node.kind !== 'property') return undefined;
  const of = nodeOf(node.of);
  if (of.kind !== 'context') return undefined;
  const within = seen[of.name];
  return within === undefined ? undefined : (within.unknown.get(node.name) ?? []);
}

function isOutputUnknown(name: string, { uses, outputs }: PlannedStep): boolean {
  return !Object.hasOwn(outputs, name) && outputTypes(schemaOfKind(uses) ?? {}).has(name);
}

function hasUnknownOutputs(step: PlannedStep): boolean {
  return [...outputTypes(schemaOfKind(step.uses) ?? {}).keys()].some((name) => isOutputUnknown(name, step));
}

/** The steps that find out what a member of a step is: for rates those that measure the same model, else those it waits for. */
function decidingSteps(
  name: string,
  { step, plan }: { readonly step: PlannedStep; readonly plan: Plan },
): readonly string[] {
  const byId = new Map(plan.pipeline.steps.map((one) => [one.id, one]));
  const own = byId.get(step.id);
  if (schemaOfKind(step.uses)?.['x-measures'] === true) return [step.id];
  const before = new Set(own?.needs ?? []);
  for (const id of before) for (const need of byId.get(id)?.needs ?? []) before.add(need);
  const needed = plan.pipeline.steps.filter(({ id }) => before.has(id));
  const measuring = needed.filter(
    ({ uses, with: settings }) =>
      schemaOfKind(uses)?.['x-measures'] === true && settings['model'] === own?.with['model'],
  );
  if (name.startsWith('wer')) {
    if (measuring.length === 0) return ['once an evaluation has measured the model'];
    return measuring.map(({ id }) => id);
  }
  return own?.needs.length ? own.needs : [step.id];
}

/** When a rule can be decided, as the end of a sentence. */
function whenDecided(waitsFor: readonly string[], { steps }: Plan): string {
  const ids = new Set(steps.map(({ id }) => id));
  const finished = waitsFor.filter((one) => ids.has(one));
  const words = waitsFor.filter((one) => !ids.has(one));
  return [...(finished.length === 0 ? [] : [onceFinished(finished)]), ...words].join(' and ');
}
