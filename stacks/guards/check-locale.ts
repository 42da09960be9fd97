import { documentSchema } from '../../schemas/index.ts';
import { nearestLocale } from '../../workflows/document/report-value.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

const localeForm = new RegExp(documentSchema.$defs.locale.pattern);

/** Finds a text that is no locale in the form of the Speech service, as pipelines have them, too. */
export function checkLocale(value: string, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value) || localeForm.test(value)) return [];
  return [fault('locale', { path, value, nearest: nearestLocale(value) })];
}
