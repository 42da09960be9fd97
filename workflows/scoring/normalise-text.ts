import { normaliseAzureDeDe } from './profiles/azure-de-de.ts';
import { normaliseAzureJaJp, normaliseAzureZhCn } from './profiles/azure-east-asia.ts';
import { normaliseAzureEnUs } from './profiles/azure-en-us.ts';
import {
  normaliseAzureEsEs,
  normaliseAzureFrFr,
  normaliseAzureItIt,
  normaliseAzurePtBr,
} from './profiles/azure-romance.ts';
import { normaliseLexical } from './profiles/lexical.ts';
import { normaliseNone } from './profiles/none.ts';
import { normaliseOpenAsrLeaderboard, normaliseWhisperEn } from './profiles/whisper-en.ts';

/** The rules that make two ways of writing the same words equal. A word error rate is only comparable within one profile. */
export type NormalisationProfile = keyof typeof PROFILES;

/**
 * The text in the form that the profile compares. Normalising a normalised text changes nothing.
 * `none` keeps the text as it is; `azure-<locale>` is the form that Azure gives to transcripts of the locale, with numbers as words;
 * `lexical` is lower case without punctuation, for every other language; `whisper-en` and `open-asr-leaderboard` write English
 * numbers in figures, as others measure.
 */
export function normaliseText(text: string, profile: NormalisationProfile): string {
  return PROFILES[profile].normalise(text);
}

/**
 * The version of a profile's rules, 1 or more. It changes whenever a text is written otherwise than before: rates of two versions
 * cannot be compared.
 */
export function profileVersion(profile: NormalisationProfile): number {
  return PROFILES[profile].version;
}

/**
 * The profile that is nearest to how the service judges a locale: that of the locale where there is one, American English for every
 * kind of English, elsewhere no capitals and no punctuation.
 */
export function profileOfLocale(locale: string): NormalisationProfile {
  const name = `azure-${locale}`.toLowerCase();
  const own = normalisationProfiles.find((profile) => profile.toLowerCase() === name);
  return own ?? (/^en-/i.test(locale) ? 'azure-en-US' : 'lexical');
}

const PROFILES = {
  none: { version: 1, normalise: normaliseNone },
  lexical: { version: 2, normalise: normaliseLexical },
  'azure-en-US': { version: 2, normalise: normaliseAzureEnUs },
  'azure-de-DE': { version: 1, normalise: normaliseAzureDeDe },
  'azure-fr-FR': { version: 1, normalise: normaliseAzureFrFr },
  'azure-es-ES': { version: 1, normalise: normaliseAzureEsEs },
  'azure-it-IT': { version: 1, normalise: normaliseAzureItIt },
  'azure-pt-BR': { version: 1, normalise: normaliseAzurePtBr },
  'azure-ja-JP': { version: 1, normalise: normaliseAzureJaJp },
  'azure-zh-CN': { version: 1, normalise: normaliseAzureZhCn },
  'whisper-en': { version: 1, normalise: normaliseWhisperEn },
  'open-asr-leaderboard': { version: 1, normalise: normaliseOpenAsrLeaderboard },
} as const;

/** The names of all profiles, for a message that says what is allowed. */
export const normalisationProfiles = Object.keys(PROFILES) as readonly NormalisationProfile[];
