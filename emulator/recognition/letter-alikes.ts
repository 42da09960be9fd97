import { stableHash } from './stable-hash.ts';

/**
 * What a word of a language without a pronouncing dictionary is misheard as: one of the given words that is written
 * almost alike, else the word with one sound of its spelling changed. Never the word itself.
 */
export function letterAlike(
  word: string,
  options: { readonly among: readonly string[]; readonly seed: number },
): string {
  const near = options.among.filter((other) => other !== word && isNear(word, other));
  if (near.length > 0) return near[stableHash('near', options.seed) % near.length] as string;
  return changeOneSound(word, options.seed);
}

/** Letters that stand for sounds close to each other, in most languages that share the script. */
const CLASSES = [
  'aeo',
  'iyuüj',
  'äeö',
  'bp',
  'dt',
  'gkc',
  'fvw',
  'szß',
  'mn',
  'rl',
  'ая',
  'ео',
  'ию',
  'бп',
  'дт',
  'гк',
];

function changeOneSound(word: string, seed: number): string {
  const letters = [...word];
  const first = stableHash('letter', seed) % letters.length;
  for (let i = 0; i < letters.length; i++) {
    const at = (first + i) % letters.length;
    const letter = letters[at] as string;
    const alike = CLASSES.find((sounds) => sounds.includes(letter))?.replace(letter, '');
    if (alike === undefined) continue;
    return letters.with(at, alike[stableHash('sound', seed) % alike.length] as string).join('');
  }
  // Scripts that write syllables or ideas: a neighbouring sign of the same block, which is a letter as well.
  const code = word.codePointAt(0) as number;
  for (const step of [1, -1, 2, -2, 3, -3]) {
    const sign = String.fromCodePoint(code + step);
    if (/\p{L}|\p{N}/u.test(sign) && sign.toLowerCase() === sign)
      return sign + word.slice(String.fromCodePoint(code).length);
  }
  return `${word}${word}`;
}

/** One edit apart in a word of four letters or more. */
function isNear(word: string, other: string): boolean {
  const [shorter, longer] = word.length <= other.length ? [word, other] : [other, word];
  if (shorter.length < 4 || longer.length - shorter.length > 1) return false;
  let same = 0;
  while (same < shorter.length && shorter[same] === longer[same]) same++;
  let tail = 0;
  while (tail < shorter.length - same && shorter.at(-1 - tail) === longer.at(-1 - tail)) tail++;
  return longer.length - same - tail <= 1;
}
