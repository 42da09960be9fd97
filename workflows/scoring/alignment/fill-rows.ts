/** Rows of a table that are filled together: the bits of a number. */
export const rowsAtOnce = 32;

/**
 * Fills 32 rows of the table of an alignment, one column after the other, and tells for each of its cells the last step of the best
 * alignment up to there: two numbers a column, from `at` on in `steps`, with a bit for each row, which make S 0, C 1, I 2 and D 3.
 *
 * The cost of an alignment of N with M words, 4 S + 3 D + 3 I, is 3 (N + M) - 2 V with V = 3 C + S, so that the cheapest one has the
 * greatest V. V of neighbouring cells differs by 0 to 3. In a column, `v` is the difference between a cell and the one above it: three
 * numbers hold for each row whether it is below 1, 2 and 3. `h` is the difference between a cell and the one to its left: at least 1,
 * 2 and 3. With w = 3 for equal words, else 1, and `v` and `h` from the left and from above, the new ones are max(w, h, v) - h and
 * max(w, h, v) - v. Downwards `h` depends on itself where the words differ and v is 0, which is how a carry runs through an addition:
 * one addition for h >= 3, one for h >= 2; h >= 1 follows from these.
 * Such arithmetic is known from Hyyrö's, and Benson, Hernandez and Loving's, bit-parallel alignments; these are the formulas of sclite's costs.
 *
 * `crossing` has h from above for each column and gets h below, in the bits 1 (at least 1), 2 (at least 2) and 4 (3).
 * Left of the first column v is 0, which is what it is at the edge of the table and never more than it is elsewhere.
 */
export function fillRows(
  columns: {
    readonly hypothesis: Int32Array;
    /** Where the word of the first column stands there. */
    readonly first: number;
    readonly from: number;
    readonly until: number;
  },
  rows: {
    /** For each word the rows that have it. */
    readonly masks: Int32Array;
    readonly crossing: Uint8Array;
    readonly numbers: Int32Array;
    readonly at: number;
  },
): void {
  const { hypothesis, first, from, until } = columns;
  const { masks, crossing, numbers } = rows;
  let { at } = rows;
  let vBelow1 = -1;
  let vBelow2 = -1;
  let vBelow3 = -1;
  for (let column = from; column < until; column += 1) {
    const equal = masks[hypothesis[first + column]!]!;
    const unequal = ~equal;
    const above = crossing[column]!;

    const make3 = equal & vBelow1;
    const pass = vBelow1 ^ make3;
    const h3 = (vBelow1 + (make3 + (above >>> 2))) ^ pass;

    const equalOrH3 = equal | h3;
    const make2 = vBelow2 & equalOrH3;
    const makeOrPass = make2 | pass;
    const h2 = (makeOrPass + (make2 + ((above >>> 1) & 1))) ^ (makeOrPass ^ make2);

    const kept2 = vBelow2 & h2;
    const out1 = vBelow1 | (vBelow3 & equalOrH3) | kept2;
    const h1 = (out1 << 1) | (above & 1);

    crossing[column] =
      (out1 >>> 31) | (((make2 | (makeOrPass & h2)) >>> 30) & 2) | (((make3 | (pass & h3)) >>> 29) & 4);
    numbers[at] = ~(equal | (vBelow2 ^ kept2));
    numbers[at + 1] = equal | (h3 & vBelow3) | kept2;
    at += 2;

    const next1 = h3 | (unequal & vBelow3 & h2) | (unequal & vBelow2 & h1);
    vBelow2 = h2 | (unequal & vBelow2) | (unequal & vBelow3 & h1);
    vBelow3 = h1 | (unequal & vBelow3);
    vBelow1 = next1;
  }
}
