import { stepsOf } from './alignment-steps.ts';
import { isPunctuation } from './display-tokens.ts';
import type { Score, UtteranceScore } from './score-utterances.ts';

/** Edits of displayed text by what is wrong, as an evaluation of the service tells them apart. Their sum is the number of errors. */
export interface TokenErrors {
  /** A punctuation mark that is missing, that is too many, or that is another one. */
  readonly punctuation: number;
  /** The same word with other capitals. */
  readonly capitalization: number;
  /** A number that is written otherwise or not recognised: a token on one side has a digit. */
  readonly inverseTextNormalization: number;
  /** Another word, one too few or too many. */
  readonly lexical: number;
}

/** What is wrong with the tokens of all utterances together. */
export function tokenErrors(utterances: readonly UtteranceScore[]): TokenErrors {
  const errors = { punctuation: 0, capitalization: 0, inverseTextNormalization: 0, lexical: 0 };
  for (const utterance of utterances) {
    for (const step of stepsOf(utterance)) {
      if (step.kind === 'correct') continue;
      const tokens = [
        ...(step.kind === 'inserted' ? [] : [step.reference]),
        ...(step.kind === 'deleted' ? [] : [step.hypothesis]),
      ];
      errors[kindOf(tokens)] += 1;
    }
  }
  return errors;
}

/**
 * Token errors as an evaluation of the service gives them in `tokenErrorRate`: by correct, substituted, deleted and inserted tokens
 * together, where a rate elsewhere is by the tokens of the references. Null without a token.
 */
export function serviceRate({ counts, errors }: Pick<Score, 'counts' | 'errors'>): number | null {
  const tokens = counts.correct + errors;
  return tokens === 0 ? null : errors / tokens;
}

function kindOf(tokens: readonly string[]): keyof TokenErrors {
  if (tokens.every(isPunctuation)) return 'punctuation';
  if (tokens.length === 2 && tokens[0]!.toLowerCase() === tokens[1]!.toLowerCase()) return 'capitalization';
  return tokens.some((token) => /\p{N}/u.test(token)) ? 'inverseTextNormalization' : 'lexical';
}
