import { counted } from '../../document/counted.ts';
import { deadText } from '../dead-text.ts';
import { list, table } from '../markdown-table.ts';
import type { Announced, AnnouncedCost, DataChange } from './announced.ts';
import { shortName } from './headline.ts';
import type { Section } from './sections.ts';

/** The rules that speak, those that deny first. */
export function policyText(announced: readonly Announced[]): string {
  const order = ['denied', 'needs-acknowledgement', 'undecided', 'warned', 'acknowledged'] as const;
  const policies = announced
    .flatMap((one) => one.policies ?? [])
    .toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  if (policies.length === 0) return '';
  const lines = policies.slice(0, 20).map(({ rule, verdict, message, step, acknowledgedBy, reason }) => {
    const at = step === undefined ? '' : `, step ${step}`;
    const by =
      acknowledgedBy === undefined
        ? ''
        : `, acknowledged by ${acknowledgedBy}${reason === undefined ? '' : `: ${reason}`}`;
    return cut(`${verdict.replaceAll('-', ' ')} by ${rule}${at}: ${message}${by}`);
  });
  return `#### Policies\n\n${list(lines)}`;
}

/** What the changes of data are, and what a run would cost. */
export function costSections(announced: readonly Announced[]): readonly Section[] {
  const changes = announced.flatMap((one) => one.changes);
  const costs = announced.flatMap((one) => one.cost ?? []);
  return [
    {
      name: 'changes of data',
      importance: 70,
      rows: changes.length,
      render: (rows) => (rows === 0 ? '' : `#### Data\n\n${changes.slice(0, rows).map(changeText).join('\n')}`),
    },
    ...costs.map((cost): Section => ({
      name: 'costs',
      importance: 60,
      rows: cost.items.length,
      render: (rows) => (rows === 0 ? '' : costText(cost, rows)),
    })),
  ];
}

function changeText({ path, since, added, removed, changed, unit, examples }: DataChange): string {
  const one = unit.replace(/s$/, '');
  const counts = (
    [
      ['added', added],
      ['removed', removed],
      ['changed', changed],
    ] as const
  )
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${counted(count, one)} ${what}`);
  const shown = examples.slice(0, 5).map(({ change, text }) => `  - ${change}: ${deadText(cut(text)) || 'nothing'}`);
  const shownPath = deadText(shortName(path)) || 'data';
  return [
    `- ${shownPath}, since ${deadText(shortName(since)) || 'before'}: ${counts.length === 0 ? 'no change' : counts.join(', ')}`,
    ...shown,
  ].join('\n');
}

function costText({ currency, prices, items, once, perMonth }: AnnouncedCost, rows: number): string {
  const money = (amount: number | undefined): string =>
    amount === undefined ? 'not known' : `${amount.toFixed(2)} ${currency}`;
  const isOpen = items.some(({ amount }) => amount === undefined);
  const sums = [
    ...(once === undefined ? [] : [`once ${money(once)}`]),
    ...(perMonth === undefined ? [] : [`each month ${money(perMonth)}`]),
    ...(isOpen ? ['and what is not known'] : []),
  ];
  const header = ['step', 'for', 'how much', 'amount', 'per', 'note'];
  const cells = items.slice(0, rows).map(({ step, what, unit, quantity, amount, per, note = '' }) => {
    const size = quantity === undefined ? '' : `${Number(quantity.toFixed(2))} ${unit}`;
    return [step, what, size, money(amount), per, note].map(cut);
  });
  const from = `By prices of ${deadText(shortName(prices.date)) || 'no date'} from ${deadText(cut(prices.source)) || 'no source'}.`;
  return `#### Cost\n\n${deadText(cut(sums.join(', '))) || 'not known'}\n\n${table(header, cells)}\n\n${from}`;
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const longest = 300;
