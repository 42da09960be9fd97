/** What is written in ASCII in place of a character. */
export function asAscii(character: string): string | undefined {
  const known = replacements.find(([characters]) => characters.includes(character))?.[1];
  if (known !== undefined) return known;
  const plain = character.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return /^[\u0020-\u007E]+$/.test(plain) ? plain : undefined;
}

const replacements: readonly (readonly [characters: string, ascii: string])[] = [
  ['‘’‚‛′`´', "'"],
  ['“”„‟«»″', '"'],
  ['—―', '--'],
  ['‐‑‒–−', '-'],
  ['…', '...'],
  ['\u00A0\u2007\u202F\u2009', ' '],
  ['Øø', 'o'],
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['ł', 'l'],
];
