import { rowsAtOnce } from './fill-rows.ts';
import type { Band, BlockObserver } from './step-table.ts';
import type { Middle, WordPair } from './word-pair.ts';

/** An alignment costs no less further down a diagonal, and at most 4 more a row. */
const mostWithinBlock = 4 * rowsAtOnce;

/**
 * Tells whether an alignment that leaves a band can be as good as the best one that does not.
 *
 * Who leaves the band has left an inner one, narrower by a margin on both sides, and comes back to it: a detour. It costs at least
 * 3 for each column of the margin, both ways. It also costs at least 3 for each two words of the reference on its way that follow each
 * other in the hypothesis nowhere, or within the inner band alone. Where from every cell at the edge of the inner band to every
 * later one a detour costs more than the later one costs without it, an alignment without detours is better than each one with them.
 */
export class Detours {
  readonly #inner: Band;
  readonly #margin: number;
  /** By block, what the cell in its last row and at the lower, or upper, edge of the inner band costs. Infinity where there is no such cell. */
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  /** V in the last row of the last block, in the first column of the next one. */
  #corner = 0;

  constructor({ lowest, highest }: Band, margin: number) {
    this.#inner = { lowest: lowest + margin, highest: highest - margin };
    this.#margin = margin;
  }

  /** Takes down what the cells at the edges of the inner band cost. */
  readonly observe: BlockObserver = (block, { from, until, crossing }) => {
    const row = (block + 1) * rowsAtOnce;
    const lower = row + this.#inner.lowest;
    const upper = row + this.#inner.highest;
    const next = Math.max(0, lower - this.#margin);
    let costAtLower = Infinity;
    let costAtUpper = Infinity;
    let value = this.#corner;
    for (let column = from; column <= until; column += 1) {
      const cost = 3 * (row + column) - 2 * value;
      if (column === next) this.#corner = value;
      if (column === lower) costAtLower = cost;
      if (column === upper) costAtUpper = cost;
      const crosses = column < until ? crossing[column]! : 0;
      value += (crosses & 1) + ((crosses >>> 1) & 1) + (crosses >>> 2);
    }
    this.#lower.push(costAtLower);
    this.#upper.push(costAtUpper);
  };

  /** Whether a detour may be as good, once every block was observed. */
  areAsGood(pair: WordPair, middle: Middle): boolean {
    const apart = costApart(pair, middle, this.#inner);
    const { lowest, highest } = this.#inner;
    return this.#isAnyAsGood(this.#lower, -3 * lowest, apart) || this.#isAnyAsGood(this.#upper, 3 * highest, apart);
  }

  /** `costs` has what the last cell of each block at one of the edges costs, `first` is what its first cell does, `apart` what {@link costApart} says. */
  #isAnyAsGood(costs: readonly number[], first: number, apart: readonly number[]): boolean {
    const acrossMargin = 6 * this.#margin;
    const last = costs.length - 1;
    // The last block has rows beyond the table.
    const known = (block: number): number => (block >= 0 && block < last ? costs[block]! : Infinity);
    const most = costs.map((_, block) => Math.min(known(block), known(block - 1) + mostWithinBlock));
    // What a detour back to a block, or a later one, has to be below: the words that are apart up to there taken off.
    let below = -Infinity;
    for (let leaving = last; leaving >= 0; leaving -= 1) {
      const before = known(leaving - 1);
      const least = before === Infinity ? first : before;
      if (most[leaving] === Infinity) continue;
      if (most[leaving]! - least >= acrossMargin) return true;
      if (below >= least - apart[leaving]!) {
        for (let back = leaving + 1; back <= last; back += 1) {
          const without = most[back]! - least;
          if (without >= acrossMargin && without < Infinity && without >= apart[back - 1]! - apart[leaving]!)
            return true;
        }
      }
      if (leaving > 0) below = Math.max(below, most[leaving]! - apart[leaving - 1]!);
    }
    return false;
  }
}

/** What alignments pay, by block and summed up from the first one on, for words that follow each other nowhere outside a band. */
function costApart(pair: WordPair, middle: Middle, inner: Band): readonly number[] {
  const { reference } = pair;
  const { firstRow, rows } = middle;
  const places = placesOfPairs(pair, middle);
  const sums: number[] = [];
  let sum = 0;
  for (let top = 0; top < rows; top += rowsAtOnce) {
    for (let row = top; row + 1 < Math.min(top + rowsAtOnce, rows); row += 2) {
      if (!places(reference[firstRow + row]!, reference[firstRow + row + 1]!, row, inner)) sum += 3;
    }
    sums.push(sum);
  }
  return sums;
}

/** Answers whether two words follow each other in the hypothesis in a place outside of the band at a row. */
function placesOfPairs(
  { hypothesis }: WordPair,
  { firstColumn, columns }: Middle,
): (first: number, second: number, row: number, inner: Band) => boolean {
  const bits = Math.ceil(Math.log2(columns + 1)) + 1;
  const latest = new Int32Array(2 ** bits).fill(-1);
  const earlier = new Int32Array(columns).fill(-1);
  const slotOf = (first: number, second: number): number =>
    (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> (32 - bits);
  for (let column = 0; column + 1 < columns; column += 1) {
    const slot = slotOf(hypothesis[firstColumn + column]!, hypothesis[firstColumn + column + 1]!);
    earlier[column] = latest[slot]!;
    latest[slot] = column;
  }
  return (first, second, row, { lowest, highest }) => {
    for (let column = latest[slotOf(first, second)]!; column >= 0; column = earlier[column]!) {
      const isOutside = column - row < lowest || column - row > highest;
      const at = firstColumn + column;
      if (isOutside && hypothesis[at] === first && hypothesis[at + 1] === second) return true;
    }
    return false;
  };
}
