import { Cron } from 'croner';
import { quoteName } from '../../document/quote-name.ts';

/** Times on the clock of a time zone. */
export interface CronTimes {
  /** Five fields; see {@link cronProblem}. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * The first of these times after an instant; undefined when there is none.
 *
 * When the clocks change, times with a `*` or a step for minute or hour follow the clock: those that the day does not have are
 * left out, those that it has twice come twice. Other times come exactly once: one that the day does not have at the moment when
 * the clock goes forward, one that it has twice at its first occurrence.
 */
export function tickAfter(times: CronTimes, after: Date): Date | undefined {
  return parse(times).nextRun(after) ?? undefined;
}

/** The last of these times that is not after an instant; undefined when there is none. */
export function tickUntil(times: CronTimes, until: Date): Date | undefined {
  return parse(times).previousRuns(1, new Date(until.getTime() + 1))[0];
}

/** What keeps a text from being a cron expression that some date fits, as the end of a sentence; undefined when it is one. */
export function cronProblem(cron: string): string | undefined {
  const written = cron.trim().split(/\s+/);
  if (written.length !== fields.length) {
    const found = written.length === 1 ? 'one field' : `${written.length} fields`;
    return `it has ${found}, and five are wanted: ${fields.map(({ name }) => name).join(', ')}`;
  }
  for (const [index, field] of fields.entries()) {
    const value = written[index] ?? '';
    if (rangesOf(value, field) === undefined)
      return `its ${field.name} is ${quoteName(value)}, and ${field.allowed} are allowed`;
  }
  const [, , days = '*', months = '*', weekdays = '*'] = written;
  return weekdays === '*' && !hasDay(days, months) ? 'no date ever fits it' : undefined;
}

/** The expression that stands for a nickname such as `@daily`. */
export function cronOfNickname(written: string): string | undefined {
  const name = written.trim().toLowerCase();
  return Object.hasOwn(nicknames, name) ? nicknames[name] : undefined;
}

/** Whether the IANA database has this time zone; an offset such as `+01:00` is none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return true;
  } catch {
    return false;
  }
}

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const forms = 'with lists (`1,5`), ranges (`1-5`) and steps (`*/5`)';
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59, largestStep: 60, names: [], allowed: `0 to 59 ${forms}` },
  { name: 'hour', least: 0, most: 23, largestStep: 24, names: [], allowed: `0 to 23 ${forms}` },
  { name: 'day of the month', least: 1, most: 31, largestStep: 31, names: [], allowed: `1 to 31 ${forms}` },
  {
    name: 'month',
    least: 1,
    most: 12,
    largestStep: 12,
    names: monthNames,
    allowed: `1 to 12 or JAN to DEC ${forms}`,
  },
  {
    name: 'day of the week',
    least: 0,
    most: 7,
    largestStep: 7,
    names: weekdayNames,
    allowed: `0 to 7 (0 and 7 are Sunday) or SUN to SAT ${forms}`,
  },
];

interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly largestStep: number;
  /** In place of the numbers from the least one. */
  readonly names: readonly string[];
  readonly allowed: string;
}

interface CronRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/**
 * The ranges of a field, or undefined when it is none: what crontab knows, and not what the library knows besides (`L`, `#`,
 * `?`), which means something else elsewhere, or nothing.
 */
function rangesOf(field: string, of: CronField): readonly CronRange[] | undefined {
  const ranges: CronRange[] = [];
  for (const part of field.toLowerCase().split(',')) {
    const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, every, from = '', to, stepped] = match;
    const first = every === undefined ? valueOf(from, of) : of.least;
    const last = every !== undefined ? of.most : to === undefined ? first : lastOf(to, of);
    const step = Number(stepped ?? 1);
    const isStepped = stepped === undefined || every !== undefined || to !== undefined;
    if (first === undefined || last === undefined || !isStepped || step < 1 || step > of.largestStep) return undefined;
    if (first > last) return undefined;
    ranges.push({ first, last, step });
  }
  return ranges;
}

function valueOf(written: string, { least, most, names }: CronField): number | undefined {
  const named = names.indexOf(written);
  if (named >= 0) return named + least;
  const value = /^\d+$/.test(written) ? Number(written) : -1;
  return value >= least && value <= most ? value : undefined;
}

/** A week that ends on Sunday ends on its seventh day. */
function lastOf(written: string, of: CronField): number | undefined {
  return of.names === weekdayNames && written === 'sun' ? of.most : valueOf(written, of);
}

const longestDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether one of the months has one of the days in some year. */
function hasDay(days: string, months: string): boolean {
  const [, , day, month] = fields;
  const earliest = ((day && rangesOf(days, day)) ?? []).reduce((least, { first }) => Math.min(least, first), Infinity);
  return ((month && rangesOf(months, month)) ?? []).some(({ first, last, step }) =>
    longestDays.some((length, index) => {
      const number = index + 1;
      return number >= first && number <= last && (number - first) % step === 0 && length >= earliest;
    }),
  );
}

/** As in crontab, lists and ranges of hours are times that come once a day, and not a beat that may skip one. */
function parse({ cron, timeZone }: CronTimes): Cron {
  return new Cron(cron, { mode: '5-part', timezone: timeZone, fixedTimeRule: 'no-wildcard', paused: true });
}
