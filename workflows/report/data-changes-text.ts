import type { SavedData, SavedDataChanges } from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';
import { deadText } from './dead-text.ts';

/**
 * How data of a plan have changed, a line each, with what they are held against: `data/test: 1 recording removed, 2 changed since origin/main
 * (1a2b3c4d5e6f)`. Nothing of data that have not changed, or that nobody has compared.
 */
export function dataChangeLines(data: readonly SavedData[]): readonly string[] {
  return data.flatMap(({ path, changes }) =>
    changes === undefined || !isChanged(changes) ? [] : [`${path}: ${countsIn(changes)} since ${changes.since}`],
  );
}

/** The same as a list in Markdown, each with some of what has changed. */
export function dataChangeItems(data: readonly SavedData[]): readonly string[] {
  return data.flatMap(({ path, changes }) => {
    if (changes === undefined || !isChanged(changes)) return [];
    const examples = changes.examples.map(({ change, text }) => `\n  - ${change}: ${deadText(text)}`);
    return [`- ${deadText(path)}: ${countsIn(changes)} since ${deadText(changes.since)}${examples.join('')}`];
  });
}

function isChanged({ added, removed, changed }: SavedDataChanges): boolean {
  return added + removed + changed > 0;
}

function countsIn({ unit, added, removed, changed }: SavedDataChanges): string {
  const counts = [
    [removed, 'removed'],
    [changed, 'changed'],
    [added, 'added'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what], index) => `${index === 0 ? counted(count, unit.replace(/s$/, '')) : count} ${what}`)
    .join(', ');
}
