import { describe, expect, it } from 'vitest';
import { normaliseAzureDeDe } from '../../../../workflows/scoring/profiles/azure-de-de.ts';

describe('normaliseAzureDeDe', () => {
  // Microsoft Learn, "How to create human-labeled transcriptions", what the system makes of de-DE.
  it.each([
    ['Es ist 12:23 Uhr', 'es ist zwölf uhr drei und zwanzig uhr'],
    ['{12,45}', 'zwölf komma vier fünf'],
    ['2 plus 3 minus 4', 'zwei plus drei minus vier'],
    ['Frankfurter Ring', 'frankfurter ring'],
    ['¡Eine Frage!', 'eine frage'],
    ['Wir, haben', 'wir haben'],
  ])("does as Microsoft's sample: %s", (text, normalised) => {
    expect(normaliseAzureDeDe(text)).toBe(normalised);
  });

  it.each([
    ['23, dreiundzwanzig und drei und zwanzig', 'drei und zwanzig drei und zwanzig und drei und zwanzig'],
    ['einundzwanzigtausenddreihundertfünf', 'ein und zwanzig tausend drei hundert fünf'],
    ['1.234 Hundert tausend', 'ein tausend zwei hundert vier und dreißig hundert tausend'],
    [
      '1984 und 2024 und 1900',
      'neunzehn hundert vier und achtzig und zwei tausend vier und zwanzig und neunzehn hundert',
    ],
    ['5,50 € 1 € 1.000.000 €, € 3', 'fünf euro fünfzig ein euro eine million euro drei euro'],
    ['50 % -5', 'fünfzig prozent minus fünf'],
    ['0711 1234567', 'null sieben eins eins eins zwei drei vier fünf sechs sieben'],
    ['1:00 0:05', 'ein uhr null uhr fünf'],
    ['Unterhundert unddrei undine und tausendfach', 'unterhundert unddrei undine und tausendfach'],
  ])('says numbers: %s', (text, normalised) => {
    expect(normaliseAzureDeDe(text)).toBe(normalised);
  });

  it('keeps ß and umlauts, and ends words at apostrophes and signs', () => {
    expect(normaliseAzureDeDe("Straße & GRÖẞE, geht's? §5 Nr. 3.")).toBe('straße und größe geht s fünf nr drei');
  });
});
