/** How a language of Europe writes and says numbers. Words are in lower case. */
export interface SpokenLanguage {
  /** A whole number of at most 15 digits as it counts something. */
  readonly cardinal: (digits: string) => string;
  /** A number behind which a sign of an ordinal is written; undefined where the language has none or says it otherwise. */
  readonly ordinal?: (digits: string, sign: string) => string | undefined;
  /** What stands between a number and the sign of an ordinal, as a pattern with the sign in one group: `(er|e)`. */
  readonly ordinalSigns?: string;
  /** A year, or whatever is written as one: four digits without a separator. Left out, it is a cardinal. */
  readonly year?: (digits: string) => string | undefined;
  /** How the separator of decimals is said. Digits behind it are said one by one. */
  readonly point: string;
  readonly minus: string;
  readonly percent: string;
  readonly and: string;
  /** A time of day by its hour and its minutes, `0` to `59`. */
  readonly clock: (hour: string, minutes: number) => string;
  /** By their sign: one of the currency with its numeral, several of it, and what is said before the cents. */
  readonly currencies: Readonly<Record<string, readonly [one: string, many: string]>>;
  readonly beforeCents: string;
  /** Whether an apostrophe inside a word is kept. */
  readonly keepsApostrophes: boolean;
}

/**
 * A text as a speaker of the language says it: words in lower case with one space between, no punctuation, numbers in words.
 * Normalising twice is the same as normalising once. What holds for all of these languages:
 *
 * - `,` is the separator of decimals; `.` and a no-break space separate thousands (`1.250`, `12 450`);
 * - numbers with a leading zero or with more than six digits that are no whole thousands are said digit by digit;
 * - money is the amount, its currency and the cents without their name: `5,50 €` is `fünf euro fünfzig`;
 * - compatibility characters are replaced (full-width letters, ligatures), invisible ones removed;
 * - hyphens end a word, as all punctuation does.
 */
export function spokenText(text: string, language: SpokenLanguage): string {
  const grouped = text.replace(/(?<=\d)[\u00a0\u202f](?=\d{3}(?!\d))/g, '.');
  const ordinals =
    language.ordinalSigns === undefined
      ? grouped
      : grouped.replace(
          new RegExp(String.raw`(?<![\d.,])(\d{1,6})(?:${language.ordinalSigns})(?![\p{L}\p{M}\p{N}])`, 'giu'),
          (written: string, digits: string, sign: string) => {
            const words = language.ordinal?.(digits, sign.toLowerCase());
            return words === undefined ? written : ` ${words} `;
          },
        );
  const plain = ordinals
    .replace(/[\p{Cf}\p{Variation_Selector}\u20e3]/gu, '')
    .replaceAll('´', "'")
    .normalize('NFKC')
    .replace(/[‘’ʼ`]/g, "'")
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll('&', ` ${language.and} `);
  const spoken = plain.replace(NUMBER, (...match) => ` ${speak(match.at(-1) as NumberParts, language)} `);
  return (spoken.match(language.keepsApostrophes ? WORD_WITH_APOSTROPHES : WORD) ?? []).join(' ');
}

interface NumberParts {
  readonly hours?: string;
  readonly minutes?: string;
  readonly minus?: string;
  readonly before?: string;
  readonly integer: string;
  readonly fraction?: string;
  readonly behind?: string;
}

/** One pass over the text finds each number with everything that belongs to it, in time linear in the text. */
const NUMBER = new RegExp(
  [
    String.raw`(?<![\d:.,])(?<hours>[01]?\d|2[0-3])(?::|h(?=\d))(?<minutes>[0-5]\d)(?![\d:]|[.,]\d)`,
    [
      String.raw`(?<minus>(?<![^\s(])[-−])?(?<before>(?:r\$|[$£€]) ?)?`,
      String.raw`(?<integer>\d{1,3}(?:\.\d{3})+(?!\d)|\d+)(?:,(?<fraction>\d+))?(?<behind> ?(?:[%$£€]))?`,
    ].join(''),
  ].join('|'),
  'gu',
);

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

const WORD_WITH_APOSTROPHES = /[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+)*/gu;

function speak(parts: NumberParts, language: SpokenLanguage): string {
  if (parts.hours !== undefined) return language.clock(cardinal(parts.hours, language), Number(parts.minutes));
  const amount = amountWords(parts, language);
  return parts.minus === undefined ? amount : `${language.minus} ${amount}`;
}

function amountWords(parts: NumberParts, language: SpokenLanguage): string {
  const sign = (parts.before ?? parts.behind ?? '').trim();
  if (sign === '%') return `${decimal(parts, language)} ${language.percent}`;
  const currency = language.currencies[sign];
  if (currency === undefined) return decimal(parts, language);
  const whole = parts.integer.replaceAll('.', '');
  if (parts.fraction !== undefined && parts.fraction.length !== 2) return `${decimal(parts, language)} ${currency[1]}`;
  const [one, many] = currency;
  const units = /^0*1$/.test(whole) ? one : `${cardinal(whole, language)} ${many}`;
  const cents = Number(parts.fraction ?? 0);
  return cents === 0 ? units : `${units} ${language.beforeCents} ${cardinal(String(cents), language)}`;
}

function decimal({ integer, fraction }: NumberParts, language: SpokenLanguage): string {
  const whole = integer.includes('.') ? cardinal(integer.replaceAll('.', ''), language) : reading(integer, language);
  if (fraction === undefined) return whole;
  return `${whole} ${language.point} ${digitByDigit(fraction, language)}`;
}

function reading(digits: string, language: SpokenLanguage): string {
  if (/^0\d/.test(digits) || (digits.length > 6 && !digits.endsWith('000'))) return digitByDigit(digits, language);
  const year = digits.length === 4 ? language.year?.(digits) : undefined;
  return year ?? cardinal(digits, language);
}

function cardinal(digits: string, language: SpokenLanguage): string {
  const significant = digits.replace(/^0+(?=\d)/, '');
  return significant.length > 15 ? digitByDigit(digits, language) : language.cardinal(significant);
}

function digitByDigit(digits: string, { cardinal: cardinalOf }: SpokenLanguage): string {
  return Array.from(digits, (digit) => cardinalOf(digit)).join(' ');
}
