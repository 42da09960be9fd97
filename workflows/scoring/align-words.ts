/**
 * How many words of a reference were recognised and how many were not. Every reference word is correct, substituted or
 * deleted, so `correct + substitutions + deletions` is the length of the reference.
 */
export interface AlignmentCounts {
  readonly correct: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

export interface Alignment {
  readonly counts: AlignmentCounts;
  /** One letter a step, first word first: `C` correct, `S` substituted, `D` deleted, `I` inserted. */
  readonly operations: string;
}

/**
 * The alignment of two sequences of words that NIST SCTK's sclite chooses: the cheapest where a substitution costs 4 and a
 * deletion or an insertion 3, and among equally cheap ones the same one. Words are equal when they are the same text.
 *
 * It does not minimise the number of errors: `a b c k l` against `k l x y z` has 6 here and 5 by Levenshtein's distance.
 *
 * Takes time and a quarter of a byte of memory for each pair of a reference word and a hypothesis word (20,000 against
 * 20,000: 100 MB); throws a RangeError above 4,000,000,000 such pairs.
 */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): Alignment {
  const shared = commonSuffixLength(reference, hypothesis);
  const rows = reference.length - shared;
  const columns = hypothesis.length - shared;
  if (rows * columns > MAXIMUM_CELLS) {
    throw new RangeError(
      `Split the text into shorter utterances: an alignment of ${rows} with ${columns} words is ${rows * columns} pairs of words; at most ${MAXIMUM_CELLS} are allowed`,
    );
  }
  const table = chooseSteps(...numberWords(reference.slice(0, rows), hypothesis.slice(0, columns)));
  return walkBack(table, { rows, columns, shared });
}

const MAXIMUM_CELLS = 4_000_000_000;

const SUBSTITUTION_COST = 4;
const DELETION_COST = 3;
const INSERTION_COST = 3;

const CORRECT = 0;
const SUBSTITUTED = 1;
const DELETED = 2;
const INSERTED = 3;

/** Leaving it out of the table changes no alignment; leaving out a common prefix would (`a a b` against `a b`: D C C). */
function commonSuffixLength(reference: readonly string[], hypothesis: readonly string[]): number {
  const longest = Math.min(reference.length, hypothesis.length);
  let length = 0;
  while (length < longest && reference.at(-1 - length) === hypothesis.at(-1 - length)) length += 1;
  return length;
}

/** The same number for the same word, because numbers compare faster than texts. */
function numberWords(reference: readonly string[], hypothesis: readonly string[]): [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (word: string) => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    numbers.set(word, numbers.size);
    return numbers.size - 1;
  };
  return [Int32Array.from(reference, numberOf), Int32Array.from(hypothesis, numberOf)];
}

/**
 * For each cell, row by row, the last step of the best alignment of the first words up to there; four steps to a byte.
 * Ties fall as in sclite: the diagonal when nothing is cheaper, else a deletion only when it is cheaper than an insertion.
 */
function chooseSteps(reference: Int32Array, hypothesis: Int32Array): Uint8Array {
  const columns = hypothesis.length;
  const steps = new Uint8Array(Math.ceil((reference.length * columns) / 4));
  // Costs of the row above, overwritten from the left by those of the current row.
  const costs = Int32Array.from({ length: columns + 1 }, (_, column) => column * INSERTION_COST);
  let cell = 0;
  for (let row = 0; row < reference.length; row += 1) {
    const word = reference[row]!;
    let aboveLeft = costs[0]!;
    let left = aboveLeft + DELETION_COST;
    costs[0] = left;
    for (let column = 1; column <= columns; column += 1) {
      const above = costs[column]!;
      const equal = word === hypothesis[column - 1];
      const deleted = above + DELETION_COST;
      const inserted = left + INSERTION_COST;
      let step = equal ? CORRECT : SUBSTITUTED;
      let cost = equal ? aboveLeft : aboveLeft + SUBSTITUTION_COST;
      if (cost > deleted || cost > inserted) {
        step = deleted < inserted ? DELETED : INSERTED;
        cost = deleted < inserted ? deleted : inserted;
      }
      steps[Math.floor(cell / 4)]! |= step << ((cell % 4) * 2);
      aboveLeft = above;
      left = cost;
      costs[column] = cost;
      cell += 1;
    }
  }
  return steps;
}

function walkBack(
  steps: Uint8Array,
  size: { readonly rows: number; readonly columns: number; readonly shared: number },
): Alignment {
  let row = size.rows;
  let column = size.columns;
  const counts = [size.shared, 0, 0, 0];
  const backwards: string[] = [];
  while (row > 0 || column > 0) {
    let step: number;
    if (row === 0) step = INSERTED;
    else if (column === 0) step = DELETED;
    else {
      const cell = (row - 1) * size.columns + (column - 1);
      step = (steps[Math.floor(cell / 4)]! >> ((cell % 4) * 2)) & 3;
    }
    counts[step]! += 1;
    backwards.push('CSDI'.charAt(step));
    if (step !== INSERTED) row -= 1;
    if (step !== DELETED) column -= 1;
  }
  const [correct = 0, substitutions = 0, deletions = 0, insertions = 0] = counts;
  return {
    counts: { correct, substitutions, deletions, insertions },
    operations: backwards.toReversed().join('') + 'C'.repeat(size.shared),
  };
}
