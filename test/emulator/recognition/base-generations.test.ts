import { expect, test } from 'vitest';
import {
  baseGenerations,
  generationsBetween,
  supportedLocales,
} from '../../../emulator/recognition/base-generations.ts';

test('baseGenerations names each generation by its release date, oldest first', () => {
  const generations = baseGenerations('en-US');
  for (const { id, displayName, createdDateTime } of generations) {
    expect(createdDateTime).toBe(`${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6)}T00:00:00Z`);
    expect(displayName).toMatch(new RegExp(`^${id}( |$)`));
  }
  expect(generations.map(({ id }) => id)).toEqual(generations.map(({ id }) => id).toSorted());
});

test('baseGenerations has two or three that can be adapted on any day of many years, and one that only recognises', () => {
  for (const locale of ['en-US', 'de-DE', 'ja-JP']) {
    for (let day = Date.UTC(2025, 0, 1); day < Date.UTC(2049, 0, 1); day += 7 * 86_400_000) {
      const now = new Date(day).toISOString();
      const released = baseGenerations(locale).filter(({ createdDateTime }) => createdDateTime <= now);
      const adaptable = released.filter(({ adaptationDateTime }) => adaptationDateTime > now);
      const usable = released.filter(({ transcriptionDateTime }) => transcriptionDateTime > now);
      expect(adaptable.length, now).toBeGreaterThanOrEqual(2);
      expect(adaptable.length, now).toBeLessThanOrEqual(3);
      expect(usable.length, now).toBeGreaterThan(adaptable.length);
    }
  }
});

test('baseGenerations ends adaptation one year and recognition two years after the quarter of release', () => {
  const dates = baseGenerations('en-US').filter(({ id }) => id.startsWith('2026'));
  expect(
    dates.map(({ adaptationDateTime, transcriptionDateTime }) => [adaptationDateTime, transcriptionDateTime]),
  ).toEqual([
    ['2027-04-15T00:00:00Z', '2028-04-15T00:00:00Z'],
    ['2027-10-15T00:00:00Z', '2028-10-15T00:00:00Z'],
  ]);
});

test('generationsBetween ends each of the other two of a year after its own quarter, November in the next year', () => {
  const dates = generationsBetween('en-US').filter(({ id }) => id.startsWith('2026'));
  expect(
    dates.map(({ id, adaptationDateTime, transcriptionDateTime }) => [
      id.slice(4, 6),
      adaptationDateTime,
      transcriptionDateTime,
    ]),
  ).toEqual([
    ['05', '2027-07-15T00:00:00Z', '2028-07-15T00:00:00Z'],
    ['11', '2028-01-15T00:00:00Z', '2029-01-15T00:00:00Z'],
  ]);
  expect(generationsBetween('tlh-QO')).toEqual([]);
});

test('baseGenerations charges for adaptation from October 2023 on', () => {
  expect(
    baseGenerations('en-US')
      .map(({ chargeForAdaptation }) => chargeForAdaptation)
      .slice(0, 4),
  ).toEqual([false, false, true, true]);
});

test('baseGenerations adapts with audio only where the language supports it', () => {
  expect(baseGenerations('en-US').at(-1)?.supportsAdaptationsWith).toContain('Acoustic');
  expect(baseGenerations('mt-MT').at(-1)?.supportsAdaptationsWith).not.toContain('Acoustic');
});

test('baseGenerations takes a locale in any case, and gives none for one that is not supported', () => {
  expect(baseGenerations('EN-us')[0]?.locale).toBe('en-US');
  expect(baseGenerations('tlh-QO')).toEqual([]);
});

test('supportedLocales are well-formed and each has base models', () => {
  for (const locale of supportedLocales) {
    expect(Intl.getCanonicalLocales(locale)).toEqual([locale]);
    expect(baseGenerations(locale).length).toBeGreaterThan(0);
  }
});
