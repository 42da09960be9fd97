import { checkEach, checkResourceId } from './check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Finds texts that are no e-mail addresses, and ids that are none of action groups. */
export function checkPeople(
  emails: { readonly name: string; readonly values: readonly string[] },
  actionGroupIds: readonly string[],
): readonly Fault[] {
  return [
    ...checkEach(emails.values, { path: [emails.name], check: checkEmail }),
    ...checkEach(actionGroupIds, {
      path: ['actionGroupIds'],
      check: (value, path) => checkResourceId(value, { kind: 'actionGroup', path }),
    }),
  ];
}

/** Finds a text that is no day of the calendar. */
export function checkDate(value: string, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value) && toDay(value) === value;
  return isDay ? [] : [fault('date', { path, value, example: '2027-01-15' })];
}

/** Finds a last day of a model that is none, or has passed. */
export function checkExpiry(value: string, path: PropertyPath): readonly Fault[] {
  const faults = checkDate(value, path);
  const isPast = isLiteral(value) && value < new Date().toISOString().slice(0, 10);
  return faults.length === 0 && isPast ? [fault('model-expired', { path, value })] : faults;
}

function toDay(value: string): string | undefined {
  const time = Date.parse(`${value}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

function checkEmail(value: string, path: PropertyPath): readonly Fault[] {
  return !isLiteral(value) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? [] : [fault('email', { path, value })];
}
