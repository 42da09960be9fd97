import { describe, expect, it } from 'vitest';
import { chooseVoices } from '../../../../workflows/data/synthesis/choose-voices.ts';

const jenny = { name: 'en-US-JennyNeural', locale: 'en-US', isGeneral: true };
const guy = { name: 'en-US-GuyNeural', locale: 'en-US', isGeneral: true };
const preview = { name: 'en-US-NewNeural', locale: 'en-US', isGeneral: false };
const costly = { name: 'en-US-Ava:DragonHDLatestNeural', locale: 'en-US', isGeneral: true };
const katja = { name: 'de-DE-KatjaNeural', locale: 'de-DE', isGeneral: true };
const all = [jenny, guy, preview, costly, katja];

describe('voices', () => {
  it('are those that are named, as they are written', () => {
    const asked = ['en-us-newneural', 'en-US-JennyNeural', 'en-US-JennyNeural', costly.name];
    expect(chooseVoices(all, { asked, locale: 'en-US' })).toEqual([preview.name, jenny.name, costly.name]);
  });

  it('are all of the locale with auto, but for previews and those with a price of their own', () => {
    expect(chooseVoices(all, { asked: ['auto'], locale: 'en-US' })).toEqual([jenny.name, guy.name]);
    expect(() => chooseVoices(all, { asked: ['auto'], locale: 'fr-FR' })).toThrow('there is none of fr-FR');
  });

  it('are one voice of espeak-ng and its variants, that of the language where the locale has none', () => {
    const espeak = ['en-us', 'en-us+f2', 'en-us-nyc', 'en-us-nyc+f2'].map((name) => ({
      name,
      locale: 'en',
      isGeneral: true,
    }));
    expect(chooseVoices(espeak, { asked: ['auto'], locale: 'en-NZ' })).toEqual(['en-us', 'en-us+f2']);
  });

  it('that are not there are told with what is near', () => {
    const name =
      (asked: string, locale = 'en-US') =>
      () =>
        chooseVoices(all, { asked: [asked], locale });
    expect(name('en-US-JenyNeural')).toThrow('there is no voice "en-US-JenyNeural"; did you mean en-US-JennyNeural?');
    expect(name('Somebody', 'de-DE')).toThrow('of de-DE there are de-DE-KatjaNeural');
    expect(name('Somebody', 'fr-FR')).toThrow('none of fr-FR either');
  });
});
