import { normaliseAzureEnUs } from './profiles/azure-en-us.ts';
import { normaliseLexical } from './profiles/lexical.ts';
import { normaliseNone } from './profiles/none.ts';

/** The rules that make two ways of writing the same words equal. A word error rate is only comparable within one profile. */
export type NormalisationProfile = keyof typeof PROFILES;

/**
 * The text in the form that the profile compares. Normalising a normalised text changes nothing.
 * `none` keeps the text as it is; `azure-en-US` is the form that Azure gives to English transcripts,
 * `lexical` is lower case without punctuation, for every other language.
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

/** The profile that is nearest to how the service judges a locale: its rules for English, elsewhere no capitals and no punctuation. */
export function profileOfLocale(locale: string): NormalisationProfile {
  return locale.toLowerCase().startsWith('en-') ? 'azure-en-US' : 'lexical';
}

const PROFILES = {
  none: { version: 1, normalise: normaliseNone },
  'azure-en-US': { version: 2, normalise: normaliseAzureEnUs },
  lexical: { version: 2, normalise: normaliseLexical },
} as const;

/** The names of all profiles, for a message that says what is allowed. */
export const normalisationProfiles = Object.keys(PROFILES) as readonly NormalisationProfile[];
