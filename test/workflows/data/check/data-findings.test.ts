import { describe, expect, it } from 'vitest';
import { DataFindings } from '../../../../workflows/data/check/data-findings.ts';

function at(line: number): { readonly path: string; readonly line: number } {
  return { path: 'text.txt', line };
}

describe('findings in data', () => {
  it('tell twenty of a code, and how many others there are', () => {
    const findings = new DataFindings();
    for (let line = 1; line <= 1234; line += 1) findings.report('uri', at(line), {});
    const found = findings.found();
    expect(found.diagnostics).toHaveLength(21);
    expect(found.diagnostics.at(-1)).toMatchObject({
      line: 21,
      code: 'uri',
      severity: 'error',
      message: '1,214 more of these are not shown, the first of them here',
    });
    expect(found).toMatchObject({ counts: { errors: 1234, warnings: 0 }, omitted: 0, rejected: 1234 });
  });

  it('tell of one code however many there are of another', () => {
    const findings = new DataFindings();
    for (let line = 1; line <= 5000; line += 1) findings.report('uri', at(line), {});
    findings.report('no-words', at(5001), { text: '' });
    expect(findings.found().diagnostics.map(({ code }) => code)).toContain('no-words');
  });

  it('count what is left out beyond the most that are kept', () => {
    const findings = new DataFindings({ most: 3 });
    for (let line = 1; line <= 5; line += 1) findings.report('uri', at(line), {});
    const { diagnostics, omitted, counts } = findings.found();
    expect(diagnostics).toHaveLength(3);
    expect(counts.errors).toBe(5);
    expect(omitted).toBe(2);
  });

  it('count a line once that breaks several rules, and a recording once with its line', () => {
    const findings = new DataFindings();
    findings.report('uri', at(1), {});
    findings.report('no-words', at(1), { text: '' });
    findings.report('uri', at(2), {});
    findings.report('uri', { ...at(3), unit: 'a.wav' }, {});
    findings.report('audio-channels', { path: 'a.wav', unit: 'a.wav' }, { name: 'a.wav', channels: 2 });
    expect(findings.found().rejected).toBe(3);
  });

  it('keep the lines that are told, but for the end of long ones', () => {
    const findings = new DataFindings();
    findings.report('uri', { ...at(1), text: 'see www.contoso.com' }, {});
    findings.report('uri', { ...at(2), column: 5, text: 'x'.repeat(1_000_000) }, {});
    findings.report('uri', { ...at(3), column: 500_000, text: 'x'.repeat(1_000_000) }, {});
    const lines = findings.found().excerpts['text.txt'];
    expect(lines?.get(1)).toBe('see www.contoso.com');
    expect(lines?.get(2)?.length).toBeLessThan(2000);
    expect(lines?.has(3)).toBe(false);
  });

  it('make the nearest name only for what is told', () => {
    const findings = new DataFindings();
    let made = 0;
    for (let line = 1; line <= 100; line += 1)
      findings.report('missing-recording', at(line), () => {
        made += 1;
        return { name: 'a.wav' };
      });
    expect(made).toBe(20);
  });
});
