import { aboutRules } from './about.ts';
import { audioRules } from './audio.ts';
import { displayFormatRules } from './display-formats.ts';
import { durationRules } from './durations.ts';
import { leakRules } from './leaks.ts';
import { nameRules } from './names.ts';
import { pronunciationRules } from './pronunciations.ts';
import type { DataRule } from './rule.ts';
import { structuredTextRules } from './structured-text.ts';
import { soundRules } from './sound.ts';
import { textRules } from './texts.ts';
import { transcriptRules } from './transcripts.ts';
import { utteranceRules } from './utterances.ts';
import { zipRules } from './zips.ts';

/** Every rule that data are checked by, by its code. A code that is not here, or parameters that are not its own, do not compile. */
export const dataRules = {
  ...nameRules,
  ...audioRules,
  ...durationRules,
  ...soundRules,
  ...leakRules,
  ...zipRules,
  ...transcriptRules,
  ...textRules,
  ...utteranceRules,
  ...structuredTextRules,
  ...pronunciationRules,
  ...displayFormatRules,
  ...aboutRules,
} as const;

export type DataCode = keyof typeof dataRules;
export type ParametersOf<Code extends DataCode> =
  (typeof dataRules)[Code] extends DataRule<infer Parameters> ? Parameters : never;
