/** The words of an utterance in lower case, without punctuation; a script without spaces has a word a character. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().replaceAll('\u2019', "'").match(word) ?? [];
}

/** How many words are spoken; two characters of a script without spaces are about a word. */
export function spokenWords(text: string): number {
  return wordsOf(text).reduce((sum, one) => sum + (unspaced.test(one) ? 0.5 : 1), 0);
}

/** What occurs four times in a row in an utterance: a letter, a word, or a group of words. */
export function repetitionIn(text: string): string | undefined {
  const letters = /(\p{L})\1{3}/iu.exec(text);
  if (letters !== null) return letters[0];
  const words = wordsOf(text);
  for (let size = 1; size <= MOST_IN_GROUP && size * 4 <= words.length; size += 1) {
    let same = 0;
    for (let at = size; at < words.length; at += 1) {
      same = words[at] === words[at - size] ? same + 1 : 0;
      if (same >= size * 3) return words.slice(at + 1 - size, at + 1).join(' ');
    }
  }
  return undefined;
}

const MOST_IN_GROUP = 6;

const unspacedScripts = String.raw`\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const unspaced = new RegExp(`^[${unspacedScripts}]`, 'u');
const word = new RegExp(
  String.raw`(?=[${unspacedScripts}])[\p{L}\p{N}]\p{M}*|(?![${unspacedScripts}])[\p{L}\p{N}](?:(?![${unspacedScripts}])[\p{L}\p{N}\p{M}'])*`,
  'gu',
);
