import { type DataPlaces, placesOfText, textOfPlaces } from './data-places.ts';
import type { DatasetKind } from '../speech-entities.ts';

/** Local data that a step reads; `from` as the pipeline writes it. */
export interface LocalDataRequest {
  readonly from: DataPlaces;
  readonly kind: DatasetKind;
}

/** The kind, a colon and the text of the places. */
export function localDataKey(request: LocalDataRequest): string {
  return `${request.kind}:${textOfPlaces(request.from)}`;
}

/** What a key names. */
export function requestOfKey(key: string): { readonly from: DataPlaces; readonly kind: string } {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon), from: placesOfText(key.slice(colon + 1)) };
}
