import { isUrl } from '../../document/signed-url.ts';
import { shownSource } from '../../document/url-secrets.ts';

/**
 * Where the data of one dataset lie, as a pipeline writes it: a path, a pattern of paths, a URL, or several paths and patterns that are
 * one set.
 */
export type DataPlaces = string | readonly string[];

/** The paths and patterns, in their order. */
export function listOfPlaces(places: DataPlaces): readonly string[] {
  return typeof places === 'string' ? [places] : places;
}

/** The same places, each by what `rename` makes of it: a list of one is the one place. */
export function renamePlaces(places: DataPlaces, rename: (place: string) => string): DataPlaces {
  const renamed = listOfPlaces(places).map((place) => rename(place));
  return renamed.length === 1 && renamed[0] !== undefined ? renamed[0] : renamed;
}

/** The URL that the service fetches the data from; undefined where they lie here. */
export function urlOf(places: DataPlaces): string | undefined {
  const [first, ...others] = listOfPlaces(places);
  return first !== undefined && others.length === 0 && isUrl(first) ? first : undefined;
}

/** Why places are none of one dataset, as a sentence that says what to do; undefined where they are. */
export function whyNotPlaces(places: DataPlaces): string | undefined {
  const list = listOfPlaces(places);
  const url = list.length > 1 ? list.find(isUrl) : undefined;
  return url === undefined
    ? undefined
    : `Upload ${shownSource(url)} in a step of its own: of several places of one dataset each is a path`;
}

/** As people are told them. */
export function shownPlaces(places: DataPlaces): string {
  return listOfPlaces(places).map(shownSource).join(', ');
}

/** As arguments of a command. */
export function placesAsArguments(places: DataPlaces): string {
  return listOfPlaces(places).map(shownSource).join(' ');
}

/** One text for the same places, which {@link placesOfText} reads again: of one place the place itself. */
export function textOfPlaces(places: DataPlaces): string {
  const [first = '', ...others] = listOfPlaces(places);
  return others.length === 0 && !isList(first) ? first : JSON.stringify(listOfPlaces(places));
}

export function placesOfText(text: string): DataPlaces {
  return isList(text) ? renamePlaces(JSON.parse(text) as readonly string[], (place) => place) : text;
}

function isList(text: string): boolean {
  if (!text.startsWith('["')) return false;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length > 0 && value.every((place) => typeof place === 'string');
  } catch {
    return false;
  }
}
