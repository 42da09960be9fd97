import { audioRules } from './audio.ts';
import { durationRules } from './durations.ts';
import { nameRules } from './names.ts';
import type { DataRule } from './rule.ts';
import { soundRules } from './sound.ts';
import { textRules } from './texts.ts';
import { transcriptRules } from './transcripts.ts';
import { zipRules } from './zips.ts';

/** Every rule that data are checked by, by its code. A code that is not here, or parameters that are not its own, do not compile. */
export const dataRules = {
  ...nameRules,
  ...audioRules,
  ...durationRules,
  ...soundRules,
  ...zipRules,
  ...transcriptRules,
  ...textRules,
} as const;

export type DataCode = keyof typeof dataRules;
export type ParametersOf<Code extends DataCode> =
  (typeof dataRules)[Code] extends DataRule<infer Parameters> ? Parameters : never;
