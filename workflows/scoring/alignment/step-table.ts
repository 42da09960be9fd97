import { fillRows, rowsAtOnce } from './fill-rows.ts';
import { type Middle, stepNumbers, type StepsBefore, type WordPair } from './word-pair.ts';

const { inserted, deleted } = stepNumbers;

/** Numbers of the table that are kept at once: 4 MB. */
const mostKept = 2 ** 20;

/** The least and the greatest column - row of the cells that are looked at. */
export interface Band {
  readonly lowest: number;
  readonly highest: number;
}

/** Hears of each block of 32 rows what crosses its lower edge in the columns of the band: see {@link fillRows}. */
export type BlockObserver = (
  block: number,
  edge: { readonly from: number; readonly until: number; readonly crossing: Uint8Array },
) => void;

/**
 * The table of the steps of a pair: a row for each word of the reference and a column for each one of the hypothesis, filled in blocks
 * of 32 rows within a band along the diagonal, and walked back from its last cell.
 *
 * Where the band does not fit into 4 MB only the last blocks are kept, and those above are filled again when the way back comes to them.
 */
export class StepTable {
  /** How many rows and columns the way back has left; one of both is 0. */
  rowsLeft = 0;
  columnsLeft = 0;
  /** What the alignment costs: 4 for each substitution and 3 for each gap, of which one is for each row or column left. */
  cost = 0;

  readonly #masks: Int32Array;
  #crossing = new Uint8Array(256);
  #numbers = new Int32Array(1024);
  /** Where the numbers of a block begin. */
  #places: Int32Array = new Int32Array(64);
  #reference: Int32Array = new Int32Array(0);
  #hypothesis: Int32Array = new Int32Array(0);
  #firstRow = 0;
  #firstColumn = 0;
  #rows = 0;
  #columns = 0;
  #lowest = 0;
  #highest = 0;

  /** `masks` has a 0 for each word of the vocabulary. */
  constructor(masks: Int32Array) {
    this.#masks = masks;
  }

  /** Takes the part of a pair that the table is to be of, at least a row and a column. */
  open({ reference, hypothesis }: WordPair, { firstRow, firstColumn, rows, columns }: Middle): void {
    this.#reference = reference;
    this.#hypothesis = hypothesis;
    this.#firstRow = firstRow;
    this.#firstColumn = firstColumn;
    this.#rows = rows;
    this.#columns = columns;
    if (columns > this.#crossing.length) this.#crossing = new Uint8Array(2 * columns);
  }

  /** Writes the steps of the best alignment within a band, back to the first row or column, and answers where the first of them stands. */
  align({ lowest, highest }: Band, into: StepsBefore, observer?: BlockObserver): number {
    this.#lowest = lowest;
    this.#highest = highest;
    this.rowsLeft = this.#rows;
    this.columnsLeft = this.#columns;
    this.cost = 0;
    this.#crossing.fill(0, 0, this.#columns);
    const at = this.#alignFrom(0, into, observer);
    this.cost += 3 * (this.rowsLeft + this.columnsLeft);
    return at;
  }

  #alignFrom(first: number, { steps, end }: StepsBefore, observer: BlockObserver | undefined): number {
    const blocks = Math.ceil(this.#rows / rowsAtOnce);
    const until = this.#place(first, blocks);
    if (until === blocks) {
      this.#fill(first, until, observer);
      return this.#walkBack(first, { steps, end });
    }
    const above = this.#crossing.slice(0, this.#columns);
    this.#fill(first, until, observer);
    const at = this.#alignFrom(until, { steps, end }, observer);
    this.#crossing.set(above);
    this.#place(first, until);
    this.#fill(first, until, undefined);
    return this.#walkBack(first, { steps, end: at });
  }

  /** The first column of a block in the band. */
  #from(block: number): number {
    return Math.max(0, block * rowsAtOnce + this.#lowest);
  }

  /** The column after the last one of a block in the band. */
  #until(block: number): number {
    return Math.min(this.#columns, (block + 1) * rowsAtOnce + this.#highest);
  }

  /** Gives the blocks from `first` on their places in the numbers, as many as fit there but at least one, and answers the next block. */
  #place(first: number, until: number): number {
    let size = 0;
    let block = first;
    for (; block < until; block += 1) {
      const width = 2 * (this.#until(block) - this.#from(block));
      if (size + width > mostKept && block > first) break;
      if (block - first === this.#places.length) this.#places = withRoom(this.#places, 2 * this.#places.length);
      this.#places[block - first] = size;
      size += width;
    }
    if (size > this.#numbers.length) this.#numbers = new Int32Array(Math.max(size, Math.min(2 * size, mostKept)));
    return block;
  }

  #fill(first: number, until: number, observer: BlockObserver | undefined): void {
    const reference = this.#reference;
    const masks = this.#masks;
    for (let block = first; block < until; block += 1) {
      const top = this.#firstRow + block * rowsAtOnce;
      const bottom = Math.min(top + rowsAtOnce, this.#firstRow + this.#rows);
      const from = this.#from(block);
      const end = this.#until(block);
      for (let row = top; row < bottom; row += 1) masks[reference[row]!]! |= 1 << (row - top);
      fillRows(
        { hypothesis: this.#hypothesis, first: this.#firstColumn, from, until: end },
        { masks, crossing: this.#crossing, numbers: this.#numbers, at: this.#places[block - first]! },
      );
      for (let row = top; row < bottom; row += 1) masks[reference[row]!] = 0;
      observer?.(block, { from, until: end, crossing: this.#crossing });
    }
  }

  #walkBack(first: number, { steps, end }: StepsBefore): number {
    const numbers = this.#numbers;
    let row = this.rowsLeft - 1;
    let column = this.columnsLeft - 1;
    let substitutions = 0;
    let gaps = 0;
    let at = end;
    while (row >= first * rowsAtOnce && column >= 0) {
      const block = Math.floor(row / rowsAtOnce);
      const top = block * rowsAtOnce;
      const from = this.#from(block);
      const until = this.#until(block);
      const place = this.#places[block - first]! - 2 * from;
      // Beyond the band a cell is as good as its neighbour in the direction of the band.
      for (; column >= until; column -= 1, gaps += 1) steps[(at -= 1)] = inserted;
      while (row >= top && column >= from) {
        const isGap = (numbers[place + 2 * column]! >>> row) & 1;
        const isOther = (numbers[place + 2 * column + 1]! >>> row) & 1;
        at -= 1;
        steps[at] = (isGap << 1) | isOther;
        substitutions += 1 ^ (isGap | isOther);
        gaps += isGap;
        row -= 1 ^ (isGap & ~isOther);
        column -= 1 ^ (isGap & isOther);
      }
      if (column >= 0) for (; row >= top; row -= 1, gaps += 1) steps[(at -= 1)] = deleted;
    }
    this.rowsLeft = row + 1;
    this.columnsLeft = column + 1;
    this.cost += 4 * substitutions + 3 * gaps;
    return at;
  }
}

function withRoom(numbers: Int32Array, length: number): Int32Array {
  const more = new Int32Array(length);
  more.set(numbers);
  return more;
}
