import { britishWords } from './british-words.gen.ts';

/**
 * The American spelling of a British word in lower case (`colour`, `mobilisation`, `travelled`), else the word itself. Knows the words
 * of SCOWL in which a regular difference makes an American word of a British one, and some that are irregular.
 */
export function americanSpelling(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  const difference = DIFFERENCE_OF.get(word);
  if (difference === undefined) return word;
  const [british, american] = spellingDifferences[difference]!;
  return word.replace(british, american);
}

/** What stands in a British word, and in its place in the American one. The first that fits is meant. */
export const spellingDifferences: readonly (readonly [british: RegExp, american: string])[] = [
  [/isation/, 'ization'],
  [/is(e[drs]?|ing|able|ations?)$/, 'iz$1'],
  [/ys(e[drs]?|ing)$/, 'yz$1'],
  [/our/, 'or'],
  [/re(s|d)?$/, 'er$1'],
  [/ll(ed|ing|ers?|ings?)$/, 'l$1'],
  [/ogue(s?)$/, 'og$1'],
  [/ae|oe/, 'e'],
  [/ence(s?)$/, 'ense$1'],
  [/l(s|ment|ments)?$/, 'll$1'],
];

const DIFFERENCE_OF: ReadonlyMap<string, number> = new Map(
  britishWords.flatMap((words, difference) => words.split(' ').map((word) => [word, difference] as const)),
);

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aeroplane: 'airplane',
    aeroplanes: 'airplanes',
    aluminium: 'aluminum',
    cancelation: 'cancellation',
    cheque: 'check',
    cheques: 'checks',
    grey: 'gray',
    jewellery: 'jewelry',
    licence: 'license',
    licences: 'licenses',
    mould: 'mold',
    moustache: 'mustache',
    plough: 'plow',
    programme: 'program',
    programmes: 'programs',
    pyjamas: 'pajamas',
    sceptical: 'skeptical',
    storey: 'story',
    tyre: 'tire',
    tyres: 'tires',
  }),
);
