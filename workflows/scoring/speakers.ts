/**
 * Who speaks in an utterance, by its id alone: what stands before the first `-` or `_`, as in ids of sclite and Kaldi (`84-121123-0000`,
 * `spk1_utt7`). Undefined where there is neither.
 */
export function speakerInId(id: string): string | undefined {
  return /^(.+?)[-_]/.exec(id)?.[1];
}

/**
 * Utterances by who speaks in them, null where the id does not tell; undefined where the ids tell no speakers at all: what all of them
 * begin with is nobody's name.
 */
export function speakersOf<T>(
  utterances: readonly T[],
  idOf: (utterance: T) => string,
): ReadonlyMap<string | null, readonly T[]> | undefined {
  const parts = Map.groupBy(utterances, (utterance) => speakerInId(idOf(utterance)) ?? null);
  return parts.size < 2 ? undefined : parts;
}
