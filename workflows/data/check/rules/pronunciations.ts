import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';

/** The lines `displayed<TAB>spoken` of pronunciations. */
export const pronunciationRules = {
  'pronunciation-line': rule<{ why: string; hint: string }>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'A line of pronunciations is not a displayed form, one tab and a spoken form.',
    advice: 'Write `IEEE<TAB>i triple e`; editors may turn tabs into spaces.',
    source: datasets,
    tell: (p) => ({ message: `The service rejects this line: ${p.why}`, hint: p.hint }),
  }),
  'spoken-form': rule<{ found: string }>({
    costs: 'nothing',
    means:
      'A spoken form has figures, signs or a word of capitals: it is to be letters, words or syllables, with spaces between them.',
    advice: 'Write `three c p o`, and letters that are spoken one by one apart.',
    source: datasets,
    tell: (p) => ({
      message: `${quoteName(p.found)} in a spoken form does not say how it is spoken`,
      hint: /^\p{Lu}+$/u.test(p.found)
        ? `Write \`${Array.from(p.found.toLowerCase().slice(0, 20)).join(' ')}\`, or the word in small letters`
        : 'Write it in words or letters',
    }),
  }),
  'other-pronunciation': rule<{ display: string; spoken: string; line: number }>({
    costs: 'nothing',
    means: 'Two lines give different spoken forms to one displayed form.',
    advice: 'Keep both where people say both; otherwise remove the wrong one.',
    source: 'seen',
    tell: (p) => ({
      message: `Line ${p.line} has ${quoteName(p.display)} as ${quoteName(p.spoken)}`,
      hint: 'Keep both only where people say both',
    }),
  }),
} as const;
