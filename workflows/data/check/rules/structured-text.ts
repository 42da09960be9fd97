import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';
const phonetic = 'Structured text phonetic pronunciation data';

/** Lists, a phonetic lexicon and sections of sentences. */
export const structuredTextRules = {
  declaration: rule<{ is: string }>({
    costs: 'line',
    means: 'A line begins with `@` and declares nothing that the service knows.',
    advice: 'Write `@ list name =` with letters, digits, `_` and `-` in the name, or `@ speech:phoneticlexicon`.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this line and what is below it: ${quoteName(p.is)} declares no list and no lexicon`,
      hint: 'Write @ list name =, or @ speech:phoneticlexicon',
    }),
  }),
  'section-name': rule<{ name: string }>({
    costs: 'line',
    means: 'The heading of a section has more than letters, digits and underscores.',
    advice: 'Write it as one word, such as `#Opening_Hours`.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this heading: ${p.name === '' ? 'it has no name' : `${quoteName(p.name)} has more than letters, digits and underscores`}`,
      hint: headingHint(p.name),
    }),
  }),
  'stray-line': rule<{ where: string; hint: string }>({
    costs: 'line',
    means:
      'A line belongs to no list and no section: it is above the first heading, or begins otherwise than its section wants.',
    advice: 'Put it below its heading. In structured text, begin it with a hyphen. Comments begin with `//`.',
    source: datasets,
    tell: (p) => ({ message: `The service rejects this line: it is in ${p.where}`, hint: p.hint }),
  }),
  'structured-limit': rule<{ what: string; most: number }>({
    costs: 'set',
    means:
      'There is more than the service takes in one file: 20 lists, 35,000 items in each, 15,000 entries of the lexicon, 50,000 sentences before lists are filled in.',
    advice: 'Divide it into several datasets.',
    source: datasets,
    tell: (p) => ({
      message: `Cannot take this as one dataset: at most ${p.most.toLocaleString('en-US')} ${p.what} are allowed, and here is one more`,
      hint: 'Divide it into several datasets',
    }),
  }),
  'large-lists': rule<{ what: string; count: number; advised: number; most: number }>({
    costs: 'nothing',
    means:
      "Microsoft's page has two limits: 10 lists with 4,000 items each in one table, 20 lists with 35,000 items each in another.",
    advice: 'Keep to the lower ones to be sure.',
    source: datasets,
    tell: (p) => ({
      message: `There are ${p.count.toLocaleString('en-US')} ${p.what}: Microsoft's page allows ${p.advised.toLocaleString('en-US')} in one table, ${p.most.toLocaleString('en-US')} in another`,
      hint: 'Divide them to be sure',
    }),
  }),
  'lexicon-entry': rule<Record<never, never>>({
    costs: 'line',
    means: 'An entry of the phonetic lexicon is not a word, a slash and its phones.',
    advice: 'Write `- cat/k ae t`.',
    source: datasets,
    tell: () => ({
      message: 'The service rejects this entry: it is not a word, a slash and phones',
      hint: 'Write it as - cat/k ae t',
    }),
  }),
  'third-pronunciation': rule<{ word: string; most: number }>({
    costs: 'line',
    means: 'A word of the phonetic lexicon has more than two pronunciations.',
    advice: 'Keep the two that are said most.',
    source: datasets,
    tell: (p) => ({
      message: `The service takes at most ${p.most} pronunciations of a word, and ${quoteName(p.word)} has more`,
      hint: 'Keep the two that are said most',
    }),
  }),
  'unknown-phone': rule<{ phone: string; locale?: string }>({
    costs: 'nothing',
    means:
      'A phone is not of the Universal Phone Set: of its part for en-US, which is published, or in other languages no label of ASCII letters.',
    advice: 'Write phones of that set with spaces between them. IPA and SAPI are other alphabets.',
    source: phonetic,
    tell: (p) => ({
      message: `${quoteName(p.phone)} is no phone of the Universal Phone Set${p.locale === undefined ? '' : ` of ${p.locale}`}`,
      hint: 'Write its phones with spaces between them, such as k ae t',
    }),
  }),
  'unknown-list': rule<{ name: string; nearest?: string }>({
    costs: 'line',
    means: 'A sentence refers to a list that is not declared.',
    advice: 'Declare it: `@ list name =`. Capitals make no difference.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this sentence: there is no list ${quoteName(p.name)}`,
      hint:
        p.nearest === undefined
          ? `Declare it: @ list ${p.name.slice(0, 40)} =`
          : `Did you mean ${quoteName(p.nearest)}?`,
    }),
  }),
  'empty-list': rule<{ name: string }>({
    costs: 'line',
    means: 'A sentence refers to a list that has no items, so that nothing can be filled in.',
    advice: 'Write its items below it, each with a hyphen.',
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this sentence: the list ${quoteName(p.name)} has no items`,
      hint: 'Write its items below it, each with a hyphen',
    }),
  }),
  'unused-list': rule<{ name: string; isEmpty: boolean }>({
    costs: 'nothing',
    means: 'No sentence refers to a list.',
    advice: 'Refer to it as `{@name}`, or remove it.',
    source: datasets,
    tell: (p) => ({
      message: `No sentence refers to the list ${quoteName(p.name)}${p.isEmpty ? ', and it has no items' : ''}`,
      hint: `Write {@${p.name.slice(0, 40)}} in a sentence, or remove it`,
    }),
  }),
  'open-reference': rule<Record<never, never>>({
    costs: 'nothing',
    means: 'A reference to a list is not closed, so that its name becomes part of the sentence.',
    advice: 'Write `{@name}`.',
    source: datasets,
    tell: () => ({
      message: 'A reference to a list begins here and is not closed: it is taken as words',
      hint: 'Write {@name}',
    }),
  }),
} as const;

function headingHint(name: string): string {
  const word = name
    .slice(0, 40)
    .replaceAll(/\W+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return word === '' ? 'Write a word, such as #Sentences' : `Write #${word}`;
}
