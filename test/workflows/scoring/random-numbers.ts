/** Test texts that are the same in every run: a seeded 32-bit generator (Marsaglia's xorshift) and texts drawn with it. */
export function randomNumbers(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const word = (vocabulary: number): string => `w${below(vocabulary)}`;

  return {
    below,

    /** Up to `longest` words out of `vocabulary` different ones. */
    words({ longest, vocabulary }: { readonly longest: number; readonly vocabulary: number }): readonly string[] {
      return Array.from({ length: below(longest + 1) }, () => word(vocabulary));
    },

    /** The words with about a third left out, replaced, doubled or followed by another. */
    changed(words: readonly string[], { vocabulary }: { readonly vocabulary: number }): readonly string[] {
      return words.flatMap((kept) => {
        switch (below(12)) {
          case 0:
            return [];
          case 1:
            return [word(vocabulary)];
          case 2:
            return [kept, kept];
          case 3:
            return [kept, word(vocabulary)];
          default:
            return [kept];
        }
      });
    },
  };
}
