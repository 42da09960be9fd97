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
const MAX_CELLS = 40_000;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Ends early when it is
 * not below the limit, so that most names cost a few letters: the distance of two rows in succession never falls again.
 * `b` has fewer than twice {@link MAX_LENGTH} letters.
 */
function editDistance(a: string, b: string, limit: number): { readonly distance: number; readonly compared: number } {
  let [beforePrevious, previous, row] = rows as [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= b.length; j += 1) previous[j] = j;
  let lowestBefore = 0;
  for (let i = 1; i <= a.length; i += 1) {
    row[0] = i;
    let lowest = i;
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(at(previous, j - 1) + (isSame ? 0 : 1), at(previous, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1))
        cost = Math.min(cost, at(beforePrevious, j - 2) + 1);
      row[j] = cost;
      lowest = Math.min(lowest, cost);
    }
    // A swap of neighbours reaches over one row.
    if (lowest >= limit && lowestBefore >= limit) return { distance: limit, compared: i * b.length };
    lowestBefore = lowest;
    [beforePrevious, previous, row] = [previous, row, beforePrevious];
  }
  return { distance: at(previous, b.length), compared: a.length * b.length };
}

/** Taken again for every pair of names. */
const rows = Array.from({ length: 3 }, () => new Uint8Array(2 * MAX_LENGTH + 1));

function at(row: Uint8Array, index: number): number {
  return row[index] ?? 0;
}
