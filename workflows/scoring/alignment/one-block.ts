import type { Middle, StepsBefore, WordPair } from './word-pair.ts';

/**
 * The table of the steps of a short pair: one block, of at most as many rows as `fill-rows.ts` fills at once. Most utterances are such
 * pairs, and for them half of what a table of several blocks does goes into the edges between its blocks, and into finding them again.
 */
export class OneBlock {
  /** How many rows and columns the way back has left; one of both is 0. */
  rowsLeft = 0;
  columnsLeft = 0;
  readonly #masks: Int32Array;
  #numbers = new Int32Array(256);

  /** `masks` has a 0 for each word of the vocabulary. */
  constructor(masks: Int32Array) {
    this.#masks = masks;
  }

  /** Writes the steps of the best alignment, back to the first row or column, and answers where the first of them stands. */
  align(pair: WordPair, middle: Middle, into: StepsBefore): number {
    const { columns } = middle;
    if (2 * columns > this.#numbers.length) this.#numbers = new Int32Array(4 * columns);
    this.#fill(pair, middle);
    return this.#walkBack(middle, into);
  }

  /** As `fillRows` derives it, where h from above is 0 and nobody asks for h below. */
  #fill({ reference, hypothesis }: WordPair, { firstRow, rows, firstColumn, columns }: Middle): void {
    const masks = this.#masks;
    const numbers = this.#numbers;
    for (let row = 0; row < rows; row += 1) masks[reference[firstRow + row]!]! |= 1 << row;
    let vBelow1 = -1;
    let vBelow2 = -1;
    let vBelow3 = -1;
    for (let column = 0; column < columns; column += 1) {
      const equal = masks[hypothesis[firstColumn + column]!]!;
      const unequal = ~equal;

      const make3 = equal & vBelow1;
      const pass = vBelow1 ^ make3;
      const h3 = (vBelow1 + make3) ^ pass;

      const equalOrH3 = equal | h3;
      const make2 = vBelow2 & equalOrH3;
      const makeOrPass = make2 | pass;
      const h2 = (makeOrPass + make2) ^ (makeOrPass ^ make2);

      const kept2 = vBelow2 & h2;
      const h1 = (vBelow1 | (vBelow3 & equalOrH3) | kept2) << 1;

      numbers[2 * column] = ~(equal | (vBelow2 ^ kept2));
      numbers[2 * column + 1] = equal | (h3 & vBelow3) | kept2;

      const next1 = h3 | (unequal & vBelow3 & h2) | (unequal & vBelow2 & h1);
      vBelow2 = h2 | (unequal & vBelow2) | (unequal & vBelow3 & h1);
      vBelow3 = h1 | (unequal & vBelow3);
      vBelow1 = next1;
    }
    for (let row = 0; row < rows; row += 1) masks[reference[firstRow + row]!] = 0;
  }

  #walkBack({ rows, columns }: Middle, { steps, end }: StepsBefore): number {
    const numbers = this.#numbers;
    let row = rows - 1;
    let column = columns - 1;
    let at = end;
    // Until one of both is negative.
    while ((row | column) >= 0) {
      const isGap = (numbers[2 * column]! >>> row) & 1;
      const isOther = (numbers[2 * column + 1]! >>> row) & 1;
      at -= 1;
      steps[at] = (isGap << 1) | isOther;
      // The processor foresees that most steps are no gaps, and need not wait for the cell.
      if (isGap === 0) {
        row -= 1;
        column -= 1;
      } else {
        row -= isOther;
        column -= 1 ^ isOther;
      }
    }
    this.rowsLeft = row + 1;
    this.columnsLeft = column + 1;
    return at;
  }
}
