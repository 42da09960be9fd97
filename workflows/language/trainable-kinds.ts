import { nearestName } from '../document/nearest-name.ts';
import { trainableKindGroups } from './trainable-kinds.gen.ts';

export { trainableKindsDate } from './trainable-kinds.gen.ts';

/** The kinds of datasets, in the order in which people are told them. */
export const trainableKindNames = [
  'Acoustic',
  'AudioFiles',
  'Language',
  'LanguageMarkdown',
  'Pronunciation',
  'OutputFormatting',
] as const;

export type TrainableKind = (typeof trainableKindNames)[number];

/** Whether a word is the name of a kind at all. */
export function isTrainableKind(word: string): word is TrainableKind {
  return (trainableKindNames as readonly string[]).includes(word);
}

/**
 * The kinds of data that Microsoft's documentation says models of a locale can be trained with; undefined for a locale that it does
 * not name. What a base model of the resource says of itself is more certain.
 */
export function trainableKindsOf(locale: string): readonly string[] | undefined {
  const wanted = ` ${locale.toLowerCase()} `;
  const group = trainableKindGroups.find((line) => `${line} `.toLowerCase().includes(wanted));
  return group?.slice(0, group.indexOf(':')).split(' ');
}

/** The locale of the documentation that was probably meant by another: a near spelling, else one of the same language. */
export function nearestTrainableLocale(written: string): string | undefined {
  // Of all wrong names of regions this one is written most.
  const locale = written.replace(/-UK$/i, '-GB');
  const known = trainableKindGroups.flatMap((line) => line.slice(line.indexOf(':') + 2).split(' ')).toSorted();
  const [language = ''] = locale.toLowerCase().split('-');
  const ofLanguage = known.filter((one) => one.toLowerCase().startsWith(`${language}-`));
  return nearestName(locale, ofLanguage) ?? ofLanguage[0] ?? nearestName(locale, known);
}
