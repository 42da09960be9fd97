/**
 * Numbers as an American speaker counts: `1250` is `one thousand two hundred fifty`, without "and". Takes any run of ASCII
 * digits; more than 15 digits after leading zeros are spoken one by one.
 */
export function cardinalWords(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, '');
  if (significant === '0') return 'zero';
  if (significant.length > 3 * SCALES.length) return digitWords(digits);
  const groups: string[] = [];
  for (let end = significant.length, scale = 0; end > 0; end -= 3, scale += 1) {
    const group = Number(significant.slice(Math.max(0, end - 3), end));
    if (group > 0) groups.unshift(`${hundredsWords(group)} ${SCALES[scale]}`.trimEnd());
  }
  return groups.join(' ');
}

/**
 * Numbers as they are read out where nothing says that they count something: house numbers, years, frequencies.
 *
 * - `104` is `one oh four`, as Microsoft Learn's samples have it ("104 Elm Street", "Tune to 102.7");
 * - `1905`, `1984`, `1500` and `2024` are read in pairs (1100 to 1999 and 2010 to 2099);
 * - a leading zero, or more than six digits that are no whole thousands, are read digit by digit;
 * - anything else is a cardinal.
 */
export function readingWords(digits: string): string {
  if (/^0\d/.test(digits)) return digitWords(digits);
  if (digits.length > 6 && !digits.endsWith('000')) return digitWords(digits);
  if (/^[1-9]0[1-9]$/.test(digits)) return digitWords(digits);
  if (/^(?:1[1-9]|20(?!0))\d\d$/.test(digits)) return pairWords(digits);
  return cardinalWords(digits);
}

/** Each digit on its own; a zero in a row of digits is `oh`. */
export function digitWords(digits: string): string {
  return Array.from(digits, (digit) => (digit === '0' ? 'oh' : SMALL_NUMBERS[Number(digit)])).join(' ');
}

/** Turns `twenty one` into `twenty first`. */
export function ordinalWords(cardinal: string): string {
  return cardinal.replace(/\w+$/, (last) => IRREGULAR_ORDINALS.get(last) ?? `${last.replace(/y$/, 'ie')}th`);
}

/** Turns `nineteen eighty` into `nineteen eighties`. */
export function pluralWords(cardinal: string): string {
  return cardinal.replace(/\w+$/, (last) => {
    if (last.endsWith('x')) return `${last}es`;
    return `${last.replace(/y$/, 'ie')}s`;
  });
}

function pairWords(digits: string): string {
  const century = cardinalWords(digits.slice(0, 2));
  const rest = digits.slice(2);
  if (rest === '00') return `${century} hundred`;
  return `${century} ${rest.startsWith('0') ? digitWords(rest) : cardinalWords(rest)}`;
}

function hundredsWords(number: number): string {
  if (number >= 100) {
    const rest = number % 100;
    return `${SMALL_NUMBERS[Math.floor(number / 100)]} hundred${rest === 0 ? '' : ` ${hundredsWords(rest)}`}`;
  }
  if (number < SMALL_NUMBERS.length) return SMALL_NUMBERS[number]!;
  const ones = number % 10;
  return `${TENS[Math.floor(number / 10)]}${ones === 0 ? '' : ` ${SMALL_NUMBERS[ones]}`}`;
}

const SMALL_NUMBERS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );

const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const SCALES = ['', 'thousand', 'million', 'billion', 'trillion'];

const IRREGULAR_ORDINALS: ReadonlyMap<string, string> = new Map([
  ['one', 'first'],
  ['two', 'second'],
  ['three', 'third'],
  ['five', 'fifth'],
  ['eight', 'eighth'],
  ['nine', 'ninth'],
  ['twelve', 'twelfth'],
]);
