import type { BaseGeneration } from './base-generations.ts';
import type { DatasetContent } from './dataset-content.ts';
import { lexicalWords } from './lexical-words.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** A base generation with what it was adapted with. */
export interface RecognitionModel {
  readonly generation: BaseGeneration;
  readonly locale: string;
  readonly vocabulary: Vocabulary;
  /** How often each word occurs in the text; never above {@link ENOUGH}, as more teaches nothing. */
  readonly occurrences: ReadonlyMap<string, number>;
  /** Pairs of neighbouring words of the text, joined by a space, where at least one is not a common word. */
  readonly pairs: ReadonlySet<string>;
  /** Words whose pronunciation was given. */
  readonly pronounced: ReadonlySet<string>;
  /** Of audio, as far as the generation learns from it; without transcripts it counts less. */
  readonly audioSeconds: number;
  /** 1..100: how much the text counts against what the base model knew. */
  readonly weightPercent: number;
}

/** Occurrences of a word after which more change nothing. */
export const ENOUGH = 4;

/** The weight of custom text that the service chooses where none is given: Microsoft Learn, "Train a custom speech model". */
export const chosenWeightPercent = 30;
/** What a second of audio without a transcript teaches of the acoustics, beside one with. */
const WITHOUT_TRANSCRIPT = 0.25;
/** Longer recordings contribute their text only: Microsoft Learn, "Training and testing datasets". */
const LONGEST_TRAINING_SECONDS = 40;

/**
 * The model that training gives. Without contents it is the base model itself. Data that the generation cannot be
 * adapted with is left aside. The order of the contents does not matter, and more content never makes a word worse
 * as long as the weight stays the same.
 */
export function adaptModel(
  generation: BaseGeneration,
  contents: readonly DatasetContent[],
  options: { readonly locale: string; readonly customModelWeightPercent?: number | undefined },
): RecognitionModel {
  const vocabulary = vocabularyOf(generation);
  const occurrences = new Map<string, number>();
  const pairs = new Set<string>();
  const pronounced = new Set<string>();
  const learnsFromAudio = generation.supportsAdaptationsWith.includes('Acoustic');
  let audioSeconds = 0;
  for (const content of contents) {
    for (const sentence of content.sentences) learnSentence(lexicalWords(sentence), { vocabulary, occurrences, pairs });
    for (const { display } of content.pronunciations) {
      for (const word of lexicalWords(display)) {
        pronounced.add(word);
        count(occurrences, word);
      }
    }
    if (!learnsFromAudio) continue;
    for (const { samples, sampleRate, transcript } of content.clips) {
      const seconds = samples.length / sampleRate;
      if (seconds > LONGEST_TRAINING_SECONDS) continue;
      audioSeconds += transcript === '' ? seconds * WITHOUT_TRANSCRIPT : seconds;
    }
  }
  return {
    generation,
    locale: options.locale,
    vocabulary,
    occurrences,
    pairs,
    pronounced,
    audioSeconds,
    weightPercent: options.customModelWeightPercent ?? chosenWeightPercent,
  };
}

function learnSentence(
  words: readonly string[],
  into: {
    readonly vocabulary: Vocabulary;
    readonly occurrences: Map<string, number>;
    readonly pairs: Set<string>;
  },
): void {
  let previous: string | undefined;
  for (const word of words) {
    count(into.occurrences, word);
    // Two common words side by side occur in every text, so that they tell nothing of this domain.
    if (previous !== undefined && !(isCommon(previous, into.vocabulary) && isCommon(word, into.vocabulary))) {
      into.pairs.add(`${previous} ${word}`);
    }
    previous = word;
  }
}

function count(occurrences: Map<string, number>, word: string): void {
  const before = occurrences.get(word) ?? 0;
  if (before < ENOUGH) occurrences.set(word, before + 1);
}

function isCommon(word: string, vocabulary: Vocabulary): boolean {
  return vocabulary.rarity(word) === 1;
}
