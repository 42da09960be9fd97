import { quoteName } from '../../../document/quote-name.ts';
import type { SharedBy } from './rule.ts';

/** The first names of those that share a warning, and how many more there are. */
export function named({ recordings, names }: SharedBy): string {
  const left = recordings - names.length;
  const shown = names.map((name) => quoteName(name)).join(', ');
  return left > 0 ? `${shown} and ${left.toLocaleString('en-US')} more` : shown;
}
