import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../emulator/protocol/filter.ts';

const properties = { displayName: 'text', description: 'text', status: 'text', createdDateTime: 'date-time' } as const;
const dataset = { displayName: "Nurse's calls", status: 'Succeeded', createdDateTime: '2026-03-01T10:00:00Z' };

describe('a filter', () => {
  it.each([
    ["displayName eq 'Nurse''s calls'", true],
    ["displayName eq 'nurse''s calls'", false],
    ["displayName ne 'Other'", true],
    ["description eq 'anything'", false],
    ["description ne 'anything'", true],
    ['createdDateTime gt 2026-03-01T09:59:59Z', true],
    ['createdDateTime gt 2026-03-01T10:00:00Z', false],
    ['createdDateTime ge 2026-03-01T11:00:00+01:00', true],
    ['createdDateTime lt 2026-03-02', true],
    ['createdDateTime le 2026-02-28T00:00:00Z', false],
    ['createdDateTime eq 2026-03-01T10:00:00Z', true],
    ['createdDateTime ne 2026-03-01T10:00:00Z', false],
    ["status eq 'Failed' or status eq 'Succeeded' and displayName eq 'Other'", false],
    ["(status eq 'Failed' or status eq 'Succeeded') and displayName ne 'Other'", true],
    ["not status eq 'Failed'", true],
    ["not (status eq 'Failed' or not status eq 'Failed')", false],
    ["not status eq 'Failed' and status eq 'Failed'", false],
    ["  status   eq 'Succeeded'  ", true],
    ["status eq 'Succeeded'and status ne'Failed'", true],
  ])('%s is %s', (text, expected) => {
    const filter = parseFilter(text, properties);
    expect(filter((property) => (dataset as Record<string, string>)[property])).toBe(expected);
  });

  it.each([
    '',
    'status',
    'status eq Succeeded',
    "status gt 'A'",
    "status eq 'open",
    "kind eq 'Language'",
    "__proto__ eq 'x'",
    "status like 'x'",
    'createdDateTime gt yesterday',
    "createdDateTime gt '2026-03-01T10:00:00Z'",
    "status eq 'a' status eq 'b'",
    "(status eq 'a'",
    "status eq 'a')",
    `${'('.repeat(2000)}status eq 'a'${')'.repeat(2000)}`,
    `${'not '.repeat(5000)}status eq 'a'`,
  ])('refuses %s', (text) => {
    expect(() => parseFilter(text, properties)).toThrow(
      expect.objectContaining({
        status: 400,
        body: expect.objectContaining({ innerError: expect.objectContaining({ code: 'UnsupportedFilter' }) }),
      }),
    );
  });
});
