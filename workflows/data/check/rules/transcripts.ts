import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const transcriptions = 'Human-labeled transcriptions';

/** The lines `file.wav<TAB>text` of a transcript, and the recordings that they name. */
export const transcriptRules = {
  'no-tab': rule<Record<never, never>>({
    costs: 'line',
    means: 'A line of a transcript has no tab between the name of the recording and what is said.',
    advice: 'Write `file.wav<TAB>text`, one line for each recording; editors may turn tabs into spaces.',
    source: transcriptions,
    tell: () => ({
      message: 'The service rejects this line: it has no tab after the name of a recording',
      hint: 'Write file.wav, a tab, and what is said',
    }),
  }),
  'missing-recording': rule<{ name: string }>({
    costs: 'line',
    means: 'A line of the transcript names a recording that is not there.',
    advice: 'Add the recording, or remove the line.',
    source: transcriptions,
    tell: (p) => ({ message: `The service rejects this line: there is no recording ${quoteName(p.name)}` }),
  }),
} as const;
