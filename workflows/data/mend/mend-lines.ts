import type { UploadWith } from '../../../schemas/types.gen.ts';
import { mendCharacters } from './mend-characters.ts';
import type { LineMender, MendedLine } from './mended-line.ts';

/** What mends the lines of a text of that kind, which is no transcript. */
export function lineMenderOf(kind: UploadWith['kind'], { locale }: { readonly locale: string }): LineMender {
  if (kind === 'Language') return { mend: (line) => mendCharacters(line, { locale, of: 'text' }) };
  if (kind === 'LanguageMarkdown') return new StructuredTextMender(locale);
  if (kind === 'Pronunciation') return { mend: (line) => mendPronunciation(line, locale) };
  return { mend: (line) => mendCharacters(line, { locale, of: 'other' }) };
}

/** Items and sentences are utterances; headings, comments and phones are not. */
class StructuredTextMender implements LineMender {
  readonly #locale: string;
  #isLexicon = false;

  constructor(locale: string) {
    this.#locale = locale;
  }

  mend(line: string): MendedLine {
    const begin = line.trimStart();
    if (/^[@#]/.test(begin)) this.#isLexicon = /^@\s*speech\s*:/i.test(begin);
    const isUtterance = begin.startsWith('-') && !this.#isLexicon;
    return mendCharacters(line, { locale: this.#locale, of: isUtterance ? 'text' : 'other' });
  }
}

/** One word, spaces, and what is spoken: an editor has written the spaces in place of a tab. */
const spaced = /^(?<display>\S{1,200}) {2,20}(?<spoken>\S.{0,2000})$/u;

function mendPronunciation(line: string, locale: string): MendedLine {
  const { text, reasons } = mendCharacters(line, { locale, of: 'other' });
  const found = text.includes('\t') ? null : spaced.exec(text);
  if (found?.groups === undefined || / {2}/.test(found.groups['spoken'] ?? '')) return { text, reasons };
  return {
    text: `${found.groups['display']}\t${found.groups['spoken']}`,
    reasons: [...reasons, 'pronunciation-line'],
  };
}
