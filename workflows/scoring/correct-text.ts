import { charactersOf, tokenise, type Tokenisation } from './tokenise.ts';

/** Words of a text, by their places among its words, and what is to stand there. */
export interface Correction {
  readonly from: number;
  readonly until: number;
  readonly words: readonly string[];
}

/**
 * A text in which some of its words are others, as it was written otherwise: the words are those that the profile makes of it, the text
 * keeps its spaces, and its capitals and punctuation where no word is another. At a corrected place the punctuation behind it stays, and a
 * capital at the beginning of the text. Corrections stand in the order of the text and do not overlap. Undefined where the text cannot be
 * written so that the profile makes the wanted words of it.
 */
export function correctText(
  text: string,
  { corrections, ...how }: Tokenisation & { readonly corrections: readonly Correction[] },
): string | undefined {
  const pieces = how.unit === 'char' ? [...charactersOf(text)] : (text.match(/\s*\S+/g) ?? []);
  const words = tokenise(text, how);
  const wanted = [...words];
  const bounds = boundsOf(pieces, { words, how });
  let written = pieces;
  for (const { from, until, words: others } of corrections.toReversed()) {
    wanted.splice(from, until - from, ...others);
    const begin = bounds.findLast((bound) => bound.words <= from);
    const end = bounds.find((bound) => bound.words >= until && bound.pieces >= (begin?.pieces ?? 0));
    if (begin === undefined || end === undefined) return undefined;
    // Where the profile makes several words of one piece, those beside the corrected ones are written out.
    const inPlace = [...words.slice(begin.words, from), ...others, ...words.slice(until, end.words)];
    const replaced = pieces.slice(begin.pieces, end.pieces);
    const place = writtenPlace(inPlace, { replaced, isFirst: begin.pieces === 0, unit: how.unit });
    written = [...written.slice(0, begin.pieces), ...place, ...written.slice(end.pieces)];
  }
  const corrected = written.join('').trim();
  const isRight = tokenise(corrected, how).join('\n') === wanted.join('\n');
  return isRight ? corrected : undefined;
}

/** Between which pieces the words of a text can be parted, and how many words stand before. */
function boundsOf(
  pieces: readonly string[],
  { words, how }: { readonly words: readonly string[]; readonly how: Tokenisation },
): readonly { readonly pieces: number; readonly words: number }[] {
  return Array.from({ length: pieces.length + 1 }, (_, at) => {
    const before = tokenise(pieces.slice(0, at).join(''), how);
    const behind = tokenise(pieces.slice(at).join(''), how);
    return { pieces: at, words: before.length, isOne: [...before, ...behind].join('\n') === words.join('\n') };
  }).filter(({ isOne }) => isOne);
}

function writtenPlace(
  words: readonly string[],
  {
    replaced,
    isFirst,
    unit,
  }: { readonly replaced: readonly string[]; readonly isFirst: boolean } & Pick<Tokenisation, 'unit'>,
): readonly string[] {
  const punctuation = unit === 'char' ? '' : (/[.,;:!?…]+$/.exec(replaced.at(-1) ?? '')?.[0] ?? '');
  if (words.length === 0) return [];
  const text = words.join(unit === 'char' ? '' : ' ') + punctuation;
  const hadCapital = isFirst && /^\s*\p{Lu}/u.test(replaced[0] ?? '');
  return [
    `${unit === 'char' || isFirst ? '' : ' '}${hadCapital ? text.charAt(0).toUpperCase() + text.slice(1) : text}`,
  ];
}
