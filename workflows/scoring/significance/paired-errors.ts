/** What two ways of recognition got wrong in one part of a test set that was drawn on its own: an utterance, or all of a speaker. */
export interface PairedErrors {
  /** Words of the reference. */
  readonly words: number;
  /** Substitutions, deletions and insertions. */
  readonly errorsBefore: number;
  readonly errorsAfter: number;
}

/** The parts side by side, as numbers that are quick to draw from. */
export interface PairedColumns {
  readonly words: Int32Array;
  readonly before: Int32Array;
  readonly after: Int32Array;
}

export function columnsOf(parts: readonly PairedErrors[]): PairedColumns {
  return {
    words: Int32Array.from(parts, ({ words }) => words),
    before: Int32Array.from(parts, ({ errorsBefore }) => errorsBefore),
    after: Int32Array.from(parts, ({ errorsAfter }) => errorsAfter),
  };
}

/** The errors of utterances added up by what they have in common: errors of one speaker, or one recording, come together. */
export function byGroup<T extends PairedErrors>(
  utterances: readonly T[],
  groupOf: (utterance: T) => string,
): readonly PairedErrors[] {
  return [...Map.groupBy(utterances, groupOf).values()].map((group) => ({
    words: sum(group.map(({ words }) => words)),
    errorsBefore: sum(group.map(({ errorsBefore }) => errorsBefore)),
    errorsAfter: sum(group.map(({ errorsAfter }) => errorsAfter)),
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
