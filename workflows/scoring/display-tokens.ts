/**
 * The tokens of a text as it is displayed: words with their capitals, figures and inner marks (`don't`, `102.7`, `$5`), and each
 * punctuation mark that stands at the end or beginning of one by itself. In scripts without spaces between words each character is a token.
 */
export function displayTokens(text: string): readonly string[] {
  return text
    .split(/\s+/u)
    .flatMap((chunk) => chunk.match(unspacedOrRest) ?? [])
    .flatMap(withoutPunctuation);
}

const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
/** Stands between the words of these scripts without a space, too. */
const fullWidth = String.raw`\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f`;

/** A character of such a script with its vowel signs, a full-width punctuation mark, or what stands between them. */
const unspacedOrRest = new RegExp(String.raw`[${unspaced}]\p{M}*|[${fullWidth}]|[^${unspaced}${fullWidth}]+`, 'gu');

/** What punctuates a sentence. Not what belongs to the word or number beside it: `%`, `&`, `@`, `#`, `/`, `-`. */
const punctuation = new RegExp(String.raw`^[.,!?;:…"'“”„‟‘’‚«»‹›()[\]{}¿¡–—।॥؟،؛۔${fullWidth}]$`, 'u');

function withoutPunctuation(chunk: string): readonly string[] {
  const characters = [...chunk];
  let from = 0;
  let until = characters.length;
  while (from < until && isPunctuation(characters[from]!)) from += 1;
  while (until > from && isPunctuation(characters[until - 1]!)) until -= 1;
  const word = characters.slice(from, until).join('');
  return [...characters.slice(0, from), ...(word === '' ? [] : [word]), ...characters.slice(until)];
}

/** Whether a token is a punctuation mark. */
export function isPunctuation(token: string): boolean {
  return punctuation.test(token);
}

/**
 * The steps of an alignment with tokens that are alike beside each other: where a word and a comma are recognised as the word in other
 * capitals, the comma is deleted, and not the word. Only within errors that follow each other, of which sclite leaves the pairing to its rule
 * for ties, so that the counts stay as they are.
 */
export function pairTokens({
  operations,
  reference,
  hypothesis,
}: {
  readonly operations: string;
  readonly reference: readonly string[];
  readonly hypothesis: readonly string[];
}): string {
  let said = 0;
  let heard = 0;
  return operations.replaceAll(/C+|[SDI]+/g, (steps) => {
    const [fromSaid, fromHeard] = [said, heard];
    for (const step of steps) {
      if (step !== 'I') said += 1;
      if (step !== 'D') heard += 1;
    }
    if (steps.startsWith('C') || !/S/.test(steps) || !/[DI]/.test(steps)) return steps;
    const [missed, found] = [reference.slice(fromSaid, said), hypothesis.slice(fromHeard, heard)];
    return missed.length > found.length ? stepsOfPairs(found, missed, 'D') : stepsOfPairs(missed, found, 'I');
  });
}

/** A stretch of errors has either deletions or insertions, so that every token of the shorter side is paired with one of the longer. */
function stepsOfPairs(shorter: readonly string[], longer: readonly string[], gap: 'D' | 'I'): string {
  const width = longer.length + 1;
  if (shorter.length * width > mostPairs) return 'S'.repeat(shorter.length).padStart(longer.length, gap);
  // How alike the pairs are at best, of the first tokens of both sides.
  const alike = new Int32Array((shorter.length + 1) * width);
  const paired = (row: number, column: number): number =>
    alike[(row - 1) * width + column - 1]! + likeness(shorter[row - 1]!, longer[column - 1]!);
  for (let row = 1; row <= shorter.length; row += 1) {
    for (let column = row; column <= longer.length; column += 1) {
      const alone = column > row ? alike[row * width + column - 1]! : -1;
      alike[row * width + column] = Math.max(alone, paired(row, column));
    }
  }
  let steps = '';
  let row = shorter.length;
  for (let column = longer.length; column > 0; column -= 1) {
    const isPair = row > 0 && alike[row * width + column] === paired(row, column);
    steps = `${isPair ? 'S' : gap}${steps}`;
    if (isPair) row -= 1;
  }
  return steps;
}

/** Pairs that are compared in one stretch of errors; longer ones have hardly anything in common. */
const mostPairs = 1e6;

function likeness(one: string, other: string): number {
  if (one.toLowerCase() === other.toLowerCase()) return 2;
  return isPunctuation(one) === isPunctuation(other) ? 1 : 0;
}
