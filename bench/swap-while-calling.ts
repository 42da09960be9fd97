import { StepFailure } from '../workflows/engine/step-kind.ts';
import type { CallersTold } from './swap-clients.ts';
import type { SwapWorld } from './swap-world.ts';

/** Single recognitions at a time. */
export const oneShots = 2;

/** What became of swaps, and what callers met with meanwhile. */
export interface SwapCounts extends CallersTold {
  readonly swaps: number;
  /** Steps that failed. */
  readonly refused: number;
  readonly reasons: readonly string[];
  /** Steps that said that the new model serves while the previous one still did. */
  readonly tooEarly: number;
}

/** Gives an endpoint one model after the other while callers go on. */
export async function swapWhileCalling(
  world: SwapWorld,
  of: {
    readonly swaps: number;
    readonly streams: number;
    /** Called before each swap, with how many there were. */
    readonly meanwhile?: (count: number) => Promise<void> | void;
  },
): Promise<SwapCounts> {
  const end = await world.call({ streams: of.streams, oneShots });
  const counts = { swaps: 0, refused: 0, tooEarly: 0 };
  const reasons: string[] = [];
  for (let count = 0; count < of.swaps; count += 1) {
    const model = count % 2 === 0 ? world.poor : world.good;
    await of.meanwhile?.(count);
    const outcome = await world.swap(model);
    counts.swaps += 1;
    if (outcome instanceof StepFailure) {
      counts.refused += 1;
      reasons.push(outcome.message);
    } else if ((await world.answers()) !== world.texts[model]) counts.tooEarly += 1;
  }
  return { ...counts, reasons, ...(await end()) };
}
