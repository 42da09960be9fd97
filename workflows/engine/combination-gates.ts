import { type Combination, type Pipeline, type PipelineStep, type Strategy, waveOf } from '../language/pipeline.ts';

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

/**
 * The ids of steps that have to end before this one, besides those that it needs: those of combinations that start before its own, and
 * those of its wave where it takes one of them back. A step that has ended is not among them.
 */
export function stepsAhead(
  { combination, takesBack }: Pick<PipelineStep, 'combination' | 'takesBack'>,
  { pipeline, hasEnded }: { readonly pipeline: Pipeline; readonly hasEnded: (stepId: string) => boolean },
): readonly string[] {
  const { strategy, steps } = pipeline;
  if (combination === undefined || strategy === undefined) return [];
  const openOf = ({ id: one }: Combination): readonly string[] =>
    steps.flatMap(({ id, combination: other, takesBack: taken }) =>
      other?.id === one && taken === undefined && !hasEnded(id) ? [id] : [],
    );
  const waves = wavesOf(strategy);
  const own = waves.findIndex((wave) => wave.some(({ id }) => id === combination.id));
  const wave = waves[own] ?? [];
  if (takesBack !== undefined) return wave.flatMap(openOf);
  const before = waves.slice(0, own).flat().flatMap(openOf);
  if (before.length > 0) return before;
  const underWay = wave
    .slice(
      0,
      wave.findIndex(({ id }) => id === combination.id),
    )
    .map(openOf);
  const places = underWay.filter((open) => open.length > 0);
  return places.length < (strategy.maxParallel ?? Infinity) ? [] : places.flat();
}
