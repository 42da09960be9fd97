import { type Combination, type Strategy, waveOf } from '../language/pipeline.ts';

/** Lets the combinations of a matrix start in their order, wave by wave, no more at once than the strategy allows. */
export interface CombinationGates {
  /**
   * Resolves when the combination may start, with the time at which the one before it in the same place, or the wave before, ended;
   * undefined when it did not have to wait.
   */
  pass(combinationId: string): Promise<string | undefined>;
  /** Opens the first gates, and the next one whenever a combination ends. `ended` resolves with the time of its end. */
  open(ended: (combinationId: string) => Promise<string>): void;
}

export function createCombinationGates(strategy: Strategy): CombinationGates {
  const { combinations, maxParallel = Infinity } = strategy;
  const gates = new Map(combinations.map(({ id }) => [id, Promise.withResolvers<string | undefined>()]));
  return {
    async pass(combinationId) {
      return await gates.get(combinationId)?.promise;
    },
    open(ended) {
      const endOf = async (id: string): Promise<string | undefined> => {
        try {
          return await ended(id);
        } catch {
          // A combination that fails opens the next gate, too: the run is ending then, and no step may wait for ever.
          return undefined;
        }
      };
      const openWave = async (
        wave: readonly Combination[],
        before: string | undefined,
      ): Promise<string | undefined> => {
        const waiting = wave.values();
        let last = before;
        const openInTurn = async (): Promise<void> => {
          let since = before;
          for (const { id } of waiting) {
            gates.get(id)?.resolve(since);
            since = await endOf(id);
            if (since !== undefined && since > (last ?? '')) last = since;
          }
        };
        const places = Math.min(maxParallel, wave.length);
        await Promise.all(Array.from({ length: places }, openInTurn));
        return last;
      };
      void (async () => {
        let before: string | undefined;
        for (const wave of wavesOf(strategy)) before = await openWave(wave, before);
      })();
    },
  };
}

/** The combinations that start together. */
function wavesOf({ combinations, waves }: Strategy): readonly (readonly Combination[])[] {
  if (waves === undefined) return [combinations];
  return waves.map((wave) => combinations.filter((one) => waveOf(one) === wave));
}
