import { stableHash } from './stable-hash.ts';

/** Kinds of datasets that a base model can be adapted with, as the API names them. */
type AdaptationKind =
  | 'Language'
  | 'LanguageMarkdown'
  | 'Pronunciation'
  | 'Acoustic'
  | 'AudioFiles'
  | 'OutputFormatting';

/** A base model of a locale, from its release to its end. Date-times are `YYYY-MM-DDThh:mm:ssZ`. */
export interface BaseGeneration {
  /** Stable: the release date as YYYYMMDD. Unique within a locale. */
  readonly id: string;
  readonly locale: string;
  readonly displayName: string;
  readonly createdDateTime: string;
  /** The last moment a custom model can be made from it. */
  readonly adaptationDateTime: string;
  /** The last moment it can be used for recognition. */
  readonly transcriptionDateTime: string;
  /** Training costs money with models created on or after 1 October 2023 (Microsoft Learn, "Train a custom speech model"). */
  readonly chargeForAdaptation: boolean;
  readonly supportsAdaptationsWith: readonly AdaptationKind[];
  /** Whether endpoints can serve it and the models that are adapted from it. */
  readonly supportsEndpoints: boolean;
  readonly supportedOutputFormats: readonly ('Lexical' | 'Display')[];
  /** SCOWL frequency tiers of the words it knows; the smaller the number, the more common the words. */
  readonly vocabularyTiers: readonly number[];
  /** Probability that a common word is misheard: 0..1. */
  readonly wordErrorProbability: number;
}

/** The locales that have base models, as BCP 47 tags. */
export const supportedLocales: readonly string[] = (
  'ar-AE ar-EG ar-SA bg-BG ca-ES cs-CZ da-DK de-AT de-CH de-DE el-GR en-AU en-CA en-GB en-HK en-IE en-IN en-KE en-NG ' +
  'en-NZ en-PH en-SG en-US en-ZA es-AR es-CL es-CO es-ES es-MX es-PE es-US et-EE fi-FI fr-BE fr-CA fr-CH fr-FR ga-IE ' +
  'gu-IN he-IL hi-IN hr-HR hu-HU id-ID is-IS it-CH it-IT ja-JP ko-KR lt-LT lv-LV mr-IN ms-MY mt-MT nb-NO nl-BE nl-NL ' +
  'pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sl-SI sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN zh-CN zh-HK zh-TW'
).split(' ');

/**
 * The base models of a locale, oldest first, those of the future included: whoever has a clock takes the ones created
 * before it. Two are released a year, so that at any time two or three can be adapted and older ones only recognise.
 * An unsupported locale has none. Deprecation rule: Microsoft Learn, "Model and endpoint lifecycle" (adaptation one
 * year, recognition two years after the end of the quarter of release; quarters end on the 15th).
 */
export function baseGenerations(locale: string): readonly BaseGeneration[] {
  const known = supportedLocales.find((supported) => supported.toLowerCase() === locale.toLowerCase());
  if (known === undefined) return [];
  const generations: BaseGeneration[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    generations.push(generation(known, { year, month: 2 }), generation(known, { year, month: 8 }));
  }
  return generations;
}

/**
 * The base models that a locale has beside {@link baseGenerations} where there are four a year, oldest first: of May and November. How
 * many the service releases is not documented; that its models change by quarters is (Microsoft Learn, "Model and endpoint lifecycle").
 */
export function generationsBetween(locale: string): readonly BaseGeneration[] {
  const known = supportedLocales.find((supported) => supported.toLowerCase() === locale.toLowerCase());
  if (known === undefined) return [];
  const generations: BaseGeneration[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    generations.push(generation(known, { year, month: 5 }), generation(known, { year, month: 11 }));
  }
  return generations;
}

/**
 * The Whisper models of a locale, oldest first, one a year in November: adapted with audio only, for batch transcription only, and
 * without the lexical form (Microsoft Learn, "Create a batch transcription"). Locales whose language is not adapted with audio have
 * none.
 */
export function whisperGenerations(locale: string): readonly BaseGeneration[] {
  return baseGenerations(locale).flatMap((standard) => {
    if (!standard.supportsAdaptationsWith.includes('Acoustic') || standard.id.slice(4, 6) !== '08') return [];
    const year = Number(standard.id.slice(0, 4));
    const date = `${year}-11-${standard.id.slice(6)}`;
    const id = date.replaceAll('-', '');
    return [
      {
        ...standard,
        id,
        displayName: `${id} Whisper`,
        createdDateTime: `${date}T00:00:00Z`,
        // November belongs to the quarter that ends on 15 January.
        adaptationDateTime: `${year + 2}-01-15T00:00:00Z`,
        transcriptionDateTime: `${year + 3}-01-15T00:00:00Z`,
        chargeForAdaptation: date >= '2023-10-01',
        supportsAdaptationsWith: ['Acoustic'],
        supportsEndpoints: false,
        supportedOutputFormats: ['Display'],
      },
    ];
  });
}

const FIRST_YEAR = 2023;
const LAST_YEAR = 2049;

function generation(
  locale: string,
  release: { readonly year: number; readonly month: 2 | 5 | 8 | 11 },
): BaseGeneration {
  const { year, month } = release;
  const day = 1 + (stableHash('release', locale, year, month) % 28);
  const date = `${year}-${twoDigits(month)}-${twoDigits(day)}`;
  const id = date.replaceAll('-', '');
  // February belongs to the quarter that ends on 15 April, and so on; November to the one that ends in the next year.
  const quarterEnd = (years: number): string =>
    `${year + years + (month === 11 ? 1 : 0)}-${twoDigits((month + 2) % 12)}-15T00:00:00Z`;
  const age = (year - FIRST_YEAR) * 2 + (month - 2) / 6;
  const supportsAudio = AUDIO_LANGUAGES.has(locale.slice(0, 2));
  return {
    id,
    locale,
    displayName: supportsAudio ? `${id} + Audio file adaptation` : id,
    createdDateTime: `${date}T00:00:00Z`,
    adaptationDateTime: quarterEnd(1),
    transcriptionDateTime: quarterEnd(2),
    chargeForAdaptation: date >= '2023-10-01',
    supportsEndpoints: true,
    supportedOutputFormats: ['Lexical', 'Display'],
    supportsAdaptationsWith: [
      'Language',
      'LanguageMarkdown',
      'Pronunciation',
      ...(supportsAudio ? (['Acoustic'] as const) : []),
      ...(locale === AUDIO_ONLY_LOCALE ? (['AudioFiles'] as const) : []),
      ...(age >= 2 ? (['OutputFormatting'] as const) : []),
    ],
    // Base models learn the common words first. Words of a trade stay outside whatever the year is, or there would be
    // nothing left to adapt to.
    vocabularyTiers: age < 2 ? [10, 20] : [10, 20, 35],
    wordErrorProbability: Math.max(0.045, 0.066 - 0.001 * age),
  };
}

/** Where audio without transcripts trains a model (Microsoft Learn: "Training and testing datasets", a preview). */
const AUDIO_ONLY_LOCALE = 'en-US';
const AUDIO_LANGUAGES: ReadonlySet<string> = new Set(['de', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'pt', 'zh']);

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
