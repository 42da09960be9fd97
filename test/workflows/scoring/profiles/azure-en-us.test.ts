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
    ['-5 to −7, 3-1', 'minus five to minus seven three one'],
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

  it.each([
    ['The meeting goes from 1-3pm', 'the meeting goes from one to three pm'],
    ['2-3, 10–12% and $5-7', 'two to three ten to twelve percent and five dollars to seven'],
    ['2019-2021', 'twenty nineteen to twenty twenty one'],
    ['24-7, 9-1-1, 2024-01-02', 'twenty four seven nine one one twenty twenty four oh one oh two'],
    ['3.5-4 a-3-4 555-0123', 'three point five four a three four five five five oh one two three'],
    ['Marks & Spencer, Q&A', 'marks and spencer q and a'],
  ])('speaks ranges and ampersands: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it.each([
    ['June 3', 'june third'],
    ['JUNE 3, 2024 and december 21st', 'june third twenty twenty four and december twenty first'],
    ['May 1. March 12', 'may first march twelfth'],
    ['you may 3 times march 4 miles', 'you may three times march four miles'],
    ['June 32, June 2024, June 3:30', 'june thirty two june twenty twenty four june three thirty'],
    ['June 5% and April 3-4', 'june five percent and april three to four'],
  ])('speaks days of a month: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it.each([
    ['5 kg, 1 kg, 1kg and 21kg', 'five kilograms one kilogram one kilogram and twenty one kilograms'],
    ['0.1 lb 2.5lbs', 'zero point one pounds two point five pounds'],
    ['60 mph or 100 km/h', 'sixty miles per hour or one hundred kilometers per hour'],
    ['20 °C, 1° and 451°F', 'twenty degrees celsius one degree and four hundred fifty one degrees fahrenheit'],
    ['16 GB at 3.2 GHz', 'sixteen gigabytes at three point two gigahertz'],
    ['3-5 kg', 'three to five kilograms'],
    ['5 m, 5 kgs, kg, 5 mbit', 'five m five kgs kg five mbit'],
  ])('speaks units: %s', (text, normalised) => {
    expect(normaliseAzureEnUs(text)).toBe(normalised);
  });

  it('keeps fillers, which Microsoft does not leave out', () => {
    expect(normaliseAzureEnUs('Um, uh, yes')).toBe('um uh yes');
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
    const pieces = [
      ..."0123456789,.:'-$£%¢ () abstndrh/ÉÅ&°",
      'June',
      'kg',
      'm',
      '\u0301',
      '’',
      'million',
      'ß',
      'İ',
      '\u1100',
      '\u1161',
    ];
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
    ['ranges', '1-2'.repeat(70_000)],
    ['units', '1 kg'.repeat(50_000)],
    ['dates', 'June 3 '.repeat(30_000)],
  ])('reads a long run of %s in one pass', (_, text) => {
    expect(normaliseAzureEnUs(normaliseAzureEnUs(text))).toBe(normaliseAzureEnUs(text));
  });
});
