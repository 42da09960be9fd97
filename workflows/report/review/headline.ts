import type {
  PlanDocument,
  ResultsDocument,
  ResultsSet,
  SavedPipeline,
  SavedStep,
} from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatInterval, formatRate } from '../../document/rates.ts';
import { stopsPlan } from '../../review/judge-plan.ts';
import { deadText } from '../dead-text.ts';
import { countsOf } from '../commands/plan-text.ts';

/** Words of ours, and names of anybody. */
export type Part = string | { readonly name: string };

/** What a pull request would do, in one sentence: what policies stop first, then what would fail, then the endpoint that would serve another model. */
export function headlineOf(plan: PlanDocument, results: ResultsDocument | undefined): readonly Part[] {
  const [first, ...others] = plan.pipelines.toSorted((one, other) => urgencyOf(other) - urgencyOf(one));
  if (first === undefined) return ['Nothing is planned'];
  const more = others.filter((pipeline) => urgencyOf(pipeline) > 0).length;
  const isSeveral = plan.pipelines.length > 1;
  return [
    ...sentenceOf(first, { results: isSeveral ? undefined : results, isSeveral }),
    ...(more === 0 ? [] : [`, and ${counted(more, 'more pipeline')} would change something`]),
  ];
}

export function plainHeadline(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : shortName(part.name))).join('');
}

export function markdownHeadline(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : deadText(shortName(part.name)))).join('');
}

/** Whether anything would or may change, or fail, or is stopped. */
export function wouldChange({ pipelines }: PlanDocument): boolean {
  return pipelines.some((pipeline) => urgencyOf(pipeline) > 0);
}

/** The set that a swap is decided on, else the first that two models were measured on. */
export function decidingSet(results: ResultsDocument | undefined, needs: readonly string[]): ResultsSet | undefined {
  const sets = results?.sets ?? [];
  return (
    sets.find(({ id }) => needs.includes(id)) ??
    sets.find(({ decision }) => decision !== undefined) ??
    sets.find(({ againstRate }) => againstRate !== undefined)
  );
}

/** Of an endpoint that gets another model, or may. */
export function isSwapping({ action, endpointChange, effects }: SavedStep): boolean {
  const mayChange = action === 'create' || action === 'update' || action === 'at-run-time';
  return endpointChange !== undefined && mayChange && effects.length > 0;
}

/** A name as long as a person reads it. */
export function shortName(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 20)}…${name.slice(-18)}` : name;
}

const longestName = 100;

function urgencyOf({ steps, policies = [] }: SavedPipeline): number {
  if (policies.some(stopsPlan)) return 5;
  if (steps.some(({ action }) => action === 'fail')) return 4;
  if (steps.some((step) => isSwapping(step) && step.action !== 'at-run-time')) return 3;
  if (steps.some(isSwapping)) return 2;
  return steps.some(({ action, effects }) => action === 'at-run-time' || effects.length > 0) ? 1 : 0;
}

function sentenceOf(
  { name, steps, policies = [] }: SavedPipeline,
  { results, isSeveral }: { readonly results: ResultsDocument | undefined; readonly isSeveral: boolean },
): readonly Part[] {
  const stopping = policies
    .filter(stopsPlan)
    .toSorted((one, other) => Number(other.verdict === 'denied') - Number(one.verdict === 'denied'));
  const [stop] = stopping;
  if (stop !== undefined)
    return [
      stop.verdict === 'denied' ? 'Would be denied by ' : 'Would need an acknowledgement for ',
      { name: stop.rule },
      ...(stop.step === undefined ? [] : [' at ', { name: stop.step }]),
      ...(isSeveral ? [' of ', { name }] : []),
      ': ',
      { name: stop.message },
      ...(stopping.length > 1 ? [`, and ${stopping.length - 1} more`] : []),
    ];
  const failing = steps.filter(({ action }) => action === 'fail');
  const [failed] = failing;
  if (failed !== undefined)
    return [
      'Would fail: step ',
      { name: failed.id },
      ...(failing.length > 1 ? [` and ${failing.length - 1} more`] : []),
      ' of ',
      { name },
    ];
  const swaps = steps.filter(isSwapping);
  const swap = swaps.find(({ action }) => action !== 'at-run-time') ?? swaps[0];
  if (swap?.endpointChange !== undefined) {
    const { endpoint, after } = swap.endpointChange;
    const before = stepsBefore(swap, steps);
    const set = decidingSet(results, swap.needs ?? []);
    // A trial has measured what the swap is decided on, where it comes after that measurement.
    const isBetter = set !== undefined && before.has(set.id) ? set.decision?.better : undefined;
    const verb = verbOf(swap, isBetter);
    const others = swaps.length > 1 ? [` and ${counted(swaps.length - 1, 'more endpoint')}`] : [];
    const figures = set === undefined ? [] : [': ', ...figuresOf(set)];
    const decided: readonly Part[] =
      figures.length > 0
        ? []
        : after === undefined
          ? [', the model is decided at run time']
          : [swap.action === 'create' ? ' with ' : ' to ', { name: after }];
    return [verb, { name: endpoint }, ...others, ...(isSeveral ? [' of ', { name }] : []), ...decided, ...figures];
  }
  const isChanging = steps.some(({ action, effects }) => action === 'at-run-time' || effects.length > 0);
  return isChanging ? ['Would change ', { name }, `: ${countsOf({ steps })}`] : ['Would change nothing'];
}

function verbOf({ action }: SavedStep, isBetter: boolean | undefined): string {
  if (action === 'create') return 'Would make endpoint ';
  if (action !== 'at-run-time') return 'Would swap ';
  return { true: 'Would swap ', false: 'Would not swap ', undefined: 'May swap ' }[`${isBetter}`];
}

/** The steps that a step waits for, and those that these wait for. */
function stepsBefore(step: SavedStep, steps: readonly SavedStep[]): ReadonlySet<string> {
  const byId = new Map(steps.map((one) => [one.id, one]));
  const before = new Set<string>();
  const open = [...(step.needs ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (before.has(id)) continue;
    before.add(id);
    open.push(...(byId.get(id)?.needs ?? []));
  }
  return before;
}

/** "WER 24.4 % -> 7.9 % [6.1, 9.9] on 942 words, better with p = 0.0001" */
function figuresOf({ unit, rate, againstRate, comparison, decision, incomplete }: ResultsSet): readonly Part[] {
  const beside = [rate.value, againstRate?.value].filter((value) => typeof value === 'number');
  const shown = (value: number | null): string => (value === null ? 'no rate' : formatRate(value, beside));
  const before = againstRate === undefined ? '' : `${shown(againstRate.value)} -> `;
  const { low, high, words } = rate;
  const interval = low === undefined || high === undefined ? '' : ` ${formatInterval(low, high)}`;
  const size = words === undefined ? '' : ` on ${counted(words, unit === 'char' ? 'character' : 'word')}`;
  const name = unit === 'char' ? 'CER' : 'WER';
  return [
    `${name} ${before}${shown(rate.value)}${interval}${size}`,
    comparison === undefined ? '' : `, ${chance(comparison)}`,
    comparison?.verdict === 'better' && decision?.better === false ? ', but not better for the step' : '',
    incomplete === undefined ? '' : ', incomplete',
  ];
}

function chance({ verdict, pValue }: NonNullable<ResultsSet['comparison']>): string {
  const p = pValue < 0.0001 ? 'p < 0.0001' : `p = ${Number(pValue.toPrecision(2))}`;
  if (verdict === 'too few') return 'too few to tell';
  return verdict === 'no difference' ? `no difference (${p})` : `${verdict} with ${p}`;
}
