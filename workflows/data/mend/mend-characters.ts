import { isGarbled } from '../check/texts/check-characters.ts';
import { asAscii } from '../check/rules/as-ascii.ts';
import type { Reason } from './mended-line.ts';

export interface CharacterOptions {
  readonly locale: string;
  /** What the line says: in transcripts and training text a locale refuses some characters; others are no utterances. */
  readonly of: 'transcript' | 'text' | 'other';
}

/** A text without characters that are no text or that nobody sees, with the characters that the locale wants; and why it is another. */
export function mendCharacters(
  text: string,
  options: CharacterOptions,
): { readonly text: string; readonly reasons: readonly Reason[] } {
  if (/^[\t\u0020-\u007E]*$/.test(text) && !text.endsWith(' ')) return { text, reasons: [] };
  let mended = text;
  const reasons: Reason[] = [];
  const apply = (reason: Reason, change: (text: string) => string): void => {
    const changed = change(mended);
    if (changed !== mended) reasons.push(reason);
    mended = changed;
  };
  apply('control-character', (from) => without(from, { found: /(?!\t)[\p{Cc}\uFFFE\uFFFF]+/gu, gap: /\s|\u0085/ }));
  apply('invisible-character', (from) => without(from, { found: unseen, gap: /[\u2028\u2029]/ }));
  apply('invisible-character', (from) => withoutBreaks(from, options.locale));
  apply('decomposed', composed);
  if (!isGarbled(mended)) for (const [reason, change] of changesOf(options)) apply(reason, change);
  apply('trailing-space', withoutTrailingSpaces);
  return { text: mended, reasons };
}

/** Invisible characters that neither part words nor join them. A space of no width may do either, and a Mongolian separator does. */
const unseen = /(?:[\u00AD\u061C\u200E\u200F\u2028-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]|\u034F)+/gu;

/** Takes out what is found, with a space in its place where it parts words, and never a second space. */
function without(text: string, { found, gap }: { readonly found: RegExp; readonly gap: RegExp }): string {
  let mended = '';
  let from = 0;
  for (const { 0: characters, index } of text.matchAll(found)) {
    mended += text.slice(from, index);
    from = index + characters.length;
    const isAtSpace = /\s$/.test(mended.slice(-1)) || mended === '';
    if (isAtSpace && text[from] === ' ') from += 1;
    else if (gap.test(characters) && !isAtSpace && !/^\s?$/.test(text.charAt(from))) mended += ' ';
  }
  return mended + text.slice(from);
}

/** Languages that are written without spaces, in which words may be parted by a space of no width, and need not be. */
const unspaced = /^(?:th|lo|km|my|ja|zh|yue|wuu)\b/i;

/** A space of no width between two letters of a language with spaces is one word to some, and two to others: it stays. */
function withoutBreaks(text: string, locale: string): string {
  if (!text.includes('\u200B')) return text;
  if (unspaced.test(locale)) return text.replaceAll('\u200B', '');
  return text.replaceAll(/(?<![\p{L}\p{M}\p{N}])\u200B+|\u200B+(?![\u200B\p{L}\p{M}\p{N}])/gu, '');
}

/** A tab at the end is a field that is empty. */
function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === ' ') end -= 1;
  return text.slice(0, end);
}

function composed(text: string): string {
  if (!/\p{M}/u.test(text)) return text;
  const whole = text.normalize('NFC');
  return whole.length < text.length ? whole : text;
}

function changesOf({ locale, of }: CharacterOptions): readonly (readonly [Reason, (text: string) => string])[] {
  const language = locale.slice(0, 2).toLowerCase();
  if (language === 'en' && of === 'transcript') return [['not-ascii', (text) => inAscii(text, /[^\t\u0020-\u007E]/gu)]];
  if (language === 'en' && of === 'text')
    return [['special-characters', (text) => inAscii(text, /[\u00A2-\u{10FFFF}]/gu)]];
  if (language === 'zh' && of === 'transcript') return [['half-width-punctuation', inFullWidth]];
  return [];
}

/** Quotes, dashes, spaces and letters in ASCII. What is a symbol or a number may be spoken otherwise than its letters. */
function inAscii(text: string, refused: RegExp): string {
  return text.replaceAll(refused, (character) =>
    /[\p{L}\p{P}\p{Z}\u00B4\u2032\u2033]/u.test(character) ? (asAscii(character) ?? character) : character,
  );
}

const fullWidth: Readonly<Record<string, string>> = {
  '!': '！',
  '(': '（',
  ')': '）',
  ',': '，',
  '.': '。',
  ':': '：',
  ';': '；',
  '?': '？',
};

/** Of quotes it is not known whether they open or close. */
function inFullWidth(text: string): string {
  return text.replaceAll(/(?<=\p{sc=Han}\s?)[!(),.:;?]/gu, (character) => fullWidth[character] ?? character);
}
