import { toCardinal } from 'n2words/de-DE';
import { type SpokenLanguage, spokenText } from './spoken-text.ts';

/**
 * A German text as Azure compares it. Source: Microsoft Learn, "How to create human-labeled transcriptions", de-DE: lower case, all
 * punctuation removed, numbers as spoken, and its samples: `12:23` is `zwölf uhr drei und zwanzig`, `12,45` is `zwölf komma vier
 * fünf`. What it leaves open is decided here, besides what {@link spokenText} says:
 *
 * - the parts of a number are words, as in that sample, also where the text has the number as one word (`dreiundzwanzig`);
 * - four digits from 1100 to 1999 are a year: `1984` is `neunzehn hundert vier und achtzig`;
 * - rows with a character that the service discards (`§`, `©`, `°`) are kept without it: a rate counts every utterance;
 * - `3.` is the number three at the end of a sentence, because its dot does not say whether it is the third.
 */
export function normaliseAzureDeDe(text: string): string {
  return spokenText(text, german).replace(NUMBER_WORD, (word) => partsOf(word));
}

const german: SpokenLanguage = {
  cardinal: (digits) => toCardinal(digits).toLowerCase(),
  year: (digits) => (/^1[1-9]/.test(digits) ? yearWords(digits) : undefined),
  point: 'komma',
  minus: 'minus',
  percent: 'prozent',
  and: 'und',
  clock: (hour, minutes) => {
    const full = `${hour === 'eins' ? 'ein' : hour} uhr`;
    return minutes === 0 ? full : `${full} ${toCardinal(minutes)}`;
  },
  currencies: { '€': ['ein euro', 'euro'], $: ['ein dollar', 'dollar'], '£': ['ein pfund', 'pfund'] },
  beforeCents: '',
  keepsApostrophes: false,
};

function yearWords(digits: string): string {
  const rest = digits.slice(2) === '00' ? '' : toCardinal(Number(digits.slice(2)));
  return `${toCardinal(digits.slice(0, 2))} hundert ${rest}`;
}

const ONE = '(?:ein(?:s|e)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun)';

const PART =
  /zehn|elf|zwölf|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:zwan|vier|fünf|sech|sieb|acht|neun)zig|dreißig|eins?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|hundert|tausend|und/g;

const TENS = '(?:zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)';

const TEENS = '(?:zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn)';

const BELOW_HUNDRED = `(?:${ONE}und${TENS}|${TEENS}|${TENS}|${ONE})`;

const BELOW_THOUSAND = `(?:${BELOW_HUNDRED}?hundert(?:und)?${BELOW_HUNDRED}?|${BELOW_HUNDRED})`;

/** A number written as one word: nothing but numerals, and more than one of them. */
const NUMBER_WORD = new RegExp(
  String.raw`(?<!\S)(?=\S*(?:und|hundert|tausend))${BELOW_THOUSAND}?(?:tausend(?:und)?${BELOW_THOUSAND}?)?(?!\S)`,
  'gu',
);

function partsOf(word: string): string {
  return word.match(PART)?.join(' ') ?? word;
}
