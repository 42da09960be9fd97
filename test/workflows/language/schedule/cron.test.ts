import { describe, expect, it } from 'vitest';
import {
  cronOfNickname,
  cronProblem,
  isTimeZone,
  tickAfter,
  tickUntil,
} from '../../../../workflows/language/schedule/cron.ts';

describe('cronProblem', () => {
  it.each([
    '0 3 * * 1',
    '*/15 8-18 * * MON-FRI',
    '0 0 1,15 jan-mar/2 *',
    '0 3 * * 7',
    '0 0 29 2 *',
    ' 0  3 * * 1 ',
    '0 0 30 2 1',
  ])('takes %j', (cron) => expect(cronProblem(cron)).toBeUndefined());

  it.each([
    ['60 3 * * *', 'its minute is `60`, and 0 to 59'],
    ['0 24 * * *', 'its hour is `24`, and 0 to 23'],
    ['0 3 0 * *', 'its day of the month is `0`, and 1 to 31'],
    ['0 3 * 13 *', 'its month is `13`, and 1 to 12'],
    ['0 3 * * 8', 'its day of the week is `8`, and 0 to 7'],
    ['0 3 * * MUN', 'its day of the week is `MUN`'],
    ['5-1 * * * *', 'its minute is `5-1`'],
    ['*/0 * * * *', 'its minute is `*/0`'],
    ['0 3 L * *', 'its day of the month is `L`'],
    ['0 3 * * 5#2', 'its day of the week is `5#2`'],
    ['0 3 ? * *', 'its day of the month is `?`'],
    ['0 3 * *', 'it has 4 fields, and five are wanted: minute, hour'],
    ['0 0 3 * * 1', 'it has 6 fields'],
    ['@daily', 'it has one field'],
    ['2026-01-01T00:00:00', 'it has one field'],
    ['0 0 30 2 *', 'no date ever fits it'],
    ['0 0 31 4,6 *', 'no date ever fits it'],
  ])('says what is wrong with %j', (cron, problem) => expect(cronProblem(cron)).toContain(problem));

  it('knows what a nickname stands for', () => {
    expect(cronOfNickname('@Daily')).toBe('0 0 * * *');
    expect(cronOfNickname('@reboot')).toBeUndefined();
  });
});

it.each([
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Asia/Calcutta', true],
  ['+01:00', false],
  ['Mars/Olympus', false],
])('isTimeZone of %s is %s', (name, expected) => expect(isTimeZone(name)).toBe(expected));

describe('tickAfter', () => {
  it.each([
    ['UTC', '2026-01-05T03:00:00.000Z'],
    ['Europe/Berlin', '2026-01-05T02:00:00.000Z'],
    ['America/New_York', '2026-01-05T08:00:00.000Z'],
    ['Asia/Kolkata', '2026-01-04T21:30:00.000Z'],
  ])('reads three on Monday on the clock of %s', (timeZone, expected) => {
    expect(ticks({ cron: '0 3 * * 1', timeZone }, { from: '2026-01-01T00:00:00Z', count: 1 })).toEqual([expected]);
  });

  it('takes either day where both are given', () => {
    const times = { cron: '0 0 13 * FRI', timeZone: 'UTC' };
    expect(ticks(times, { from: '2026-03-09T00:00:00Z', count: 2 })).toEqual([
      '2026-03-13T00:00:00.000Z',
      '2026-03-20T00:00:00.000Z',
    ]);
    expect(ticks(times, { from: '2026-04-11T00:00:00Z', count: 1 })).toEqual(['2026-04-13T00:00:00.000Z']);
  });

  it.each(['30 2 * * *', '30 2,14 * * *', '30 2-2 * * *'])('fires %s once on days without that time', (cron) => {
    // In the night of 29 March 2026 the clocks of Berlin go from 2:00 (1:00 UTC) to 3:00.
    const [first, second] = ticks({ cron, timeZone: 'Europe/Berlin' }, { from: '2026-03-28T22:00:00Z', count: 2 });
    expect(first).toBe('2026-03-29T01:00:00.000Z');
    expect(second).not.toMatch(/^2026-03-29T0/);
  });

  it.each(['30 2 * * *', '30 2,14 * * *'])(
    'fires %s once, at the first occurrence, on days with that time twice',
    (cron) => {
      // In the night of 25 October 2026 they go from 3:00 (1:00 UTC) back to 2:00.
      const [first, second] = ticks({ cron, timeZone: 'Europe/Berlin' }, { from: '2026-10-24T22:00:00Z', count: 2 });
      expect(first).toBe('2026-10-25T00:30:00.000Z');
      expect(second).not.toMatch(/^2026-10-25T0/);
    },
  );

  it('follows the clock where minute or hour has `*` or a step: left out in March, twice in October', () => {
    const halfHours = { cron: '*/30 2 * * *', timeZone: 'Europe/Berlin' };
    expect(ticks(halfHours, { from: '2026-03-28T12:00:00Z', count: 1 })).toEqual(['2026-03-30T00:00:00.000Z']);
    const steps = { cron: '0-30/30 2 * * *', timeZone: 'Europe/Berlin' };
    expect(ticks(steps, { from: '2026-03-28T12:00:00Z', count: 1 })).toEqual(['2026-03-30T00:00:00.000Z']);
    expect(ticks(halfHours, { from: '2026-10-24T12:00:00Z', count: 4 })).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
  });
});

describe('tickUntil', () => {
  it('counts a tick at that very moment', () => {
    const times = { cron: '0 3 * * *', timeZone: 'UTC' };
    expect(tickUntil(times, new Date('2026-01-02T03:00:00.000Z'))?.toISOString()).toBe('2026-01-02T03:00:00.000Z');
    expect(tickUntil(times, new Date('2026-01-02T02:59:59.999Z'))?.toISOString()).toBe('2026-01-01T03:00:00.000Z');
  });

  it.each([
    ['30 2 * * *', 'Europe/Berlin'],
    ['*/30 2 * * *', 'Europe/Berlin'],
    ['15 1,2,3 * * *', 'America/New_York'],
    ['*/20 * * * *', 'Australia/Lord_Howe'],
    ['0 0 * * *', 'America/Sao_Paulo'],
    ['0 0 29 2 *', 'UTC'],
  ])('finds backwards what tickAfter finds forwards: %s in %s', (cron, timeZone) => {
    const times = { cron, timeZone };
    for (const from of ['2018-11-03T00:00:00Z', '2026-03-07T00:00:00Z', '2026-10-24T00:00:00Z']) {
      let before = tickAfter(times, new Date(from));
      for (let count = 0; count < 150 && before !== undefined; count += 1) {
        const next = tickAfter(times, before);
        if (next === undefined) break;
        expect(tickUntil(times, next), `at ${next.toISOString()}`).toEqual(next);
        expect(tickUntil(times, new Date(next.getTime() - 1)), `before ${next.toISOString()}`).toEqual(before);
        before = next;
      }
    }
  });
});

function ticks(
  times: { readonly cron: string; readonly timeZone: string },
  { from, count }: { readonly from: string; readonly count: number },
): readonly string[] {
  const found: string[] = [];
  let at: Date | undefined = new Date(from);
  while (found.length < count && (at = tickAfter(times, at)) !== undefined) found.push(at.toISOString());
  return found;
}

describe('cronProblem beside the library', () => {
  it('takes the fields that the library takes, and none that it refuses', () => {
    const parts = ['*', '0', '1', '7', '12', '30', '59', '007', 'jan', 'mon', 'sun', 'SAT', '', '1x'];
    const steps = ['', '/1', '/0', '/7', '/8', '/12', '/13', '/24', '/31', '/60', '/61', '/x'];
    const bounds = [59, 23, 31, 12, 7];
    for (const [index, most] of bounds.entries()) {
      // The library takes ranges that end outside of the field when no step lands there.
      const within = parts.filter((part) => !/^\d+$/.test(part) || Number(part) <= most);
      for (const first of within) {
        for (const range of ['', ...within.map((last) => `-${last}`)]) {
          for (const step of steps) {
            const cron = ['*', '*', '*', '*', '*'].with(index, `${first}${range}${step}` || 'x').join(' ');
            expect([cron, cronProblem(cron) === undefined]).toEqual([cron, hasTick(cron) === true]);
          }
        }
      }
    }
  });

  it.each(['0 0 30 2 *', '0 0 30,31 FEB *', '0 0 31 4,6,9-11/2 *', '0 0 31 4-6/2 *', '0 0 */31 2 *', '0 0 29-31 2 *'])(
    'says as the library whether a date ever fits %s',
    (cron) => {
      expect(cronProblem(cron)).toBe(hasTick(cron) === true ? undefined : 'no date ever fits it');
    },
  );
});

/** Undefined when the library refuses it. */
function hasTick(cron: string): boolean | undefined {
  try {
    return tickAfter({ cron, timeZone: 'UTC' }, new Date(0)) !== undefined;
  } catch {
    return undefined;
  }
}
