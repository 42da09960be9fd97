import { nearestName } from '../../workflows/document/nearest-name.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Finds a text that is not one of the kinds or groups. */
export function checkLogCategory(
  value: string,
  { name, path }: { readonly name: keyof typeof known; readonly path: PropertyPath },
): readonly Fault[] {
  const allowed: readonly string[] = known[name];
  if (!isLiteral(value) || allowed.includes(value)) return [];
  return [fault('unknown-log-category', { path, value, allowed, nearest: nearestName(value, allowed) })];
}

/** What Azure Monitor knows of accounts of Cognitive Services (Microsoft Learn, "Supported log categories"). */
const known = {
  logGroups: ['allLogs', 'audit'],
  logCategories: ['Audit', 'RequestResponse', 'Trace'],
  metricCategories: ['AllMetrics'],
} as const;
