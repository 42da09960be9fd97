import { describe, expect, it } from 'vitest';
import { type Box, edgePath } from '../../../../workflows/report/html/views/edge-path.ts';

function at(column: number, row: number): Box {
  return { x: column * 100, y: row * 50, width: 60, height: 30 };
}

describe('the path of an edge', () => {
  it('leads from one column to the next in a curve', () => {
    expect(edgePath(at(0, 0), at(1, 1), [at(0, 0), at(1, 1)])).toBe('M60 15C80 15 80 65 100 65');
  });

  it('goes around a box that stands between', () => {
    const path = edgePath(at(0, 0), at(2, 0), [at(0, 0), at(1, 0), at(2, 0)]);
    expect(path).toBe('M60 15C80 15 80 -6 100 -6H160C180 -6 180 15 200 15');
  });

  it('keeps the height of its beginning where nothing stands there', () => {
    expect(edgePath(at(0, 0), at(2, 1), [at(0, 0), at(1, 1), at(2, 1)])).toContain('100 15H160');
  });
});
