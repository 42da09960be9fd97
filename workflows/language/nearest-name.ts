/**
 * The name that a person probably meant, or undefined when none is near: at most a third of the letters may differ, where
 * a swap of neighbours counts once and capitals do not count. At least one letter stays. Among thousands of names the
 * search ends when it has compared {@link MAX_CELLS} pairs of letters.
 */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  const wanted = written.slice(0, MAX_LENGTH).toLowerCase();
  let nearest: string | undefined;
  let limit = Math.min(wanted.length, Math.max(1, Math.floor(wanted.length / 3)) + 1);
  let cells = 0;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) >= limit) continue;
    const { distance, compared } = editDistance(wanted, name.toLowerCase(), limit);
    if (distance < limit) {
      nearest = name;
      limit = distance;
    }
    cells += compared;
    if (limit === 0 || cells > MAX_CELLS) break;
  }
  return nearest;
}

const MAX_LENGTH = 64;
const MAX_CELLS = 200_000;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Ends early when it is
 * not below the limit, so that most names cost a few letters: the distance of two rows in succession never falls again.
 */
function editDistance(a: string, b: string, limit: number): { readonly distance: number; readonly compared: number } {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  let lowestBefore = 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let lowest = i;
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      lowest = Math.min(lowest, cost);
    }
    // A swap of neighbours reaches over one row.
    if (lowest >= limit && lowestBefore >= limit) return { distance: limit, compared: i * b.length };
    lowestBefore = lowest;
    beforePrevious = previous;
    previous = row;
  }
  return { distance: previous[b.length] ?? 0, compared: a.length * b.length };
}
