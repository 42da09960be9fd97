import { americanSpelling } from './american-spelling.ts';
import { writeNumerals } from './english-numerals.ts';

/**
 * An English text as Whisper's English normaliser writes it (Radford et al. 2022, appendix C, and the pairs that its repository
 * tests): lower case, no punctuation, words in brackets and `hmm mm mhm mmm uh um` left out, contractions and titles written out,
 * numbers in figures with their currency, American spelling. The opposite way of `azure-en-US`, where numbers are words.
 *
 * It departs from Whisper where Whisper loses what was said, or writes a text in two ways:
 *
 * - accents and marks stay (`café`); Whisper strips them, which destroys the words of other scripts (arXiv 2409.02449);
 * - a sign before a figure stays (`-5`), as in what Whisper makes of `minus five`; zeros before a figure stay (`007`);
 * - `mm` behind a figure is a unit and no filler, as in what Whisper makes of `10mm`;
 * - the American spellings are those of pairs in a word list that differ by a regular ending, not a list of its own.
 */
export function normaliseWhisperEn(text: string): string {
  return untilStable(text, onePass);
}

/**
 * The form in which the Open ASR Leaderboard compares English: {@link normaliseWhisperEn}, with dotted letters as one word (`U.S.A.`
 * is `usa`). The leaderboard also counts words that are only joined or split otherwise as equal, see `mergeCompounds` of a score.
 */
export function normaliseOpenAsrLeaderboard(text: string): string {
  return untilStable(text, (before) =>
    onePass(before.toLowerCase().replace(DOTTED, (letters) => letters.replaceAll('.', ''))),
  );
}

const DOTTED = /(?<![\p{L}\p{M}\p{N}'.])[a-z](?:\.[a-z])+(?![\p{L}\p{M}\p{N}'])\.?/gu;

/** What was made of a number can be part of another one, which the next pass finds. */
function untilStable(text: string, pass: (text: string) => string): string {
  let before = text;
  for (let passes = 0; passes < 8; passes += 1) {
    const after = pass(before);
    if (after === before) break;
    before = after;
  }
  return before;
}

function onePass(text: string): string {
  const plain = text
    .replace(/[\p{Cf}\p{Variation_Selector}\u20e3]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(BRACKETS, ' ')
    .replace(FILLERS, ' ')
    .replaceAll(/(?<!\s)\s+'/gu, "'");
  const spelled = plain
    .replace(WORD_WRITTEN_OUT, (word) => WORDS_WRITTEN_OUT.get(word)!)
    .replace(ENDING_WRITTEN_OUT, (ending) => ENDINGS_WRITTEN_OUT.get(ending)!)
    .replaceAll(/(?<=\d),(?=\d)/g, '')
    .replaceAll(/(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])/g, ' ')
    .replaceAll(/(?<=\d)\s+(?=(?:st|nd|rd|th|s)(?![\p{L}\p{M}\p{N}]))/gu, '')
    .replaceAll(/(?<![\p{L}\p{M}\p{N}]) ?and\s+a\s+half(?![\p{L}\p{M}\p{N}])/gu, ' and a half');
  const words = spelled.match(WORD) ?? [];
  const joined = writeNumerals(words).join(' ').replace(CENTS, '$1$2.$3').replace(CENTS_ALONE, '¢$1');
  return joined
    .split(' ')
    .map((word) => (word === '1' ? 'one' : word === '1s' ? 'ones' : americanSpelling(word)))
    .join(' ');
}

const BRACKETS = /[<[][^<>[\]]*[>\]]|\([^()]+\)/g;

const FILLERS = /(?<![\p{L}\p{M}\p{N}']|\d )(?:hmm|mm|mhm|mmm|uh|um)(?![\p{L}\p{M}\p{N}])/gu;

/** A figure with its signs, or letters; a dot belongs to a figure where digits follow it. */
const WORD =
  /(?<![\p{L}\p{M}\p{N}])[-+]?[$£€¢]?(?:\d+(?:\.\d+)*|\.\d+)(?:st|nd|rd|th|s)?(?![\p{L}\p{M}\p{N}])%?|[\p{L}\p{M}\p{N}]+/gu;

const CENTS = /([$£€])(\d+) (?:and )?¢(\d\d)(?!\S)/g;

const CENTS_ALONE = /(?<!\S)[$£€]0?\.0?([1-9]\d?)(?!\S)/g;

const WORD_END = String.raw`(?![\p{L}\p{M}\p{N}])`;

const WORDS_WRITTEN_OUT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "won't": 'will not',
    "can't": 'can not',
    "let's": 'let us',
    "ain't": 'aint',
    "y'all": 'you all',
    "i'ma": 'i am going to',
    "ma'am": 'madam',
    imma: 'i am going to',
    wanna: 'want to',
    gotta: 'got to',
    gonna: 'going to',
    woulda: 'would have',
    coulda: 'could have',
    shoulda: 'should have',
    mr: 'mister',
    mrs: 'missus',
    st: 'saint',
    dr: 'doctor',
    prof: 'professor',
    capt: 'captain',
    gov: 'governor',
    ald: 'alderman',
    gen: 'general',
    sen: 'senator',
    rep: 'representative',
    pres: 'president',
    rev: 'reverend',
    hon: 'honorable',
    asst: 'assistant',
    assoc: 'associate',
    lt: 'lieutenant',
    col: 'colonel',
    jr: 'junior',
    sr: 'senior',
    esq: 'esquire',
  }),
);

const WORD_WRITTEN_OUT = new RegExp(
  String.raw`(?<![\p{L}\p{M}\p{N}'])(?:${[...WORDS_WRITTEN_OUT.keys()].join('|')})${WORD_END}`,
  'gu',
);

/** From the special to the general: `'s been` before every other `'s`. */
const ENDINGS_WRITTEN_OUT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "'d been": ' had been',
    "'s been": ' has been',
    "'d gone": ' had gone',
    "'s gone": ' has gone',
    "'d done": ' had done',
    "'s got": ' has got',
    "n't": ' not',
    "'re": ' are',
    "'s": ' is',
    "'d": ' would',
    "'ll": ' will',
    "'t": ' not',
    "'ve": ' have',
    "'m": ' am',
  }),
);

const ENDING_WRITTEN_OUT = new RegExp(`(?:${[...ENDINGS_WRITTEN_OUT.keys()].join('|')})${WORD_END}`, 'gu');
