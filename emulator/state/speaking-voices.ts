/** A voice of text-to-speech, as the service lists it. */
export interface ListedVoice {
  readonly shortName: string;
  readonly displayName: string;
  readonly locale: string;
  readonly gender: 'Female' | 'Male';
  /** In hertz. */
  readonly pitch: number;
}

/** Some of the service's voices, by their names; the service has hundreds. */
export const speakingVoices: readonly ListedVoice[] = Object.entries({
  'de-DE': ['Katja', 'Conrad'],
  'en-GB': ['Sonia', 'Ryan'],
  'en-US': ['Jenny', 'Guy', 'Aria', 'Davis'],
  'es-ES': ['Elvira', 'Alvaro'],
  'fr-FR': ['Denise', 'Henri'],
  'it-IT': ['Elsa', 'Diego'],
  'ja-JP': ['Nanami', 'Keita'],
  'ko-KR': ['SunHi', 'InJoon'],
  'pt-BR': ['Francisca', 'Antonio'],
  'zh-CN': ['Xiaoxiao', 'Yunxi'],
}).flatMap(([locale, names]) =>
  names.map((displayName, index) => {
    const gender = index % 2 === 0 ? ('Female' as const) : ('Male' as const);
    const pitch = (gender === 'Female' ? 205 : 115) + 12 * Math.floor(index / 2);
    return { shortName: `${locale}-${displayName}Neural`, displayName, locale, gender, pitch };
  }),
);
