import { documentSchema } from '../../schemas/index.ts';
import { nearestLocale } from '../../workflows/document/schema/report-value.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

const localeForm = new RegExp(documentSchema.$defs.locale.pattern);

/** Finds a text that is no locale in the form of the Speech service, as pipelines have them, too. */
export function checkLocale(value: string, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value)) return [];
  if (!localeForm.test(value)) return [fault('locale', { path, value, nearest: nearestLocale(value) })];
  const [, written = ''] = /-([A-Z]{2})(-|$)/.exec(value) ?? [];
  const region = written === '' ? written : new Intl.Locale(`und-${written}`).region;
  const name = written === '' ? undefined : regionNames.of(written);
  if (region === written && (written === '' || name !== undefined)) return [];
  return [
    fault('locale', { path, value, nearest: region === written ? undefined : value.replace(written, region ?? '') }),
  ];
}

/** Undefined for what is no country or territory. */
const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
