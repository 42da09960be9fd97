/** The numbers that stand for the steps of an alignment. */
export const stepNumbers = { substituted: 0, correct: 1, inserted: 2, deleted: 3 } as const;

/** Two sequences of words, each a part of an array in which equal words are equal numbers. */
export interface WordPair {
  readonly reference: Int32Array;
  readonly referenceFrom: number;
  readonly referenceUntil: number;
  readonly hypothesis: Int32Array;
  readonly hypothesisFrom: number;
  readonly hypothesisUntil: number;
}

/** The part of a pair that a table is of. */
export interface Middle {
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly rows: number;
  readonly columns: number;
}

/** Where steps are written: the last one before `end`. */
export interface StepsBefore {
  readonly steps: Uint8Array;
  readonly end: number;
}
