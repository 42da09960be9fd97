import { toCardinal as japanese } from 'n2words/ja-JP';
import { toCardinal as chinese } from 'n2words/zh-Hans-CN';

/**
 * A Chinese text as Azure compares it. Source: Microsoft Learn, "How to create human-labeled transcriptions", zh-CN: punctuation
 * removed, full-width letters half-width, English words in capitals, numbers as spoken, and its samples: `3.1415` is `三点一四一五`,
 * `￥3.5` is `三元五角`, `1992年` is `一九九二年`, `5:00` is `五点`, `21` is `二十一`. What it leaves open is decided here:
 *
 * - words are as the author separates them. The service divides every text into words by a dictionary of its own; characters, which
 *   are what is counted for Chinese by default, need none;
 * - numbers with a leading zero or with more than six digits that are no whole thousands are said digit by digit.
 */
export function normaliseAzureZhCn(text: string): string {
  return spoken(text, mandarin);
}

/**
 * A Japanese text as it is spoken. Microsoft documents no rules for Japanese but a length: these are its rules for Chinese with the
 * numbers of CLDR, and Latin letters in lower case. `1992年` is `千九百九十二年`, `5:30` is `五時三十分`, `¥100` is `百円`.
 */
export function normaliseAzureJaJp(text: string): string {
  return spoken(text, nihongo);
}

interface Han {
  readonly inOneCase: (text: string) => string;
  readonly cardinal: (digits: string) => string;
  readonly digits: readonly string[];
  readonly point: string;
  readonly minus: string;
  readonly percent: (amount: string) => string;
  readonly clock: (hour: string, minutes: number) => string;
  /** By their sign: the whole amount and the two digits behind the point, where it has them. */
  readonly money: (sign: string, amount: string, cents: string) => string;
  /** Whether a year is said digit by digit. */
  readonly readsYears: boolean;
}

const mandarin: Han = {
  inOneCase: (text) => text.replace(/[a-z]+/g, (word) => word.toUpperCase()),
  cardinal: (digits) => chinese(digits, { formal: false }).replace(/^一十/, '十'),
  digits: [...'零一二三四五六七八九'],
  point: '点',
  minus: '负',
  percent: (amount) => `百分之${amount}`,
  clock: (hour, minutes) => {
    if (minutes === 0) return `${hour}点`;
    return `${hour}点${minutes < 10 ? '零' : ''}${mandarin.cardinal(String(minutes))}`;
  },
  money: (sign, amount, cents) => {
    if (sign !== '¥') return `${amount}${centsBehind(cents, mandarin)}${sign === '$' ? '美元' : '欧元'}`;
    const [tenths = '0', hundredths = '0'] = cents;
    const coins = [
      tenths === '0' ? '' : `${mandarin.digits[Number(tenths)]}角`,
      hundredths === '0' ? '' : `${tenths === '0' ? '零' : ''}${mandarin.digits[Number(hundredths)]}分`,
    ];
    return `${amount}元${coins.join('')}`;
  },
  readsYears: true,
};

const nihongo: Han = {
  inOneCase: (text) => text.toLowerCase(),
  cardinal: (digits) => (digits === '0' ? '零' : japanese(digits)),
  digits: [...'零一二三四五六七八九'],
  point: '点',
  minus: 'マイナス',
  percent: (amount) => `${amount}パーセント`,
  clock: (hour, minutes) => (minutes === 0 ? `${hour}時` : `${hour}時${nihongo.cardinal(String(minutes))}分`),
  money: (sign, amount, cents) => {
    const unit = sign === '¥' ? '円' : sign === '$' ? 'ドル' : 'ユーロ';
    return `${amount}${centsBehind(cents, nihongo)}${unit}`;
  },
  readsYears: false,
};

function centsBehind(cents: string, language: Han): string {
  return cents === '' ? '' : `${language.point}${digitByDigit(cents, language)}`;
}

function spoken(text: string, language: Han): string {
  const composed = text.replace(/[\p{Cf}\p{Variation_Selector}\u20e3]/gu, '').normalize('NFKC');
  const plain = language.inOneCase(composed).normalize('NFKC');
  const words = plain.replace(NUMBER, (...match) => speak(match.at(-1) as NumberParts, language));
  return (words.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(' ');
}

interface NumberParts {
  readonly hours?: string;
  readonly minutes?: string;
  readonly year?: string;
  readonly minus?: string;
  readonly sign?: string;
  readonly integer: string;
  readonly fraction?: string;
  readonly percent?: string;
}

const NUMBER = new RegExp(
  [
    String.raw`(?<![\d:.])(?<hours>[01]?\d|2[0-3]):(?<minutes>[0-5]\d)(?![\d:]|\.\d)`,
    String.raw`(?<![\d.,])(?<year>[12]\d{3})(?= ?年)`,
    [
      String.raw`(?<minus>(?<![^\s(])[-−])?(?<sign>[¥$€] ?)?`,
      String.raw`(?<integer>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(?<fraction>\d+))?(?<percent> ?%)?`,
    ].join(''),
  ].join('|'),
  'gu',
);

function speak(parts: NumberParts, language: Han): string {
  if (parts.hours !== undefined) return language.clock(cardinal(parts.hours, language), Number(parts.minutes));
  if (parts.year !== undefined) {
    return language.readsYears ? digitByDigit(parts.year, language) : language.cardinal(parts.year);
  }
  const amount = amountOf(parts, language);
  return parts.minus === undefined ? amount : `${language.minus}${amount}`;
}

function amountOf({ sign, integer, fraction, percent }: NumberParts, language: Han): string {
  const digits = integer.replaceAll(',', '');
  const whole = integer === digits ? reading(digits, language) : cardinal(digits, language);
  if (sign !== undefined && (fraction ?? '').length <= 2) {
    return language.money(sign.trim(), cardinal(digits, language), fraction ?? '');
  }
  const amount = fraction === undefined ? whole : `${whole}${language.point}${digitByDigit(fraction, language)}`;
  return percent === undefined ? amount : language.percent(amount);
}

function reading(digits: string, language: Han): string {
  if (/^0\d/.test(digits) || (digits.length > 6 && !digits.endsWith('000'))) return digitByDigit(digits, language);
  return cardinal(digits, language);
}

function cardinal(digits: string, language: Han): string {
  const significant = digits.replace(/^0+(?=\d)/, '');
  return significant.length > 15 ? digitByDigit(digits, language) : language.cardinal(significant);
}

function digitByDigit(digits: string, { digits: names }: Han): string {
  return Array.from(digits, (digit) => names[Number(digit)]).join('');
}
