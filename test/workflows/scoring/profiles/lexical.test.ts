import { describe, expect, it } from 'vitest';
import { normaliseText } from '../../../../workflows/scoring/normalise-text.ts';

describe('the profile lexical', () => {
  it.each([
    ['Grüß Gott, Herr Müller!', 'grüß gott herr müller'],
    ["L\u2019école «est» fermée - aujourd'hui?", "l'école est fermée aujourd'hui"],
    ['हिन्दी-भाषा, मी-क', 'हिन्दी-भाषा मी-क'],
    ['Arc-en-ciel, 12 fois.', 'arc-en-ciel 12 fois'],
  ])('writes %s as %s, and again the same', (text, normalised) => {
    expect(normaliseText(text, 'lexical')).toBe(normalised);
    expect(normaliseText(normalised, 'lexical')).toBe(normalised);
  });
});
