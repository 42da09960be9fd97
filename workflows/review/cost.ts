import type { Prices, PricesDocument, SavedCost, SavedCostItem } from '../../schemas/types.gen.ts';
import { shownSource } from '../document/url-secrets.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import type { Bill, BilledFor } from '../plan/step-plan.ts';

/** What a run of a plan is billed for, and what that costs by these prices. What is not known has no amount, and is in no sum. */
export function costOf({ steps }: Pick<Plan, 'steps'>, prices: PricesDocument): SavedCost {
  const items = steps.flatMap((step) => (step.bills ?? []).map((bill) => itemOf(bill, { step, prices })));
  const { currency, date, source } = prices;
  return { currency, prices: { date, source: shownSource(source) }, items, ...sums(items) };
}

/** What is billed once and every month of these items, as far as that is known. */
export function sums(items: readonly SavedCostItem[]): Pick<SavedCost, 'once' | 'perMonth'> {
  const [once, perMonth] = (['once', 'month'] as const).map((wanted) => {
    const all = items.filter(({ per }) => per === wanted);
    const known = all.flatMap(({ amount }) => amount ?? []);
    return all.length > 0 && known.length === 0 ? undefined : exact(known.reduce((sum, one) => sum + one, 0));
  });
  return { ...(once === undefined ? {} : { once }), ...(perMonth === undefined ? {} : { perMonth }) };
}

function itemOf(
  { what, for: billed, per, hours, expected }: Bill,
  { step, prices }: { readonly step: PlannedStep; readonly prices: PricesDocument },
): SavedCostItem {
  const expectation = expected === undefined ? undefined : prices['expected-hours']?.[expected];
  const quantity = hours ?? expectation;
  const price = priceOf(billed, { resource: step.resource, prices });
  const notes = [
    ...(step.action === 'at-run-time' ? ['decided at run time'] : []),
    ...(hours === undefined && expectation !== undefined ? ['as many hours as prices.yaml expects'] : []),
  ];
  return {
    step: step.id,
    what,
    unit: units[billed],
    ...(quantity === undefined ? {} : { quantity: exact(quantity) }),
    ...(price === undefined ? {} : { price }),
    ...(quantity === undefined || price === undefined ? {} : { amount: exact(quantity * price) }),
    per,
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** As the evidence of runs names them. */
const units: Readonly<Record<BilledFor, string>> = {
  training: 'hours of training',
  hosting: 'hours',
  evaluation: 'hours of audio',
  recognition: 'hours of audio',
};

function priceOf(
  billed: BilledFor,
  { resource, prices }: { readonly resource: string | undefined; readonly prices: PricesDocument },
): number | undefined {
  const region = regionOf(resource) ?? prices.region;
  const regions = prices.regions ?? {};
  const inRegion: Prices = region !== undefined && Object.hasOwn(regions, region) ? (regions[region] ?? {}) : {};
  const price = inRegion[billed] ?? prices.prices[billed];
  return typeof price === 'number' ? price : undefined;
}

/** The region that the address of a Speech resource names; undefined where it is an address of its own. */
function regionOf(resource: string | undefined): string | undefined {
  const host = resource === undefined ? undefined : URL.parse(resource)?.hostname;
  return /^([a-z0-9]+)\.api\.cognitive\./.exec(host ?? '')?.[1];
}

/** Without the digits that sums and products of fractions leave behind. */
function exact(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
