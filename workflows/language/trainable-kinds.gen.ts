/** Made by scripts/generate-trainable-kinds.ts by "Language and voice support" of Microsoft Learn (speech to text). */
export const trainableKindsDate = '2026-04-02';

/** The locales that can be trained with the same kinds: the kinds, then the locales. */
export const trainableKindGroups: readonly string[] = [
  'Language: af-ZA am-ET az-AZ bg-BG bs-BA cy-GB eu-ES fa-IR fr-BE gl-ES hy-AM is-IS it-CH jv-ID ka-GE kk-KZ km-KH lo-LA mk-MK mn-MN ms-MY mt-MT my-MM ne-NP nl-BE ps-AF si-LK so-SO sq-AL sr-ME sr-RS sr-XK sw-KE sw-TZ uz-UZ vi-VN wuu-CN yue-CN zh-CN-shandong zh-CN-sichuan zu-ZA',
  'Acoustic Language: ar-AE ar-BH ar-DZ ar-IL ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-PS ar-QA ar-SY ar-TN ar-YE bn-IN gu-IN he-IL kn-IN ml-IN mr-IN uk-UA',
  'Acoustic Language LanguageMarkdown: ar-EG ar-SA el-GR es-GQ ru-RU ta-IN te-IN',
  'Acoustic: as-IN or-IN pa-IN ur-IN',
  'Language Pronunciation: ca-ES et-EE fil-PH fr-CH ga-IE hr-HR lt-LT lv-LV ro-RO sk-SK sl-SI',
  'Acoustic Language LanguageMarkdown Pronunciation: cs-CZ de-AT es-BO es-CL es-CO es-CR es-EC es-GT es-HN es-NI es-PA es-PE es-PR es-PY es-SV es-UY es-VE hu-HU id-ID',
  'Acoustic Language LanguageMarkdown Pronunciation OutputFormatting: da-DK de-DE en-IN es-ES es-MX fi-FI fr-FR it-IT nl-NL pl-PL pt-BR pt-PT sv-SE',
  'Acoustic Language Pronunciation: de-CH',
  'Acoustic AudioFiles Language LanguageMarkdown Pronunciation OutputFormatting: en-AU en-CA en-GB en-HK en-IE en-NG en-NZ en-PH en-SG en-US',
  'Acoustic AudioFiles Language LanguageMarkdown Pronunciation: en-GH en-KE en-TZ en-ZA',
  'Language LanguageMarkdown Pronunciation: es-AR es-CU es-DO es-US',
  'Language LanguageMarkdown Pronunciation OutputFormatting: fr-CA',
  'Acoustic Language LanguageMarkdown OutputFormatting: hi-IN ja-JP ko-KR th-TH tr-TR zh-CN zh-HK zh-TW',
  'Language OutputFormatting: nb-NO',
];
