import { describe, expect, it } from 'vitest';
import { normaliseAzureEnUs } from '../../../../workflows/scoring/profiles/azure-en-us.ts';
import { randomNumbers } from '../random-numbers.ts';

describe('normaliseAzureEnUs', () => {
  // Microsoft Learn, "How to create human-labeled transcriptions"; its "I'm" and "Elm" are in lower case here, by its rule.
  it.each([
    ['"Holy cow!" said Batman.', 'holy cow said batman'],
    ['"What?" said Batman\'s sidekick, Robin.', "what said batman's sidekick robin"],
    ['Go get -em!', 'go get em'],
    ["I'm double-jointed", "i'm double jointed"],
    ['104 Elm Street', 'one oh four elm street'],
    ['Tune to 102.7', 'tune to one oh two point seven'],
    ['Pi is about 3.14', 'pi is about three point one four'],
  ])("does as Microsoft's sample: %s", (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it.each([
    ['“Curly” quotes: Batman’s', "curly quotes batman's"],
    ['it´s, it`s, itʼs, ŉ', "it's it's it's n"],
    ["rock 'n' roll, the dogs' bowls, 'em", 'rock n roll the dogs bowls em'],
    ['and/or; wait...what — yes', 'and or wait what yes'],
    ['5 p.m., e.g. in the U.S.A.', 'five pm eg in the usa'],
    ['see example.com', 'see example com'],
    ['a\u00a0no-break\u3000space', 'a no break space'],
    ['in\u00advisible\u200b marks ❤\ufe0f', 'invisible marks'],
    ['Ｆｕｌｌ ﬁne CAFÉ cafe\u0301', 'full fine café café'],
    ['Straße 東京', 'straße 東京'],
    [' !? ', ''],
    ['', ''],
  ])('keeps words and leaves marks out: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it.each([
    ['0 5 12 20 21 99', 'zero five twelve twenty twenty one ninety nine'],
    ['100 110 250', 'one hundred one hundred ten two hundred fifty'],
    ['1,000 12,345', 'one thousand twelve thousand three hundred forty five'],
    ['1,234,567.5', 'one million two hundred thirty four thousand five hundred sixty seven point five'],
    ['1000 2000 3400', 'one thousand two thousand three thousand four hundred'],
    [
      '1905 1984 1500 2005 2024',
      'nineteen oh five nineteen eighty four fifteen hundred two thousand five twenty twenty four',
    ],
    ['007', 'oh oh seven'],
    ['1,2', 'one two'],
    ['3.04 0.5 .5 100.25', 'three point oh four zero point five point five one hundred point two five'],
    ['version 1.2.3', 'version one point two point three'],
    ['This is 5. Next', 'this is five next'],
    ['5551234 1000000', 'five five five one two three four one million'],
    [
      '999,999,999,999,999',
      'nine hundred ninety nine trillion nine hundred ninety nine billion nine hundred ninety nine million nine hundred ninety nine thousand nine hundred ninety nine',
    ],
    ['1,000,000,000,000,000', 'one oh oh oh oh oh oh oh oh oh oh oh oh oh oh oh'],
    ['-5 to −7, 1-3', 'minus five to minus seven one three'],
    ['3pm H2O mp3 covid-19', 'three pm h two o mp three covid nineteen'],
    ['５', 'five'],
  ])('speaks numbers: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it.each([
    ['1st 2nd 3rd 4th 5th 8th 9th 12th 20th', 'first second third fourth fifth eighth ninth twelfth twentieth'],
    ['21ST 100th 1,001st', 'twenty first one hundredth one thousand first'],
    ["90s 1980s 1990's 6s", 'nineties nineteen eighties nineteen nineties sixes'],
    ["66's", "sixty six's"],
    ['3:30 3:05pm 12:00', 'three thirty three oh five pm twelve'],
    ['555-0123', 'five five five oh one two three'],
    [
      '(425) 555-0123 1-800-555-0199',
      'four two five five five five oh one two three one eight oh oh five five five oh one nine nine',
    ],
  ])('speaks ordinals, decades, times and telephone numbers: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it.each([
    ['$5.50', 'five dollars and fifty cents'],
    ['$1 $1.01 $0.01', 'one dollar one dollar and one cent one cent'],
    ['$.99 $0.00 $5.00', 'ninety nine cents zero dollars five dollars'],
    ['$1,250.75', 'one thousand two hundred fifty dollars and seventy five cents'],
    ['$1984 $104', 'one thousand nine hundred eighty four dollars one hundred four dollars'],
    ['$1.5 million, $2 billion', 'one point five million dollars two billion dollars'],
    ['$1.255', 'one point two five five dollars'],
    ['-$3', 'minus three dollars'],
    ['£1.01 £2.50', 'one pound and one penny two pounds and fifty pence'],
    ['€ 3 ¥100 25¢', 'three euros one hundred yen twenty five cents'],
    ['50% 5.5 % 104%', 'fifty percent five point five percent one hundred four percent'],
    ['a $ or % alone', 'a or alone'],
  ])('speaks money and percentages: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it('changes nothing the second time, for every code point alone and beside letters', () => {
    const changed: string[] = [];
    for (let code = 1; code <= 0x1ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const once = normaliseAzureEnUs(`${character} a${character}b'${character}`);
      if (normaliseAzureEnUs(once) !== once) changed.push(code.toString(16));
    }
    expect(changed).toEqual([]);
  });

  it('changes nothing the second time, for random texts full of numbers and marks', () => {
    const random = randomNumbers(5);
    const pieces = [..."0123456789,.:'-$£%¢ () abstndrh/ÉÅ", '\u0301', '’', 'million', 'ß', 'İ', '\u1100', '\u1161'];
    for (let text = 0; text < 20_000; text += 1) {
      const original = Array.from({ length: random.below(24) }, () => pieces[random.below(pieces.length)]).join('');
      const once = normaliseAzureEnUs(original);
      expect(once).not.toMatch(/[0-9A-Z.,:$%-]|^ | $| {2}/);
      expect([original, normaliseAzureEnUs(once)]).toEqual([original, once]);
    }
  });

  it('takes lone surrogates and control characters', () => {
    expect(normaliseAzureEnUs('a\ud800b\u0000c')).toBe('a b c');
  });

  it.each([
    ['digits', '1'.repeat(200_000)],
    ['thousands', ',111'.repeat(50_000)],
    ['dotted letters', 'a.'.repeat(100_000)],
    ['apostrophes', "a'".repeat(100_000)],
    ['telephone numbers', '555-'.repeat(50_000)],
    ['spaces', ' '.repeat(200_000)],
    ['signs', '$ '.repeat(100_000)],
  ])('reads a long run of %s in one pass', (_, text) => {
    expect(normaliseAzureEnUs(normaliseAzureEnUs(text))).toBe(normaliseAzureEnUs(text));
  });
});
