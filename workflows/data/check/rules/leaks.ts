import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const testing = 'Test accuracy of a custom speech model';
const allow = 'Take it out of the training, or give `allow-leak` a reason';

/** What training data have in common with a test set, whose word error rate then says nothing of speech that the model has not seen. */
export const leakRules = {
  'test-text-in-training': rule<{ recording: string; test: string; line: number; sentence?: string }>({
    costs: 'measurement',
    means:
      'A line of the training data, or a sentence of structured text that is filled in, says what a recording of the test set says, so that the word error rate measured with it is too good.',
    advice:
      'Take the line out of the training, or the recording out of the test. Where it is meant, `allow-leak` of the `upload` step says why.',
    source: testing,
    tell: (p) => ({
      message: `The test set measures too well: ${p.sentence === undefined ? 'this' : `filled in as ${quoteName(p.sentence.slice(0, 80))} this`} is what ${quoteName(p.recording)} says (${p.test}:${p.line})`,
      hint: allow,
    }),
  }),
  'test-recording-in-training': rule<{ recording: string; test: string; isSame: boolean }>({
    costs: 'measurement',
    means:
      'A recording of the training data is one of the test set: the same samples, or the same sound louder, resampled or cut.',
    advice: 'Take it out of one of the two. Where it is meant, `allow-leak` of the `upload` step says why.',
    source: testing,
    tell: (p) => ({
      message: `The test set measures too well: this recording ${p.isSame ? 'is' : 'sounds as'} ${quoteName(p.recording)} of ${p.test}`,
      hint: allow,
    }),
  }),
} as const;
