import type { SavedCost, SavedCostItem, SavedPipeline } from '../../schemas/types.gen.ts';
import { table } from './markdown-table.ts';

/**
 * What a run costs as a sentence: `Costs 3.20 USD once and 40.15 USD a month more, by prices of 2024-01-05, and what is unknown: the hours of
 * training of model retrain`. Undefined where nothing is billed, or nobody said what things cost. `quoted` makes what strangers call things
 * fit to be shown.
 */
export function costSentence(
  { cost, target }: Pick<SavedPipeline, 'cost' | 'target'>,
  { quoted = (text) => text }: { readonly quoted?: (text: string) => string } = {},
): string | undefined {
  if (cost === undefined || cost.items.length === 0) return undefined;
  const known = [
    ...(isBilled(cost, 'once') && cost.once !== undefined ? [`${money(cost.once, cost)} once`] : []),
    ...(isBilled(cost, 'month') && cost.perMonth !== undefined ? [`${money(cost.perMonth, cost)} a month more`] : []),
  ];
  // The emulator bills nothing.
  const isLocal = target === 'embedded-emulator';
  const unknown = unknownOf(cost, quoted);
  if (known.length === 0) return `What it ${isLocal ? 'would cost in Azure' : 'costs'} is unknown: ${unknown}`;
  const sum = `${known.join(' and ')}, by prices of ${cost.prices.date}`;
  // What is unknown may cost any amount.
  const told = unknown === '' ? `at most ${sum}` : `${sum}, and what is unknown: ${unknown}`;
  return `${isLocal ? 'In Azure it would cost' : 'Costs'} ${told}`;
}

/** What is billed, as a table in Markdown; empty where nothing is. */
export function costTable({ items, currency }: SavedCost): string {
  return table(
    ['step', 'what is billed', 'quantity', `price (${currency})`, `costs (${currency})`],
    items.map(({ step, what, unit, quantity, price, amount, per, note }) => [
      step,
      note === undefined ? what : `${what} (${note})`,
      quantity === undefined ? `unknown ${unit}` : `${quantity} ${unit}`,
      price === undefined ? 'unknown' : String(price),
      `${amount === undefined ? 'unknown' : digits(amount)}${per === 'month' ? ' a month' : ''}`,
    ]),
  );
}

/** Whether anything is billed so. */
function isBilled({ items }: SavedCost, wanted: SavedCostItem['per']): boolean {
  return items.some(({ per }) => per === wanted);
}

/** What has no amount, and what is lacking to it. */
function unknownOf({ items }: SavedCost, quoted: (text: string) => string): string {
  const unknown = items.filter(({ amount }) => amount === undefined);
  const told = unknown.map(({ what, quantity }) =>
    quantity === undefined ? `the hours of ${quoted(what)}` : `the price of ${quoted(what)}`,
  );
  const more = told.length - mostUnknown;
  return [...told.slice(0, mostUnknown), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

const mostUnknown = 4;

function money(amount: number, { currency }: SavedCost): string {
  return `${digits(amount)} ${currency}`;
}

/** With the digits of a currency's coins; what is less than a coin has as many as say something. */
function digits(amount: number): string {
  return amount > 0 && amount < 0.01 ? String(amount) : amount.toFixed(2);
}
