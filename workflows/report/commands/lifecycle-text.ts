import type { LifecycleDocument, LifecycleObject } from '../../../schemas/types.gen.ts';
import { endingInUse } from '../../plan/lifecycle.ts';
import { deadText } from '../dead-text.ts';
import { painter } from '../paint.ts';
import { tableText } from '../table.ts';

/** A table for a terminal, what ends first on top, and a summary below it. `color` paints what has ended or ends soon. */
export function lifecycleText(
  lifecycle: LifecycleDocument,
  { color = false }: { readonly color?: boolean } = {},
): string {
  const { objects } = lifecycle;
  const paint = painter({ color });
  const table = tableText(columnsOf(lifecycle), objects.map(rowOf(lifecycle)), {
    paint: (cell, column) => (column === 0 ? paint(cell.trimEnd(), cell) : cell),
  });
  return `${objects.length === 0 ? '' : table}${summaryOf(lifecycle)}\n`;
}

/** The same in Markdown, for a summary of a CI job or an issue. */
export function lifecycleMarkdown(lifecycle: LifecycleDocument): string {
  const columns = columnsOf(lifecycle).map((name) => name.toLowerCase());
  const rows = lifecycle.objects.map((entry) =>
    rowOf(lifecycle)(entry).map((cell, column) => (column < written ? cell : deadText(cell))),
  );
  const table = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const parts = lifecycle.objects.length === 0 ? [] : [table.join('\n')];
  return `${[deadText(summaryOf(lifecycle)), ...parts].join('\n\n')}\n`;
}

/** The first columns have no text of anybody. */
const written = 5;

function summaryOf({ resource, observedAt, withinDays, objects }: LifecycleDocument): string {
  if (objects.length === 0) return `${resource} has no endpoint and no custom model`;
  const ending = endingInUse(objects);
  const over = ending.filter(({ state }) => state === 'expired').length;
  const days = `${withinDays} ${withinDays === 1 ? 'day' : 'days'}`;
  const by = `, seen on ${observedAt.slice(0, 10)} by the clock of the service`;
  if (ending.length === 0) return `Nothing in use on ${resource} ends within ${days}${by}`;
  const expired = over === 0 ? '' : `, ${over} of them ${over === 1 ? 'has' : 'have'} ended`;
  return `${ending.length} in use on ${resource} ${ending.length === 1 ? 'ends' : 'end'} within ${days}${expired}${by}`;
}

function columnsOf(lifecycle: LifecycleDocument): readonly string[] {
  const where = hasSeveral(lifecycle) ? ['RESOURCE'] : [];
  const names = ['STATE', 'DAYS', 'ENDS', 'USED', 'WHAT', 'NAME', 'LOCALE'];
  return [...names, ...where, 'MODEL', 'TRAINS UNTIL', 'RECOGNISES UNTIL', 'NEWER BASE', 'THEN'];
}

function rowOf(lifecycle: LifecycleDocument): (entry: LifecycleObject) => readonly string[] {
  const where = hasSeveral(lifecycle);
  return (entry) => [
    entry.state,
    entry.daysLeft === undefined ? '' : String(entry.daysLeft),
    day(entry.ends),
    entry.inUse ? 'yes' : 'no',
    entry.kind.replace('-', ' '),
    entry.name,
    entry.locale,
    ...(where ? [entry.resource ?? ''] : []),
    entry.model ?? '',
    day(entry.trainableUntil),
    day(entry.recognisesUntil),
    entry.newerBaseModel ?? '',
    entry.consequence,
  ];
}

function hasSeveral({ objects }: LifecycleDocument): boolean {
  return new Set(objects.map(({ resource }) => resource)).size > 1;
}

function day(dateTime: string | undefined): string {
  return dateTime?.slice(0, 10) ?? '';
}
