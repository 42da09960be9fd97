/** `speechops/scoring`: word and character error rates with their counts and alignments. */
export type { AlignmentCounts } from './alignment/align-texts.ts';
export type { Marks } from './marks/marked-text.ts';
export { normalisationProfiles, type NormalisationProfile, normaliseText, profileVersion } from './normalise-text.ts';
export { type Score, scoreUtterances, type Utterance, type UtteranceScore } from './score-utterances.ts';
export { digestOfRules, type RulesName, textNormaliserOf, type TextRules } from './text-rules.ts';
export { type ScoringUnit, tokenise, type Tokenisation, unitOfLocale } from './tokenise.ts';
