import { ordinalWords, pluralWords } from './english-number-words.ts';

/**
 * English words with every number in figures, as Whisper's English normaliser writes them: `twenty twenty one` is `2021`, `two point
 * five million dollars` is `$2500000`, `thirty first` is `31st`, `double oh seven` is `007`. A lone `one` stays a word.
 *
 * Words that follow each other and are one number each are read as figures in a row (`nineteen` `ninety nine`); a figure that the text
 * has already stands alone, unless `point` or a scale (`200 thousand`) follows it.
 */
export function writeNumerals(words: readonly string[]): readonly string[] {
  const written: string[] = [];
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    const numeral = STARTS.has(word) || isFigure(word) ? readNumeral(words, at) : undefined;
    written.push(numeral?.text ?? word);
    at = numeral?.next ?? at + 1;
  }
  return written;
}

interface Numeral {
  readonly text: string;
  readonly next: number;
}

function readNumeral(words: readonly string[], from: number): Numeral | undefined {
  const sign = SIGNS.get(words[from]!);
  const run = readRun(words, sign === undefined ? from : from + 1);
  if (run === undefined) return undefined;
  const { next } = run;
  const unit = words[next];
  const currency = unit === undefined ? undefined : CURRENCIES.get(unit);
  const isPlain = /\d$/.test(run.text);
  if (isPlain && currency !== undefined && !/^[$£€¢]/.test(run.text)) {
    return { text: `${currency}${run.text}`, next: next + 1 };
  }
  const percent = unit === 'percent' ? 1 : unit === 'per' && words[next + 1] === 'cent' ? 2 : 0;
  if (isPlain && percent > 0) return { text: `${sign ?? ''}${run.text}%`, next: next + percent };
  if (run.text === '1' && sign === undefined) return { text: 'one', next };
  return { text: `${sign ?? ''}${run.text}`, next };
}

/** Numbers in a row as one, with the decimals behind `point`. */
function readRun(words: readonly string[], from: number): Numeral | undefined {
  const parts: string[] = [];
  let isDigits = true;
  let next = from;
  for (let read = readPart(words, next); read !== undefined; read = readPart(words, next)) {
    // Figures of the text are not joined to words before them: "5 6" are two numbers.
    if (parts.length > 0 && (isFigure(words[next]!) || !isDigits)) break;
    ({ next } = read);
    parts.push(read.text);
    // Each part is looked at once: a text may be one number of many thousand words.
    isDigits &&= !/\D/.test(read.text);
    if (isFigure(words[next - 1]!)) break;
  }
  const text = parts.join('');
  const isWhole = text === '' || /^[$£€]?\d+$/.test(text);
  const half = text !== '' && words[next] === 'and' && words[next + 1] === 'a' && words[next + 2] === 'half';
  if (!isWhole) return text === '' ? undefined : scaled({ text, next }, words);
  if (half) return scaled({ text: `${text}.5`, next: next + 3 }, words);
  if (words[next] !== 'point') return text === '' ? undefined : { text, next };
  const decimals = readDecimals(words, next + 1);
  if (decimals === undefined) return text === '' ? undefined : { text, next };
  return scaled({ text: `${text}.${decimals.text}`, next: decimals.next }, words);
}

function readDecimals(words: readonly string[], from: number): Numeral | undefined {
  if (words[from] !== undefined && /^\d+$/.test(words[from])) return { text: words[from], next: from + 1 };
  let text = '';
  let next = from;
  for (let read = readBelowHundred(words, next); read !== undefined; read = readBelowHundred(words, next)) {
    text += read.text;
    ({ next } = read);
  }
  return text === '' ? undefined : { text, next };
}

/** A number with decimals and the scale behind it: `2.5` `million`. It stays as it is where that is no whole number. */
function scaled(numeral: Numeral, words: readonly string[]): Numeral {
  const scale = scaleOf(words[numeral.next]);
  const [, currency = '', whole = '', decimals = ''] = /^([$£€]?)(\d*)\.(\d+)$/.exec(numeral.text) ?? [];
  if (scale === undefined || decimals.length > scale.zeros || decimals === '') return numeral;
  const digits = `${whole}${decimals.padEnd(scale.zeros, '0')}`.replace(/^0+(?=\d)/, '');
  return { text: `${currency}${digits}${scale.suffix}`, next: numeral.next + 1 };
}

/** One number of a run: a figure, zeros, doubled digits or a cardinal or ordinal in words. */
function readPart(words: readonly string[], from: number): Numeral | undefined {
  const word = words[from];
  if (word === undefined) return undefined;
  if (ZEROS.has(word)) return { text: '0', next: from + 1 };
  const times = word === 'double' ? 2 : word === 'triple' ? 3 : 0;
  if (times > 0) {
    const digit = digitOf(words[from + 1]);
    return digit === undefined ? undefined : { text: digit.repeat(times), next: from + 2 };
  }
  return readCardinal(words, from);
}

/** Groups with their scales, greatest first: `forty three thousand two hundred and sixty`. */
function readCardinal(words: readonly string[], from: number): Numeral | undefined {
  const [, currency = '', figure = ''] = /^([$£€]?)(\d+(?:\.\d+)?)$/.exec(words[from]!) ?? [];
  if (figure.includes('.')) return { text: `${currency}${figure}`, next: from + 1 };
  let total = 0n;
  let smallest = Infinity;
  let next = from;
  let suffix = '';
  let isThere = false;
  while (suffix === '') {
    const at = isThere && words[next] === 'and' && scaleOf(words[next - 1])?.suffix === '' ? next + 1 : next;
    const group =
      at === from && figure !== ''
        ? { value: BigInt(figure), next: from + 1, suffix: '' }
        : readBelowThousand(words, at);
    const behind = group?.next ?? at;
    const scale = group?.suffix ? undefined : scaleOf(words[behind]);
    if (group === undefined && (scale === undefined || isThere)) break;
    const zeros = scale?.zeros ?? 0;
    if (zeros >= smallest || (isThere && String(group?.value ?? 1n).length + zeros > smallest)) break;
    total += (group?.value ?? 1n) * 10n ** BigInt(zeros);
    smallest = zeros;
    next = scale === undefined ? behind : behind + 1;
    suffix = scale?.suffix ?? group?.suffix ?? '';
    isThere = true;
    if (zeros === 0) break;
  }
  if (!isThere) return undefined;
  // Leading zeros of a figure are kept, as in 007.
  const digits = figure !== '' && next === from + 1 ? figure : String(total);
  return { text: `${currency}${digits}${suffix}`, next };
}

interface Group {
  readonly value: bigint;
  readonly next: number;
  /** `st`, `nd`, `rd`, `th` or `s` where the last word is an ordinal or a plural. */
  readonly suffix: string;
}

function readBelowThousand(words: readonly string[], from: number): Group | undefined {
  const first = words[from] === 'hundred' ? { text: '1', next: from, suffix: '' } : readBelowHundred(words, from);
  if (first === undefined || first.suffix !== '' || words[first.next] !== 'hundred') {
    return first === undefined ? undefined : { ...first, value: BigInt(first.text) };
  }
  const hundreds = BigInt(first.text) * 100n;
  const behind = words[first.next + 1] === 'and' ? first.next + 2 : first.next + 1;
  const rest = readBelowHundred(words, behind);
  if (rest === undefined) return { value: hundreds, next: first.next + 1, suffix: '' };
  return { value: hundreds + BigInt(rest.text), next: rest.next, suffix: rest.suffix };
}

function readBelowHundred(words: readonly string[], from: number): (Numeral & { readonly suffix: string }) | undefined {
  const tens = TENS.get(words[from] ?? '');
  if (tens !== undefined && tens.suffix === '') {
    const ones = SMALL.get(words[from + 1] ?? '');
    if (ones !== undefined && ones.value < 10) {
      return { text: String(tens.value + ones.value), next: from + 2, suffix: ones.suffix };
    }
  }
  const found = tens ?? SMALL.get(words[from] ?? '');
  if (found !== undefined) return { text: String(found.value), next: from + 1, suffix: found.suffix };
  return undefined;
}

function digitOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (ZEROS.has(word)) return '0';
  const small = SMALL.get(word);
  return small !== undefined && small.suffix === '' && small.value < 10 ? String(small.value) : undefined;
}

function isFigure(word: string): boolean {
  return /^[$£€]?\d/.test(word);
}

interface Named {
  readonly value: number;
  readonly suffix: string;
}

const ZEROS: ReadonlySet<string> = new Set(['o', 'oh', 'zero']);

const SIGNS: ReadonlyMap<string, string> = new Map([
  ['minus', '-'],
  ['negative', '-'],
  ['plus', '+'],
  ['positive', '+'],
]);

const CURRENCIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ dollar: '$', pound: '£', euro: '€', cent: '¢' }).flatMap(([name, sign]) => [
    [name, sign],
    [`${name}s`, sign],
  ]),
);

const SMALL: ReadonlyMap<string, Named> = namesOf(
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  (index) => index + 1,
);

const TENS: ReadonlyMap<string, Named> = namesOf(
  'twenty thirty forty fifty sixty seventy eighty ninety',
  (index) => 10 * (index + 2),
);

/** `value` counts the zeros. */
const SCALES: ReadonlyMap<string, Named> = new Map([
  ...namesOf('hundred', () => 2),
  ...namesOf('thousand million billion trillion quadrillion', (index) => 3 * (index + 1)),
]);

/** The words that a number can begin with. */
const STARTS: ReadonlySet<string> = new Set([
  ...[ZEROS, SIGNS, SMALL, TENS, SCALES].flatMap((names) => [...names.keys()]),
  'double',
  'triple',
  'point',
]);

function scaleOf(word: string | undefined): { readonly zeros: number; readonly suffix: string } | undefined {
  const scale = SCALES.get(word ?? '');
  return scale === undefined ? undefined : { zeros: scale.value, suffix: scale.suffix };
}

/** Numerals with their plurals and ordinals. */
function namesOf(names: string, valueOf: (index: number) => number): ReadonlyMap<string, Named> {
  return new Map(
    names.split(' ').flatMap((name, index): [string, Named][] => {
      const value = valueOf(index);
      const ordinal = ordinalWords(name);
      const ordinalSuffix = { first: 'st', second: 'nd', third: 'rd' }[ordinal] ?? 'th';
      return [
        [name, { value, suffix: '' }],
        [pluralWords(name), { value, suffix: 's' }],
        [ordinal, { value, suffix: ordinalSuffix }],
      ];
    }),
  );
}
