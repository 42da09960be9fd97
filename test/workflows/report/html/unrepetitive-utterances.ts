import type { ResultsRecognised, ResultsUtterance } from '../../../../schemas/types.gen.ts';
import { createDraws } from '../../../fuzz/draws.ts';

/** Utterances of two models, with words of random syllables, of which hardly one is there twice: the same each time. */
export function unrepetitiveUtterances({
  utterances,
  words,
  errors,
}: {
  readonly utterances: number;
  /** In each utterance. */
  readonly words: number;
  /** The share of words that each model gets wrong: most are substituted, some deleted, some have another one behind them. */
  readonly errors: number;
}): readonly ResultsUtterance[] {
  const draws = createDraws(3);
  const word = (): string =>
    Array.from({ length: 2 + draws.below(3) }, () => draws.pick([...consonants]) + draws.pick([...vowels])).join('');
  const recognised = (said: readonly string[]): ResultsRecognised => {
    const steps = said.map((one) => {
      const operations = draws.chance(errors) ? draws.pick(['S', 'S', 'S', 'D', 'CI']) : 'C';
      const heard = { S: [word()], D: [], CI: [one, word()], C: [one] }[operations];
      return { operations, heard };
    });
    return {
      text: steps.flatMap(({ heard }) => heard).join(' '),
      operations: steps.map(({ operations }) => operations).join(''),
    };
  };
  return Array.from({ length: utterances }, (_, index) => {
    const [speaker, said] = [`speaker-${index % 97}`, Array.from({ length: words }, word)];
    return {
      id: `${speaker}-${index}.wav`,
      audio: `audio/${speaker}-${index}.wav`,
      group: speaker,
      reference: said.join(' '),
      recognised: recognised(said),
      against: recognised(said),
    };
  });
}

const consonants = 'bcdfghjklmnpqrstvwxz';
const vowels = 'aeiouy';
