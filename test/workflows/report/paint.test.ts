import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { painter } from '../../../workflows/report/paint.ts';
import { runText } from '../../../workflows/report/commands/run-text.ts';
import { runDetailsText } from '../../../workflows/report/commands/runs-text.ts';
import { tableText } from '../../../workflows/report/table.ts';

describe('colour', () => {
  it('is that of the word, and of no other', () => {
    const paint = painter({ color: true });
    expect(paint('failed', 'failed   ')).toBe('\u001B[31mfailed   \u001B[39m');
    expect(paint('succeeded', 'x')).toBe('\u001B[32mx\u001B[39m');
    expect(paint('nothing of ours', 'x')).toBe('x');
    expect(painter({ color: false })('failed', 'x')).toBe('x');
  });

  it('leaves no `::` at the beginning of a line, which steers the log of a CI', () => {
    const times = { startedAt: '2026-01-02T03:04:05Z', finishedAt: '2026-01-02T03:04:06Z' };
    const record: RunRecord = { runId: 'r', pipeline: ':', status: 'failed', ...times, steps: {} };
    expect(runText(record)).not.toMatch(/^\s*::/m);
    const run = { ...record, format: 'x', log: [] };
    expect(runDetailsText(run)).not.toMatch(/^\s*::/m);
  });

  it('changes neither the width of a table nor its header, and escapes what a name smuggles in', () => {
    const rows = [
      ['a', 'failed', 'x'],
      ['b\u001B[31m', 'succeeded', 'y'],
    ];
    const paint = painter({ color: true });
    const painted = tableText(['RUN', 'failed', 'NOTE'], rows, {
      paint: (cell, column) => (column === 1 ? paint(cell.trimEnd(), cell) : cell),
    });
    expect(stripVTControlCharacters(painted)).toBe(tableText(['RUN', 'failed', 'NOTE'], rows));
    expect(painted.split('\n')[0]).not.toContain('\u001B');
    expect([painted.split('\u001B[31m').length, painted.split('\u001B[32m').length]).toEqual([2, 2]);
  });
});
