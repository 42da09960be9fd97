import { Cron } from 'croner';
import { quoteName } from './quote-name.ts';

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
  for (const [index, { name, allowed }] of fields.entries()) {
    const field = written[index] ?? '';
    if (!isField(field, index)) return `its ${name} is ${quoteName(field)}, and ${allowed} are allowed`;
  }
  return tickAfter({ cron, timeZone: 'UTC' }, anyDay) === undefined ? 'no date ever fits it' : undefined;
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
const fields = [
  { name: 'minute', allowed: `0 to 59 ${forms}` },
  { name: 'hour', allowed: `0 to 23 ${forms}` },
  { name: 'day of the month', allowed: `1 to 31 ${forms}` },
  { name: 'month', allowed: `1 to 12 or JAN to DEC ${forms}` },
  { name: 'day of the week', allowed: `0 to 7 (0 and 7 are Sunday) or SUN to SAT ${forms}` },
];

/** The signs of crontab: the library knows more (`L`, `#`, `?`), which mean something else elsewhere, or nothing. */
const signs = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;

function isField(field: string, index: number): boolean {
  if (!signs.test(field)) return false;
  try {
    parse({ cron: fields.map((_, at) => (at === index ? field : '*')).join(' '), timeZone: 'UTC' });
    return true;
  } catch {
    return false;
  }
}

/** Whether there is a fitting date does not depend on where the search begins: the calendar repeats. */
const anyDay = new Date('2000-01-01T00:00:00Z');

/** As in crontab, lists and ranges of hours are times that come once a day, and not a beat that may skip one. */
function parse({ cron, timeZone }: CronTimes): Cron {
  return new Cron(cron, { mode: '5-part', timezone: timeZone, fixedTimeRule: 'no-wildcard', paused: true });
}
