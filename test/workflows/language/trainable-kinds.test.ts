import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trainableKindsFile, trainableKindsModule } from '../../../scripts/generate-trainable-kinds.ts';
import { nearestTrainableLocale, trainableKindsOf } from '../../../workflows/language/trainable-kinds.ts';

describe('the kinds that a locale is trained with', () => {
  it.each([
    ['en-US', ['Acoustic', 'AudioFiles', 'Language', 'LanguageMarkdown', 'Pronunciation', 'OutputFormatting']],
    ['EN-us', ['Acoustic', 'AudioFiles', 'Language', 'LanguageMarkdown', 'Pronunciation', 'OutputFormatting']],
    ['af-ZA', ['Language']],
    ['as-IN', ['Acoustic']],
    ['es-AR', ['Language', 'LanguageMarkdown', 'Pronunciation']],
    ['zh-CN', ['Acoustic', 'Language', 'LanguageMarkdown', 'OutputFormatting']],
    ['zh-CN-shandong', ['Language']],
    ['tlh-QO', undefined],
    ['zh', undefined],
  ])('of %s are those of the documentation', (locale, kinds) => {
    expect(trainableKindsOf(locale)).toEqual(kinds);
  });

  it.each([
    ['en-UK', 'en-GB'],
    ['de-DR', 'de-DE'],
    ['sv-SV', 'sv-SE'],
    ['qq-QQ', undefined],
  ])('of %s may be meant to be those of %s', (locale, nearest) => {
    expect(nearestTrainableLocale(locale)).toBe(nearest);
  });
});

describe('the table of kinds', () => {
  const documentation = `---
ms.date: 05/03/2027
---
| \`da-DK\` | Danish (Denmark) | Yes |
| \`da-DK\` | Danish (Denmark) | Yes | Plain text<br/><br/>Output format |
| \`de-DE\` | German (Germany) | Yes | Audio + human-labeled transcript<br/><br/>Plain text<br/><br/>Phrase list |
| \`nb-NO\` | Norwegian (Norway) | Yes | Plain text<br/><br/>Output format |
`;

  it('is made of the documentation, a line for locales with the same kinds', () => {
    const module = trainableKindsModule(documentation);
    expect(module).toContain("'2027-05-03'");
    expect(module).toContain("  'Language OutputFormatting: da-DK nb-NO',\n  'Acoustic Language: de-DE',\n");
  });

  it('takes the word of the newest base model of a locale before that of the documentation', () => {
    const base = (year: number, kinds: readonly string[]) => ({
      locale: 'de-DE',
      createdDateTime: `${year}-01-01T00:00:00Z`,
      properties: { features: { supportsAdaptationsWith: kinds } },
    });
    const module = trainableKindsModule(documentation, [base(2027, ['Pronunciation', 'Acoustic']), base(2026, [])]);
    expect(module).toContain("'Acoustic Pronunciation: de-DE',");
    expect(module).toContain('by the base models of a Speech resource');
  });

  it('is not made of another page', () => {
    expect(() => trainableKindsModule('ms.date: 05/03/2027')).toThrow('no row was found');
    expect(() => trainableKindsModule(documentation.slice(30))).toThrow('ms.date');
  });

  it('is as the script writes it', () => {
    const text = readFileSync(trainableKindsFile, 'utf8');
    const locales = [...text.matchAll(/[a-z]{2,3}-[A-Z]{2}(?:-[a-z]+)?/g)].map(([locale]) => locale);
    expect(new Set(locales).size).toBe(locales.length);
    expect(locales.length).toBeGreaterThan(140);
  });
});
