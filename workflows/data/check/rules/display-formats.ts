import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';
const formats = 'How to prepare display text format training data';

/** Sections `#itn`, `#rewrite`, `#profanity` and `#test`, and their lines. */
export const displayFormatRules = {
  'unknown-section': rule<{ name: string; nearest?: string }>({
    costs: 'line',
    means: 'A section of display formats has a name that the service does not know, and its lines count for nothing.',
    advice: 'Write `#itn`, `#rewrite`, `#profanity` or `#test`. A line that is to begin with `#` cannot be written.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this section: ${quoteName(p.name)} is none of itn, rewrite, profanity and test`,
      ...(p.nearest === undefined ? {} : { hint: `Did you mean #${p.nearest}?` }),
    }),
  }),
  'full-section': rule<{ section: string; most: number }>({
    costs: 'line',
    means: 'A section has more lines than the service takes: 200 in `#itn`, 1,000 in `#rewrite` and in `#profanity`.',
    advice: 'Leave those out that matter least, or write one pattern for several.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this line: #${p.section} may have ${p.most.toLocaleString('en-US')}`,
      hint: 'Write one rule for several, or leave some out',
    }),
  }),
  'itn-pattern': rule<{ why: string }>({
    costs: 'line',
    means: 'A line of `#itn` is no pattern.',
    advice:
      'Write classes `\\d` `\\l` `\\u` `\\a`, ranges `[5-7]`, phrases `(AB|CD)` with `?` `+` `*` behind them, replacements `{to>-}`, and a backslash before signs that are meant.',
    source: formats,
    tell: (p) => ({
      message: `The service cannot use this pattern: ${p.why}`,
      hint: 'Write a backslash before signs that stand for themselves, and (…) around what is repeated',
    }),
  }),
  'display-pair': rule<{ section: string; why: string }>({
    costs: 'line',
    means: 'A line of `#rewrite` or `#test` is not two texts with one tab between them.',
    advice: 'Write `old phrase<TAB>new phrase`, or the lexical text, a tab and what is to be displayed.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this line of #${p.section}: ${p.why}`,
      hint: 'Write two texts with one tab between them',
    }),
  }),
  'other-rewrite': rule<{ original: string; to: string; line: number }>({
    costs: 'nothing',
    means: 'Two lines of `#rewrite` change one phrase into different ones, and one of them counts for nothing.',
    advice: 'Remove one of the two. Capitals of the old phrase make no difference.',
    source: formats,
    tell: (p) => ({
      message: `Line ${p.line} rewrites ${quoteName(p.original)} as ${quoteName(p.to)}`,
      hint: 'Remove one of the two',
    }),
  }),
  'profanity-punctuation': rule<{ found: string }>({
    costs: 'line',
    means: 'A phrase of `#profanity` has punctuation, with which it is never found.',
    advice: 'Write the words alone, a phrase a line.',
    source: formats,
    tell: (p) => ({
      message: `The service does not support this phrase: it has ${p.found === '\t' ? 'a tab' : quoteName(p.found)}`,
      hint: 'Write the words alone, a phrase a line',
    }),
  }),
} as const;
