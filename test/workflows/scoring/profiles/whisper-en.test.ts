import { describe, expect, it } from 'vitest';
import { cpuOf, leastSeconds, mostTimes, pieces } from '../../../cpu-of.ts';
import { normaliseOpenAsrLeaderboard, normaliseWhisperEn } from '../../../../workflows/scoring/profiles/whisper-en.ts';

describe('normaliseWhisperEn', () => {
  it('reads blanks once, however many there are', () => {
    expect(normaliseWhisperEn(`a${' '.repeat(400_000)}b`)).toBe('a b');
  });

  it('reads numbers in a row once, however many they are', () => {
    const text = 'one '.repeat(250_000);
    const bound = Math.max(
      leastSeconds,
      cpuOf(() => pieces(text).map(normaliseWhisperEn)),
    );
    expect(cpuOf(() => normaliseWhisperEn(text), bound * mostTimes)).toBeLessThan(bound * mostTimes);
    expect(normaliseWhisperEn(text)).toBe('1'.repeat(250_000));
  });

  // The pairs that Whisper's own repository tests.
  it.each([
    ['two', '2'],
    ['thirty one', '31'],
    ['five twenty four', '524'],
    ['nineteen ninety nine', '1999'],
    ['twenty nineteen', '2019'],
    ['two point five million', '2500000'],
    ['four point two billions', '4200000000s'],
    ['200 thousand', '200000'],
    ['200 thousand dollars', '$200000'],
    ['$20 million', '$20000000'],
    ['€52.4 million', '€52400000'],
    ['£77 thousands', '£77000s'],
    ['two double o eight', '2008'],
    ['three thousand twenty nine', '3029'],
    ['forty three thousand two hundred sixty', '43260'],
    ['forty three thousand two hundred and sixty', '43260'],
    ['nineteen fifties', '1950s'],
    ['thirty first', '31st'],
    ['thirty three thousand and three hundred and thirty third', '33333rd'],
    ['three billion', '3000000000'],
    ['millions', '1000000s'],
    ['july third twenty twenty', 'july 3rd 2020'],
    ['august twenty sixth twenty twenty one', 'august 26th 2021'],
    ['3 14', '3 14'],
    ['3.14', '3.14'],
    ['3 point 2', '3.2'],
    ['3 point 14', '3.14'],
    ['fourteen point 4', '14.4'],
    ['two point two five dollars', '$2.25'],
    ['two hundred million dollars', '$200000000'],
    ['$20.1 million', '$20100000'],
    ['ninety percent', '90%'],
    ['seventy six per cent', '76%'],
    ['double oh seven', '007'],
    ['double zero seven', '007'],
    ['nine one one', '911'],
    ['nine double one', '911'],
    ['one triple oh one', '10001'],
    ['two thousandth', '2000th'],
    ['thirty two thousandth', '32000th'],
    ['minus 500', '-500'],
    ['positive twenty thousand', '+20000'],
    ['two dollars and seventy cents', '$2.70'],
    ['3 cents', '¢3'],
    ['$0.36', '¢36'],
    ['three euros and sixty five cents', '€3.65'],
    ['three and a half million', '3500000'],
    ['forty eight and a half dollars', '$48.5'],
    ['b747', 'b 747'],
    ['10 th', '10th'],
    ['10th', '10th'],
    ['mobilisation', 'mobilization'],
    ['cancelation', 'cancellation'],
    ["Let's", 'let us'],
    ["he's like", 'he is like'],
    ["she's been like", 'she has been like'],
    ['10km', '10 km'],
    ['10mm', '10 mm'],
    ['RC232', 'rc 232'],
    ['Mr. Park visited Assoc. Prof. Kim Jr.', 'mister park visited associate professor kim junior'],
  ])('does as in the pair that Whisper tests: %s', (text, normalised) => {
    expect(normaliseWhisperEn(text)).toBe(normalised);
  });

  it.each([
    ['Um, I [laughs] uh (door closes) won’t <unk> go', 'i will not go'],
    ['one of the ones', 'one of the ones'],
    ['1,250,000 people and 5 hundred six', '1250000 people and 506'],
    ['two and three or hundred thousand', '2 and 3 or 100000'],
    ['the colour grey, travelled hours for four', 'the color gray traveled hours for 4'],
    ['$5.50, 5.5% and -3', '$5.50 5.5% and -3'],
    ['to the point', 'to the point'],
    ['plus', 'plus'],
    ['U.S.A.', 'u s a'],
  ])('says %s', (text, normalised) => {
    expect(normaliseWhisperEn(text)).toBe(normalised);
  });

  it('keeps accents and marks, which Whisper strips', () => {
    expect(normaliseWhisperEn('Café हिन्दी Straße')).toBe('café हिन्दी straße');
  });
});

describe('normaliseOpenAsrLeaderboard', () => {
  it('makes one word of dotted letters and is otherwise as Whisper', () => {
    expect(normaliseOpenAsrLeaderboard("The U.S.A. at 5 p.m., e.g. twenty one... isn't it?")).toBe(
      'the usa at 5 pm eg 21 is not it',
    );
  });
});
