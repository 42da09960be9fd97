/**
 * The words of a text as the recogniser counts them: lower case, without punctuation, apostrophes kept inside words.
 * Scripts that are written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) give one word a character.
 */
export function lexicalWords(text: string): readonly string[] {
  return text.normalize('NFC').toLowerCase().replaceAll('\u2019', "'").match(WORD) ?? [];
}

const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const SPACED_PART = String.raw`(?:(?![${UNSPACED}])[\p{L}\p{N}]\p{M}*)+`;
const WORD = new RegExp(String.raw`(?=[${UNSPACED}])[\p{L}\p{N}]\p{M}*|${SPACED_PART}(?:'${SPACED_PART})*`, 'gu');
