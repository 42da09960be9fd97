import type { Strategy } from '../language/pipeline.ts';

/** Lets the combinations of a matrix start in their order, no more at once than the strategy allows. */
export interface CombinationGates {
  /**
   * Resolves when the combination may start, with the time at which the one before it in the same place ended; undefined when it
   * did not have to wait.
   */
  pass(combinationId: string): Promise<string | undefined>;
  /** Opens the first gates, and the next one whenever a combination ends. `ended` resolves with the time of its end. */
  open(ended: (combinationId: string) => Promise<string>): void;
}

export function createCombinationGates({ combinations, maxParallel = Infinity }: Strategy): CombinationGates {
  const gates = new Map(combinations.map(({ id }) => [id, Promise.withResolvers<string | undefined>()]));
  return {
    async pass(combinationId) {
      return await gates.get(combinationId)?.promise;
    },
    open(ended) {
      const waiting = combinations.values();
      const openNext = (since?: string): void => {
        const next = waiting.next();
        if (next.done === true) return;
        gates.get(next.value.id)?.resolve(since);
        // A combination that fails opens the next gate, too: the run is ending then, and no step may wait for ever.
        ended(next.value.id).then(openNext, () => openNext());
      };
      for (let open = 0; open < Math.min(maxParallel, combinations.length); open += 1) openNext();
    },
  };
}
