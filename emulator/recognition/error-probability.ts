import { ENOUGH, type RecognitionModel } from './adapt-model.ts';

/** A word of a transcript with its neighbours; undefined at the ends. */
export interface WordInContext {
  readonly word: string;
  readonly previous: string | undefined;
  readonly next: string | undefined;
}

/**
 * How probable it is that the model mishears the word: 0..1. A word of the base vocabulary errs by its rarity, a word
 * that neither the base model nor the data has always errs, a word of the data less with each occurrence and less again
 * next to a neighbour of the data. Phrases of a phrase list help the words in them.
 */
export function errorProbability(
  { word, previous, next }: WordInContext,
  model: RecognitionModel,
  options: { readonly phraseWords: ReadonlySet<string> },
): number {
  const rarity = model.vocabulary.rarity(word);
  const inBase = rarity === undefined ? 1 : Math.min(1, model.generation.wordErrorProbability * rarity);
  const seen = model.occurrences.get(word) ?? 0;
  const afterText = seen === 0 ? forgotten(inBase, model) : Math.min(inBase, learned(word, seen, model));
  let probability = afterText;
  if (hasPair(model, previous, word) || hasPair(model, word, next)) probability *= PAIR;
  if (probability < 1) probability *= acoustic(model.audioSeconds);
  if (options.phraseWords.has(word)) probability *= PHRASE;
  return probability;
}

const BY_OCCURRENCES = [1, 0.3, 0.15, 0.08, 0.05] as const;
const PAIR = 0.3;
const PHRASE = 0.25;
/** Text alone teaches a word that is not spoken as it is written no better than this. */
const ODDLY_SPELLED = 0.5;
const DEFAULT_WEIGHT = 30;

function learned(word: string, seen: number, model: RecognitionModel): number {
  const known = BY_OCCURRENCES[Math.min(seen, ENOUGH)] as number;
  const spelled =
    model.vocabulary.isOddlySpelled(word) && !model.pronounced.has(word) ? Math.max(ODDLY_SPELLED, known) : known;
  // Weight 100 trusts the data so that its words err a third less; weight 1 lets the base model talk them down.
  return Math.min(1, spelled * (1.15 - model.weightPercent / 200));
}

/** A weight above the service's own makes the model forget what the data does not contain. */
function forgotten(inBase: number, model: RecognitionModel): number {
  if (model.occurrences.size === 0) return inBase;
  return Math.min(1, inBase * (1 + Math.max(0, model.weightPercent - DEFAULT_WEIGHT) / 100));
}

function hasPair(model: RecognitionModel, first: string | undefined, second: string | undefined): boolean {
  return first !== undefined && second !== undefined && model.pairs.has(`${first} ${second}`);
}

/** Ten minutes of transcribed audio take off 30 %; however much there is, 45 % is the most. */
function acoustic(seconds: number): number {
  return 1 - (0.45 * seconds) / (seconds + 300);
}
