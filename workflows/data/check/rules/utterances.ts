import { quoteName } from '../../../document/quote-name.ts';
import { asAscii } from './as-ascii.ts';
import { rule } from './rule.ts';
import { codePoint, linesShown } from './texts.ts';

const datasets = 'Training and testing datasets';
const transcriptions = 'Human-labeled transcriptions';

/** What is told once of a file: how many lines, and what is in them. */
export interface Tallied {
  lines: number;
  examples: readonly string[];
}

/** What is said in lines: of transcripts, plain text, lists and sentences. */
export const utteranceRules = {
  'no-words': rule<{ text: string }>({
    costs: 'line',
    means: 'Nothing is left of the text when the service has normalised it: it is empty, or punctuation alone.',
    advice: 'Write what is said, or remove the line.',
    source: transcriptions,
    tell: (p) => ({
      message: `The service rejects this line: ${p.text.trim() === '' ? 'it has no text' : `nothing is left of ${quoteName(p.text)} without punctuation`}`,
      hint: 'Write what is said, or remove the line',
    }),
  }),
  uri: rule<Record<never, never>>({
    costs: 'line',
    means: 'The text has a URI, which nobody speaks as it is written.',
    advice: 'Write it as it is spoken, such as `contoso dot com`, or remove it.',
    source: datasets,
    tell: () => ({
      message: 'The service rejects this line: it has a URI',
      hint: 'Write it as it is spoken, or remove it',
    }),
  }),
  repetition: rule<{ repeated: string }>({
    costs: 'line',
    means:
      'A letter, a word or a group of words is repeated more than three times in a row. The service may drop such a line.',
    advice: 'Leave three of them, or remove the line.',
    source: datasets,
    tell: (p) => ({
      message: `The service may drop this line: ${quoteName(p.repeated)} is repeated more than 3 times`,
      hint: 'Leave at most three in a row',
    }),
  }),
  'discarded-symbol': rule<{ symbol: string }>({
    costs: 'line',
    means: 'A German line has a symbol with which the service discards it: ¢ ¤ ¥ ¦ § © ª ¬ ® ° ± ² µ × ÿ Ø.',
    advice: 'Write it in words, such as `Grad` or `Paragraf`.',
    source: transcriptions,
    tell: (p) => ({
      message: `The service discards this line: German text may not have ${quoteName(p.symbol)}`,
      hint: `Write it in words${inGerman[p.symbol] === undefined ? '' : `: ${inGerman[p.symbol]}`}`,
    }),
  }),
  'long-sentence': rule<{ characters: number; most: number }>({
    costs: 'line',
    means: 'A Japanese sentence of a transcript has more than 90 characters, and the service discards its line.',
    advice: 'Insert a period.',
    source: transcriptions,
    tell: (p) => ({
      message: `The service discards this line: a sentence has ${p.characters} characters, at most ${p.most} are allowed`,
      hint: 'Insert 。 in between',
    }),
  }),
  'not-ascii': rule<{ character: string }>({
    costs: 'nothing',
    fixed: 'where-clear',
    means:
      'An English transcript has a character that is not ASCII: curly quotes, dashes, accents, from a word processor or a web page.',
    advice: 'Write the ASCII character in its place: straight quotes, two hyphens for a dash, letters without accents.',
    source: transcriptions,
    tell: (p) => {
      const written = asAscii(p.character);
      return {
        message: `English transcripts are plain ASCII, and this is ${quoteName(p.character)} (${codePoint(p.character)})`,
        hint:
          written === undefined
            ? 'Write it in words, or remove it'
            : `Write ${written === ' ' ? 'a space' : quoteName(written)} in its place`,
      };
    },
  }),
  'not-spelled-out': rule<Tallied>({
    costs: 'nothing',
    means:
      'Transcripts have figures, signs or short forms, which the service spells out by rules of its own: 101 may be spoken in several ways.',
    advice: 'Write what was heard in words: `one oh one`, `Doctor`, `O positive`.',
    source: transcriptions,
    tell: (p) => ({
      message: `Figures, signs or short forms are in ${linesShown(p.lines)}, such as ${shown(p.examples)}: the service guesses how they were spoken`,
      hint: 'Write them in words, as they were spoken',
    }),
  }),
  'half-width-punctuation': rule<Tallied>({
    costs: 'nothing',
    fixed: 'where-clear',
    means: 'A Chinese transcript has punctuation of half width between its characters.',
    advice: 'Write the full-width forms, such as ？ and ，.',
    source: transcriptions,
    tell: (p) => ({
      message: `Punctuation of half width follows Chinese characters in ${linesShown(p.lines)}, such as ${shown(p.examples)}`,
      hint: 'Write the full-width forms',
    }),
  }),
  'special-characters': rule<Tallied>({
    costs: 'nothing',
    fixed: 'where-clear',
    means:
      "Training text has special characters. Microsoft's page wants none above U+00A1, and its samples for other languages than English have their letters: those are left aside here, and symbols are not.",
    advice: 'Write what is spoken. Remove symbols and emoji; in English, also accents and curly quotes.',
    source: datasets,
    tell: (p) => ({
      message: `Special characters are in ${linesShown(p.lines)}, such as ${p.examples.map((one) => `${quoteName(one)} (${codePoint(one)})`).join(', ')}`,
      hint: 'Write what is spoken in place of them',
    }),
  }),
  markup: rule<Tallied>({
    costs: 'nothing',
    means: 'Training text has remains of HTML, Markdown, JSON or templates, which nobody speaks.',
    advice: 'Remove tags, entities and braces.',
    source: datasets,
    tell: (p) => ({
      message: `Markup is left in ${linesShown(p.lines)}, such as ${shown(p.examples)}`,
      hint: 'Remove it: nobody speaks it',
    }),
  }),
  'long-utterances': rule<Tallied>({
    costs: 'nothing',
    means: 'Lines are longer than an utterance is (over 1,000 characters). The service takes a line for one utterance.',
    advice: 'Write a sentence a line.',
    source: datasets,
    tell: (p) => ({
      message: `Over 1,000 characters are in ${linesShown(p.lines)}: the service takes a line for one utterance`,
      hint: 'Write a sentence a line',
    }),
  }),
  'many-lines': rule<{ lines: number; most: number }>({
    costs: 'nothing',
    means: 'The import of much Japanese or Korean text may take very long, or time out.',
    advice: 'Divide it into files of at most 20,000 lines.',
    source: datasets,
    tell: (p) => ({
      message: `Importing ${p.lines.toLocaleString('en-US')} lines of this language may time out: up to ${p.most.toLocaleString('en-US')} are advised`,
      hint: 'Divide it into several datasets',
    }),
  }),
  'repeated-lines': rule<{ repeated: number; lines: number }>({
    costs: 'nothing',
    means:
      'A fifth or more of the lines have occurred before. That gives them weight, and too much of it makes all else worse.',
    advice: 'Keep the repetitions that are meant, and remove the others.',
    source: datasets,
    tell: (p) => ({
      message: `${p.repeated.toLocaleString('en-US')} of ${p.lines.toLocaleString('en-US')} lines (${Math.round((p.repeated * 100) / p.lines)} %) have occurred before`,
      hint: 'Keep repetitions that are meant to give weight, and remove the others',
    }),
  }),
} as const;

function shown(examples: readonly string[]): string {
  return examples.map((one) => quoteName(one)).join(', ');
}

const inGerman: Readonly<Record<string, string>> = {
  '§': 'Paragraf',
  '°': 'Grad',
  '±': 'plus minus',
  '²': 'Quadrat',
  µ: 'mikro',
  '×': 'mal',
  '¥': 'Yen',
  '¢': 'Cent',
};
