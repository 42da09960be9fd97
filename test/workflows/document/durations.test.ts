import { describe, expect, it } from 'vitest';
import { parseDuration, suggestDuration } from '../../../workflows/document/durations.ts';

describe('parseDuration', () => {
  it.each([
    ['30m', 1800],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['250ms', 0.25],
    ['1m5s500ms', 65.5],
  ])('reads %s as %d seconds', (written, seconds) => expect(parseDuration(written)).toBe(seconds));

  it.each(['', '30', 'm', '0s', '30m1h', '1m1m', '-1m', '1.5h', '9999999d', '30 m'])('refuses %s', (written) =>
    expect(parseDuration(written)).toBeUndefined(),
  );
});

describe('suggestDuration', () => {
  it.each([
    ['5 min', '5m'],
    ['1 hour', '1h'],
    ['90 Seconds', '90s'],
    ['2', '2s'],
  ])('takes %s for %s', (written, meant) => expect(suggestDuration(written)).toBe(meant));

  it('takes a number for days where days are usual, and no `M` for minutes there', () => {
    const meant = ['180', '3M', '5 min', '2 days'].map((written) => suggestDuration(written, { usual: '90d' }));
    expect(meant).toEqual(['180d', undefined, '5m', '2d']);
    expect(suggestDuration('180', { usual: '1h' })).toBe('180s');
  });

  it.each(['0', '0 s', 'soon', '1.5'])('has none for %s', (written) =>
    expect(suggestDuration(written)).toBeUndefined(),
  );
});
