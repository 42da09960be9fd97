/**
 * Names for places that have no room for long ones, by the names: what is too long is cut in its middle, where it is like others; of names that
 * would look the same, what differs stays.
 */
export function shortNames(names: readonly string[], mostOf: (name: string) => number): ReadonlyMap<string, string> {
  const all = [...new Set(names)];
  const short = new Map(all.map((name) => [name, cut(name, { most: mostOf(name) })]));
  for (const alike of Map.groupBy(all, (name) => short.get(name)).values()) {
    if (alike.length < 2) continue;
    const from = commonStart(alike);
    for (const name of alike) short.set(name, cut(name, { most: mostOf(name), from }));
  }
  return short;
}

/** With its beginning and its end; with what stands at `from` in place of the end. */
function cut(name: string, { most, from }: { readonly most: number; readonly from?: number }): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const ending = Math.floor(most / 3);
  if (from === undefined || letters.length - from <= ending)
    return `${letters.slice(0, most - 1 - ending).join('')}…${letters.slice(-ending).join('')}`;
  const start = Math.floor(most / 3);
  const differing = letters.slice(from, from + most - start - 2).join('');
  return `${letters.slice(0, start).join('')}…${differing}…`;
}

/** How many letters at the start all have. */
function commonStart(names: readonly string[]): number {
  const [first = [], ...others] = names.map((name) => [...name]);
  const at = first.findIndex((letter, index) => others.some((other) => other[index] !== letter));
  return at < 0 ? first.length : at;
}
