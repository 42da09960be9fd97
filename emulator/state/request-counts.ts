/** How a call ended: an HTTP status, or how its connection ended without one. */
export type Ending = number | 'cut' | 'lost' | 'truncated';

/** For each operation how many calls ended how: `{ "Datasets_Create": { "201": 2, "lost": 1 } }`. */
export type CountsByOperation = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Counts calls, for tests that ask what a client really did. */
export class RequestCounts {
  #counts = new Map<string, Map<string, number>>();

  add(operation: string, ending: Ending): void {
    const endings = this.#counts.get(operation) ?? new Map<string, number>();
    endings.set(String(ending), (endings.get(String(ending)) ?? 0) + 1);
    this.#counts.set(operation, endings);
  }

  list(): CountsByOperation {
    const sorted = [...this.#counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(sorted.map(([operation, endings]) => [operation, Object.fromEntries(endings)]));
  }

  clear(): void {
    this.#counts.clear();
  }
}
