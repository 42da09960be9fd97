import { Detours } from './detours.ts';
import { rowsAtOnce } from './fill-rows.ts';
import { OneBlock } from './one-block.ts';
import { type Band, StepTable } from './step-table.ts';
import { type Middle, stepNumbers, type StepsBefore, type WordPair } from './word-pair.ts';

const { correct, inserted, deleted } = stepNumbers;

/** How far from the diagonal the first attempt at a long pair looks for its best alignment, and how much of that is margin. */
const firstReach = 96;
const margin = 64;

/** So far from the diagonal, words that have little in common are not found to have more a bit further away. */
const farReach = 1000;
/** Pairs of words of one table: about half a minute. */
const mostCells = 4e10;

/**
 * Aligns pairs of word sequences, one after the other, and chooses the steps that sclite chooses: of the cheapest alignments, where a
 * substitution costs 4 and a gap 3, the one that has, from its last step to its first, a diagonal step where there is a choice, else
 * an insertion.
 *
 * A table is made of the words between the common end and the common beginning alone, and for long pairs of a band along its
 * diagonal, which is widened until nothing outside of it is as good. Memory is kept from pair to pair.
 */
export class Aligner {
  readonly #block: OneBlock;
  readonly #table: StepTable;

  /** `vocabulary` is above the number of every word. */
  constructor(vocabulary: number) {
    const masks = new Int32Array(vocabulary);
    this.#block = new OneBlock(masks);
    this.#table = new StepTable(masks);
  }

  /**
   * Writes the steps of the alignment into `steps`, the last one before `end`, and answers where the first one stands. There has to be
   * room for a step for each word. Throws a RangeError where that would take more than about half a minute: 200,000 words against as many
   * that have little in common with them.
   */
  align(pair: WordPair, steps: Uint8Array, end: number): number {
    const { reference, referenceFrom, hypothesis, hypothesisFrom } = pair;
    let row = pair.referenceUntil;
    let column = pair.hypothesisUntil;
    let at = end;
    while (row > referenceFrom && column > hypothesisFrom && reference[row - 1] === hypothesis[column - 1]) {
      row -= 1;
      column -= 1;
      at -= 1;
      steps[at] = correct;
    }
    const shorter = Math.min(row - referenceFrom, column - hypothesisFrom);
    let shared = 0;
    while (shared < shorter && reference[referenceFrom + shared] === hypothesis[hypothesisFrom + shared]) shared += 1;
    if (shared < shorter) {
      const firstRow = referenceFrom + shared;
      const firstColumn = hypothesisFrom + shared;
      const middle = { firstRow, firstColumn, rows: row - firstRow, columns: column - firstColumn };
      const isShort = middle.rows <= rowsAtOnce;
      const table = isShort ? this.#block : this.#table;
      const into = { steps, end: at };
      at = isShort ? this.#block.align(pair, middle, into) : this.#alignMiddle(pair, middle, into);
      row = firstRow + table.rowsLeft;
      column = firstColumn + table.columnsLeft;
    }
    return alignBeginning(pair, { row, column }, { steps, end: at });
  }

  #alignMiddle(pair: WordPair, middle: Middle, into: StepsBefore): number {
    const table = this.#table;
    const { rows, columns } = middle;
    table.open(pair, middle);
    const furthest = Math.min(rows, columns);
    if (furthest <= firstReach) return table.align({ lowest: -rows, highest: columns }, into);
    for (let reach = firstReach; ;) {
      const band = bandOf(middle, reach);
      const detours = new Detours(band, margin);
      const at = table.align(band, into, detours.observe);
      // Who goes g columns beyond the diagonal comes back: 6 g, and the gaps that the lengths ask for.
      const needed = Math.floor((table.cost / 3 - Math.abs(rows - columns)) / 2);
      if (Math.min(needed, furthest) <= reach || !detours.areAsGood(pair, middle)) return at;
      const isHopeless = reach > farReach && table.cost > rows + columns;
      reach = Math.min(needed, furthest, isHopeless ? needed : 4 * reach);
      if (rows * Math.min(columns, 2 * reach) > mostCells) {
        throw new RangeError(
          `Split the text into shorter utterances: ${rows} words and ${columns} words with little in common take too long to align`,
        );
      }
    }
  }
}

function bandOf({ rows, columns }: Middle, reach: number): Band {
  return { lowest: -reach - Math.max(0, rows - columns), highest: reach + Math.max(0, columns - rows) };
}

/**
 * The steps before the table. There, one side has nothing left but words that the other one begins with, too: V (see
 * {@link fillRows}) is 3 for each of them whatever the other side has, so that equal words are correct and every other step is a gap
 * towards the diagonal.
 */
function alignBeginning(
  { reference, referenceFrom, hypothesis, hypothesisFrom }: WordPair,
  from: { readonly row: number; readonly column: number },
  { steps, end }: StepsBefore,
): number {
  let row = from.row - referenceFrom;
  let column = from.column - hypothesisFrom;
  let at = end;
  while (row !== column) {
    at -= 1;
    const isCorrect =
      row > 0 && column > 0 && reference[referenceFrom + row - 1] === hypothesis[hypothesisFrom + column - 1];
    if (isCorrect) steps[at] = correct;
    else steps[at] = row < column ? inserted : deleted;
    const isAhead = row < column;
    if (isCorrect || !isAhead) row -= 1;
    if (isCorrect || isAhead) column -= 1;
  }
  for (; row > 0; row -= 1) {
    at -= 1;
    steps[at] = correct;
  }
  return at;
}
