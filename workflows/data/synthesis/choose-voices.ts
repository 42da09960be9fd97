import { nearestName } from '../../document/nearest-name.ts';
import { DataError, type SpeakingVoice, type TextToSpeechPort } from '../../engine/ports.ts';

/** What speaks the sentences of a set. */
export type Speaker = TextToSpeechPort;

/**
 * The voices with these names, as what speaks has them, or with `auto` all of a locale that are no preview and are priced as others. A
 * name that it does not have is a DataError which names some that it has.
 */
export function chooseVoices(
  all: readonly SpeakingVoice[],
  { asked, locale }: { readonly asked: readonly string[]; readonly locale: string },
): readonly string[] {
  return [
    ...new Set(asked.flatMap((name) => (name === 'auto' ? automatic(all, locale) : exact(name, { all, locale })))),
  ];
}

function exact(
  name: string,
  { all, locale }: { readonly all: readonly SpeakingVoice[]; readonly locale: string },
): string {
  const names = all.map((voice) => voice.name);
  const found = names.find((one) => isSame(one, name));
  if (found !== undefined) return found;
  const nearest = nearestName(name, names);
  const own = [...new Set(all.filter((voice) => isSame(voice.locale, locale)).map((voice) => voice.name))];
  const known = own.length === 0 ? `none of ${locale} either` : `of ${locale} there are ${own.slice(0, 6).join(', ')}`;
  const hint = nearest === undefined ? known : `did you mean ${nearest}?`;
  throw new DataError(`Correct --voice: there is no voice ${JSON.stringify(name)}; ${hint}`);
}

function automatic(all: readonly SpeakingVoice[], locale: string): readonly string[] {
  // What has a colon in its name has a price of its own.
  const fit = all.filter(({ name, isGeneral }) => isGeneral && !name.includes(':'));
  const own = fit.filter((voice) => isSame(voice.locale, locale));
  const language = locale.split('-')[0] ?? locale;
  const chosen = (own.length > 0 ? own : fit.filter((voice) => isSame(voice.locale, language))).map(({ name }) => name);
  const [first] = chosen;
  if (first === undefined) throw new DataError(`Name a voice with --voice: there is none of ${locale}`);
  const variants = chosen.filter((name) => name.includes('+'));
  // Of espeak-ng, which has variants of each voice, it is one with its variants.
  return variants.length === 0 ? chosen : chosen.filter((name) => withoutVariant(name) === withoutVariant(first));
}

function withoutVariant(name: string): string {
  return name.split('+')[0] ?? name;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
