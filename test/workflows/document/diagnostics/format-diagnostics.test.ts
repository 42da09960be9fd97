import { describe, expect, it } from 'vitest';
import { cpuOf, leastSeconds, mostTimes, pieces } from '../../../cpu-of.ts';
import type { Diagnostic } from '../../../../workflows/document/diagnostics/diagnostics.ts';
import { formatDiagnostics } from '../../../../workflows/document/diagnostics/format-diagnostics.ts';

function printed(source: string, column: number, endColumn: number): readonly string[] {
  const place = { path: 'p.yaml', line: 1, column, endLine: 1, endColumn };
  const diagnostic: Diagnostic = {
    code: 'unknown-key',
    severity: 'error',
    ...place,
    message: 'Wrong',
    hint: 'Do this',
  };
  return formatDiagnostics([diagnostic], { sources: { 'p.yaml': source }, color: false }).split('\n');
}

describe('formatDiagnostics', () => {
  it('prints place, message, code, source, mark and hint', () => {
    expect(printed('name: x', 7, 8)).toEqual([
      'p.yaml:1:7: Wrong [unknown-key]',
      '    name: x',
      '          ^',
      '    hint: Do this',
      '',
    ]);
  });

  it('keeps tabs before the mark, so that it stays in place', () => {
    expect(printed('\ta:\tbc', 5, 7)[2]).toBe('    \t  \t^~');
  });

  it('counts wide characters as two columns and combining marks as none', () => {
    expect(printed('漢字: x', 5, 6)[2]).toBe('          ^');
    expect(printed('e\u0301: x', 5, 6)[2]).toBe('       ^');
    expect(printed('😀: bc', 5, 7)[2]).toBe('        ^~');
  });

  it('shows a window of a long line', () => {
    const [, line, mark] = printed(`${'a'.repeat(5000)}here${'b'.repeat(5000)}`, 5001, 5005);
    expect(line?.length).toBeLessThan(170);
    expect(line?.slice(mark?.indexOf('^'), (mark?.indexOf('^') ?? 0) + 4)).toBe('here');
  });

  it('prints no control characters of the source', () => {
    expect(printed('a\u001B[31mb\r', 1, 2).join('')).not.toMatch(/\p{Cc}/u);
  });

  it('gives the log of a CI job no command of the source', () => {
    expect(printed('  ::stop-commands::x', 3, 5)[1]).toBe('      \uFFFD:stop-commands::x');
    expect(printed('name: "##vso[task.complete]"', 1, 5)[1]).toBe('    name: "\uFFFD#vso[task.complete]"');
  });

  it('paints when asked', () => {
    const place = { path: 'p', line: 1, column: 1, endLine: 1, endColumn: 1 };
    const warning: Diagnostic = { code: 'unused-input', severity: 'warning', ...place, message: 'M' };
    expect(formatDiagnostics([warning], { sources: {}, color: true })).toBe(
      '\u001B[1mp:1:1:\u001B[0m \u001B[33mwarning: M\u001B[0m [unused-input]\n',
    );
  });

  it('prints little of two hundred diagnostics on one long line, and says how many more there are', () => {
    const source = 'x'.repeat(1_000_000);
    const diagnostics = Array.from({ length: 200 }, (_, index): Diagnostic => ({
      code: 'unknown-key',
      severity: 'error',
      path: 'p.yaml',
      line: 2,
      column: 5000 * index + 1,
      endLine: 2,
      endColumn: 1_000_000,
      message: 'Wrong',
    }));
    const format = (line: string): string =>
      formatDiagnostics(diagnostics, {
        sources: { 'p.yaml': `first\n${line}\nlast` },
        color: false,
        omitted: 12_345,
      });
    const text = format(source);
    const bound =
      mostTimes *
      Math.max(
        cpuOf(() => pieces(source).slice(0, 20).map(format)),
        leastSeconds,
      );
    expect(cpuOf(() => format(source), bound)).toBeLessThan(bound);
    expect(text.length).toBeLessThan(200 * 400);
    expect(text.endsWith('\n… and 12,345 more\n')).toBe(true);
  });
});
