import { describe, expect, it } from 'vitest';
import { displayTokens, pairTokens } from '../../../workflows/scoring/display-tokens.ts';

describe('displayTokens', () => {
  it.each([
    ['Tune to 102.7.', 'Tune|to|102.7|.'],
    ["Don't pay $5.50 (or 5%), “please”!", "Don't|pay|$5.50|(|or|5%|)|,|“|please|”|!"],
    ['At 5:30 p.m. call well-known R&D…', 'At|5:30|p.m|.|call|well-known|R&D|…'],
    ['¿Qué?  \u00a0Sí', '¿|Qué|?|Sí'],
    ['3月5日に、会いました。OK', '3|月|5|日|に|、|会|い|ま|し|た|。|OK'],
    ['ที่นี่ 5 คน', 'ที่|นี่|5|ค|น'],
    ['?!', '?|!'],
    ['', ''],
  ])('divides %s', (text, tokens) => {
    expect(displayTokens(text).join('|')).toBe(tokens);
  });

  it('loses no character but white space', () => {
    const text = 'Ünïcode – “é”… 价格（5%）、 अच्छा। 5–6';
    expect(displayTokens(text).join('')).toBe(text.replaceAll(/\s/g, ''));
  });
});

describe('pairTokens', () => {
  it.each([
    ['Well , so', 'well so', 'DSC', 'SDC'],
    ['well so', 'Well , so', 'ISC', 'SIC'],
    ['a . B c', 'x b', 'DDSS', 'SDSD'],
    ['. a .', 'B', 'DDS', 'DSD'],
    ['a b', 'x y z', 'ISS', 'ISS'],
    ['a b c', 'a c', 'CDC', 'CDC'],
    ['', '', '', ''],
  ])('pairs what is alike in %s / %s', (said, heard, operations, expected) => {
    const words = (text: string): readonly string[] => text.split(' ').filter(Boolean);
    expect(pairTokens({ operations, reference: words(said), hypothesis: words(heard) })).toBe(expected);
  });
});
