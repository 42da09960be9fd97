import type { RecognitionModel } from './adapt-model.ts';
import { englishLexicon } from './pronunciation/english-lexicon.ts';
import { errorProbability } from './error-probability.ts';
import { letterAlike } from './letter-alikes.ts';
import { SoundAlikes } from './pronunciation/sound-alikes.ts';
import { stableDraw, stableHash } from './stable-hash.ts';
import { englishDialect } from './vocabulary.ts';

/** A word of a recording: the same place of the same recording meets the same luck with every model. */
export interface SpokenWord {
  /** Of the recording's content. */
  readonly recording: number;
  readonly words: readonly string[];
  readonly index: number;
}

/** How much chance is in what is heard: so large a share of words, 0..1, meets another luck for each seed. */
export interface RecognitionNoise {
  readonly share: number;
  readonly seed: string;
}

/** What is heard in the place of one spoken word: no, one or several words. */
export interface Heard {
  readonly words: readonly string[];
  readonly isRight: boolean;
}

/**
 * What the model hears for a word. The luck of a word is drawn from the recording, the word's place and the word, never
 * from the model, so that a model that covers more makes a subset of the errors of one that covers less. What is heard
 * instead does not depend on the adaptation either. One draw in {@link OWN_DRAWS} is the base generation's own: with an
 * upgrade some words get worse although the average gets better. Words that noise hits have a luck of its seed, and
 * err as often.
 */
export function hearWord(
  spoken: SpokenWord,
  model: RecognitionModel,
  options: { readonly phraseWords: ReadonlySet<string>; readonly noise?: RecognitionNoise | undefined },
): Heard {
  const { recording, words, index } = spoken;
  const word = words[index] as string;
  const probability = errorProbability({ word, previous: words[index - 1], next: words[index + 1] }, model, options);
  const place = stableHash(recording, index, word);
  const isOwn = stableDraw('whose', place) < OWN_DRAWS;
  const { share, seed } = options.noise ?? { share: 0, seed: '' };
  const isNoisy = share > 0 && stableDraw('noise', place, seed) < share;
  const keys = [...(isOwn ? [model.generation.id] : []), ...(isNoisy ? [seed] : [])];
  const luck = stableDraw('error', place, ...keys);
  return luck < probability ? misheard(spoken, { model, place }) : { words: [word], isRight: true };
}

const OWN_DRAWS = 0.15;
/** Of the errors on words that everybody knows. */
const INSERTIONS = 0.08;
const SHORT_WORD_DELETIONS = 0.4;
const FILLERS = ['the', 'a', 'and', 'uh', 'to', 'it'] as const;

function misheard(
  { words, index }: SpokenWord,
  context: { readonly model: RecognitionModel; readonly place: number },
): Heard {
  const { model, place } = context;
  const word = words[index] as string;
  const alikes = soundAlikesFor(model);
  // Decided by the word alone: if models disagreed on the kind of error, covering a word could cost more words.
  const isEveryday = alikes !== undefined && (englishTier(word, model) ?? 99) <= 20;
  const kind = stableDraw('kind', place);
  if (isEveryday && word.length <= 3 && kind < SHORT_WORD_DELETIONS) return { words: [], isRight: false };
  if (isEveryday && kind > 1 - INSERTIONS) {
    return { words: [word, FILLERS[stableHash('filler', place) % FILLERS.length] as string], isRight: false };
  }
  const found = alikes?.of(word).filter((alike) => !isEveryday || alike.words.length <= 2) ?? [];
  const chosen = found[choice(found.length, place)];
  if (chosen !== undefined) return { words: chosen.words, isRight: false };
  const among = [...new Set(words)].filter((other) => model.vocabulary.rarity(other) !== undefined);
  return { words: [letterAlike(word, { among, seed: place })], isRight: false };
}

/** The best alternative half of the time, the next half of the rest, and so on. */
function choice(count: number, place: number): number {
  const draw = stableDraw('choice', place);
  let share = 0.5;
  let index = 0;
  for (let left = draw; index < count - 1 && left >= share; index++) {
    left -= share;
    share /= 2;
  }
  return index;
}

function englishTier(word: string, model: RecognitionModel): number | undefined {
  const dialect = englishDialect(model.locale);
  return dialect === undefined ? undefined : englishLexicon(dialect).tierOf.get(word);
}

function soundAlikesFor(model: RecognitionModel): SoundAlikes | undefined {
  const dialect = englishDialect(model.locale);
  if (dialect === undefined) return undefined;
  const key = `${dialect} ${model.generation.vocabularyTiers.join(' ')}`;
  let alikes = soundAlikes.get(key);
  if (alikes === undefined) {
    alikes = new SoundAlikes(englishLexicon(dialect), model.generation.vocabularyTiers);
    soundAlikes.set(key, alikes);
  }
  return alikes;
}

/** Built once a process for each vocabulary, of which there are a handful. */
const soundAlikes = new Map<string, SoundAlikes>();
