import { cardinalWords, digitWords, ordinalWords, pluralWords, readingWords } from './english-number-words.ts';

/**
 * An American English text as Azure compares it: words in lower case with one space between, no punctuation but
 * apostrophes inside words, numbers as spoken. Source: Microsoft Learn, "How to create human-labeled transcriptions",
 * the rules that are applied automatically to en-US, and their samples.
 *
 * What that page asks of the author, because only a person hears it, is done where writing leaves one way to say it: `1-3pm` is
 * `one to three pm`, `&` is `and`, `5 kg` is `five kilograms`, `June 3` is `june third`. What it leaves open is decided here:
 *
 * - punctuation and symbols end a word (`and/or` is two words), but dotted letters are one word (`p.m.` is `pm`);
 * - `’` is an apostrophe; compatibility characters are replaced (full-width letters, ligatures), invisible ones removed;
 * - numbers that count nothing are read out (see {@link readingWords}), in pairs or digits where people do;
 * - money, percentages, ordinals and numbers with thousands separators are cardinals: `$5.50` is `five dollars and fifty
 *   cents`, `$1.5 million` is `one point five million dollars`, `50%` is `fifty percent`, `3rd` is `third`;
 * - digits after a decimal point are read one by one, `3.04` is `three point oh four`;
 * - `3:05` is `three oh five`, `1980s` is `nineteen eighties`, `-5` is `minus five`, `555-0123` is digit by digit;
 * - digits beside letters are words of their own: `3pm` is `three pm`;
 * - numbers of up to four digits with a hyphen between are a range where the second is greater: `24-7` is none, nor is `555-0123`;
 * - a day of one or two digits after a month is an ordinal; `march` and `may` are months with a capital letter alone;
 * - units of one letter (`5 m`, `5 g`) stay as they are, because they stand for more than one word;
 * - fillers (`um`, `uh`) are words: neither that page nor the one about testing accuracy leaves them out. A rules file can.
 *
 * Abbreviations (`Dr.`), spelled acronyms and symbols with several readings (`O+`, `2x4`) stay the author's to write out, as the
 * page asks.
 */
export function normaliseAzureEnUs(text: string): string {
  const written = text
    .replace(/[\p{Cf}\p{Variation_Selector}\u20e3]/gu, '')
    .replaceAll('´', "'")
    .normalize('NFKC')
    .replace(/[‘’ʼ`]/g, "'");
  const plain = spellMarks(spellDates(written).toLowerCase().normalize('NFKC'));
  const spoken = plain.replace(NUMBER, (...match) => ` ${speak(match.at(-1) as NumberParts)} `);
  const joined = spoken.replace(DOTTED_LETTERS, (letters) => letters.replaceAll('.', ''));
  return (joined.match(WORD) ?? []).join(' ');
}

/** Days after a month as ordinals. Reads capitals, so it comes before lower case. */
function spellDates(text: string): string {
  return text.replace(DATE, (date, month: string, day: string) =>
    month === 'march' || month === 'may' ? date : `${month} ${ordinalWords(cardinalWords(day))}`,
  );
}

const DATE = new RegExp(
  [
    String.raw`(?<![\p{L}\p{M}\p{N}])`,
    '(january|february|march|april|may|june|july|august|september|october|november|december)',
    String.raw` (0?[1-9]|[12]\d|3[01])(?![\p{L}\p{M}\p{N}%¢'-]|[.,:]\d| [%¢])`,
  ].join(''),
  'giu',
);

/** What stands between and behind numbers: `&`, the hyphen of a range, units. */
function spellMarks(text: string): string {
  return text
    .replaceAll('&', ' and ')
    .replace(RANGE, (range, from: string, to: string) =>
      Number(to) > Number(from) && !/^\d{3}-\d{4}$/.test(range) ? `${from} to ${to}` : range,
    )
    .replace(UNIT_OF_ONE, (_, unit: string) => `1 ${UNITS.get(unit)![0]}`)
    .replace(UNIT, (_, unit: string) => ` ${UNITS.get(unit)![1]}`);
}

const RANGE = /(?<![\p{L}\p{M}\p{N}.:'-]|\d,)(\d{1,4})[-\u2013](\d{1,4})(?![\p{N}-]|[.,:]\d)/gu;

interface NumberParts {
  readonly telephone?: string;
  readonly hours?: string;
  readonly minutes?: string;
  readonly minus?: string;
  readonly currency?: string;
  readonly integer?: string;
  readonly fraction?: string;
  readonly suffix?: string;
}

/** One pass over the text finds each number with everything that belongs to it, in time linear in the text. */
const NUMBER = new RegExp(
  [
    String.raw`(?<telephone>(?<![\d-]|\d[.,])(?:1-)?(?:\(\d{3}\) ?|\d{3}-)?\d{3}-\d{4}(?![\d-]))`,
    String.raw`(?<![\d:.])(?<hours>[01]?\d|2[0-3]):(?<minutes>[0-5]\d)(?![\d:]|\.\d)`,
    [
      String.raw`(?<minus>(?<![^\s(])[-−])?(?<currency>[$£€¥] ?)?`,
      String.raw`(?:(?<integer>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(?<fraction>\d+))?|\.(?<fraction>\d+))`,
      String.raw`(?<suffix>(?:st|nd|rd|th|'?s| (?:thousand|million|billion|trillion))(?![\p{L}\p{N}'])| ?[%¢])?`,
    ].join(''),
  ].join('|'),
  'gu',
);

const DOTTED_LETTERS = /(?<![\p{L}\p{M}\p{N}'])[a-z](?:\.[a-z])+(?![\p{L}\p{M}\p{N}'])/gu;

const WORD = /[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*/gu;

function speak(parts: NumberParts): string {
  if (parts.telephone !== undefined) return digitWords(parts.telephone.replace(/\D/g, ''));
  if (parts.hours !== undefined && parts.minutes !== undefined) return clockWords(parts.hours, parts.minutes);
  const amount = parts.currency === undefined ? countWords(parts) : moneyWords(parts.currency.trim(), parts);
  return parts.minus === undefined ? amount : `minus ${amount}`;
}

function clockWords(hours: string, minutes: string): string {
  const hour = cardinalWords(hours);
  if (minutes === '00') return hour;
  return `${hour} ${minutes.startsWith('0') ? digitWords(minutes) : cardinalWords(minutes)}`;
}

function countWords(parts: NumberParts): string {
  const suffix = parts.suffix?.trim() ?? '';
  const isInteger = parts.fraction === undefined;
  switch (suffix) {
    case '':
      return decimalWords(parts, readingWords);
    case '%':
      return `${decimalWords(parts, cardinalWords)} percent`;
    case '¢':
      return amountOf(decimalWords(parts, cardinalWords), ['cent', 'cents']);
    case 's':
      return pluralWords(decimalWords(parts, readingWords));
    case "'s":
      return isInteger && parts.integer?.endsWith('0')
        ? pluralWords(decimalWords(parts, readingWords))
        : `${decimalWords(parts, readingWords)}'s`;
    case 'st':
    case 'nd':
    case 'rd':
    case 'th':
      return isInteger
        ? ordinalWords(decimalWords(parts, cardinalWords))
        : `${decimalWords(parts, readingWords)} ${suffix}`;
    default:
      return `${decimalWords(parts, readingWords)} ${suffix}`;
  }
}

/** The number itself. Thousands separators make it a cardinal. */
function decimalWords(parts: NumberParts, wordsOf: (digits: string) => string): string {
  const integer = parts.integer ?? '';
  const whole = integer.includes(',') ? cardinalWords(integer.replaceAll(',', '')) : wordsOf(integer);
  const fraction = parts.fraction === undefined ? '' : `point ${digitWords(parts.fraction)}`;
  return `${integer === '' ? '' : whole} ${fraction}`.trim();
}

/** Two digits after the point are the small coin; otherwise the amount is read as a number. */
function moneyWords(sign: string, parts: NumberParts): string {
  const currency = CURRENCIES.get(sign)!;
  const suffix = parts.suffix ?? '';
  if (suffix.length > 2) return `${decimalWords(parts, cardinalWords)}${suffix} ${currency.unit[1]}`;
  const { coin } = currency;
  if (coin === undefined || parts.fraction?.length !== 2) {
    return `${amountOf(decimalWords(parts, cardinalWords), currency.unit)} ${suffix}`;
  }
  const whole = cardinalWords((parts.integer ?? '0').replaceAll(',', ''));
  const coins = cardinalWords(parts.fraction);
  const amounts = [
    ...(whole === 'zero' && coins !== 'zero' ? [] : [amountOf(whole, currency.unit)]),
    ...(coins === 'zero' ? [] : [amountOf(coins, coin)]),
  ];
  return `${amounts.join(' and ')} ${suffix}`;
}

type SingularAndPlural = readonly [string, string];

function amountOf(number: string, [one, many]: SingularAndPlural): string {
  return `${number} ${number === 'one' ? one : many}`;
}

const CURRENCIES: ReadonlyMap<string, { readonly unit: SingularAndPlural; readonly coin?: SingularAndPlural }> =
  new Map([
    ['$', { unit: ['dollar', 'dollars'], coin: ['cent', 'cents'] }],
    ['£', { unit: ['pound', 'pounds'], coin: ['penny', 'pence'] }],
    ['€', { unit: ['euro', 'euros'], coin: ['cent', 'cents'] }],
    ['¥', { unit: ['yen', 'yen'] }],
  ]);

/** The written unit, in lower case, and how one and several of it are spoken. */
const UNITS: ReadonlyMap<string, SingularAndPlural> = new Map([
  ['kg', ['kilogram', 'kilograms']],
  ['mg', ['milligram', 'milligrams']],
  ['lb', ['pound', 'pounds']],
  ['lbs', ['pound', 'pounds']],
  ['oz', ['ounce', 'ounces']],
  ['km', ['kilometer', 'kilometers']],
  ['cm', ['centimeter', 'centimeters']],
  ['mm', ['millimeter', 'millimeters']],
  ['ft', ['foot', 'feet']],
  ['ml', ['milliliter', 'milliliters']],
  ['km/h', ['kilometer per hour', 'kilometers per hour']],
  ['mph', ['mile per hour', 'miles per hour']],
  ['hrs', ['hour', 'hours']],
  ['min', ['minute', 'minutes']],
  ['kw', ['kilowatt', 'kilowatts']],
  ['kwh', ['kilowatt hour', 'kilowatt hours']],
  ['hz', ['hertz', 'hertz']],
  ['khz', ['kilohertz', 'kilohertz']],
  ['mhz', ['megahertz', 'megahertz']],
  ['ghz', ['gigahertz', 'gigahertz']],
  ['kb', ['kilobyte', 'kilobytes']],
  ['mb', ['megabyte', 'megabytes']],
  ['gb', ['gigabyte', 'gigabytes']],
  ['tb', ['terabyte', 'terabytes']],
  ['°', ['degree', 'degrees']],
  ['°c', ['degree celsius', 'degrees celsius']],
  ['°f', ['degree fahrenheit', 'degrees fahrenheit']],
]);

const UNIT_NAMES = `(${[...UNITS.keys()].toSorted((one, other) => other.length - one.length).join('|')})(?![\\p{L}\\p{M}\\p{N}'/])`;

const UNIT_OF_ONE = new RegExp(`(?<![\\d.,])1 ?${UNIT_NAMES}`, 'gu');

const UNIT = new RegExp(`(?<=\\d) ?${UNIT_NAMES}`, 'gu');
