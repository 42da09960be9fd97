import { describe, expect, it } from 'vitest';
import type { RunPoint } from '../../../schemas/types.gen.ts';
import { Series } from '../../../workflows/engine/series.ts';

const point = (second: number): RunPoint => ({
  at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(),
  milliseconds: second,
});

function seriesOf(points: number): Series {
  const series = new Series();
  for (let second = 0; second < points; second += 1) series.add(point(second));
  return series;
}

describe('a series', () => {
  it('keeps all of few points', () => {
    expect(seriesOf(200).points()).toHaveLength(200);
  });

  it('keeps some hundred of many, as far apart from each other at its beginning as at its end', () => {
    for (const all of [201, 1_000, 100_000]) {
      const kept = seriesOf(all).points();
      expect(kept.length).toBeGreaterThan(99);
      expect(kept.length).toBeLessThan(201);
      const gaps = kept.slice(1).map(({ milliseconds }, index) => milliseconds - (kept[index]?.milliseconds ?? 0));
      expect([...new Set(gaps)]).toHaveLength(1);
      expect(all - (kept.at(-1)?.milliseconds ?? 0)).toBeLessThanOrEqual(gaps[0] ?? 0);
    }
  });

  it('keeps those that failed, in their place, and not without end', () => {
    const series = new Series();
    for (let second = 0; second < 10_000; second += 1)
      series.add({ ...point(second), ...(second === 4_711 ? { failed: true } : {}) });
    const points = series.points();
    expect(points.filter(({ failed }) => failed)).toMatchObject([{ milliseconds: 4_711 }]);
    expect(points).toEqual(points.toSorted((one, other) => one.milliseconds - other.milliseconds));
    for (let second = 0; second < 1_000; second += 1) series.add({ ...point(second), failed: true });
    expect(series.points().length).toBeLessThanOrEqual(400);
  });
});
