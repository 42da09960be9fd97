import { describe, expect, it } from 'vitest';
import { createFindings, MAX_DIAGNOSTICS } from '../../../../workflows/document/diagnostics/diagnostics.ts';

const text = 'x\n'.repeat(10_000);
const at = (line: number) => ({ start: 2 * line, end: 2 * line + 1 });

describe('findings', () => {
  it('keep the first in the order of the text, and count all', () => {
    const findings = createFindings('p.yaml', text);
    // 7919 and 10,000 have no common divisor: every line comes once.
    for (let n = 0; n < 10_000; n += 1)
      findings.report('unknown-step', at((n * 7919) % 10_000), { id: `s${n}`, allowed: ['a'] });
    expect(findings.counts()).toEqual({ errors: 10_000, warnings: 0 });
    const lines = findings.diagnostics().map(({ line }) => line);
    expect(lines).toEqual(Array.from({ length: MAX_DIAGNOSTICS }, (_, index) => index + 1));
  });

  it('keep errors before warnings', () => {
    const findings = createFindings('p.yaml', text);
    for (let line = 0; line < 500; line += 1) findings.report('unset-variable', at(line), { variable: 'X' });
    for (let line = 600; line < 750; line += 1) findings.report('unknown-step', at(line), { id: 's', allowed: ['a'] });
    expect(findings.counts()).toEqual({ errors: 150, warnings: 500 });
    const shown = Map.groupBy(findings.diagnostics(), ({ severity }) => severity);
    expect([shown.get('warning')?.length, shown.get('error')?.length]).toEqual([50, 150]);
    expect(shown.get('error')?.at(-1)?.line).toBe(750);
  });

  it('do not make what is not shown', () => {
    const findings = createFindings('p.yaml', text);
    let made = 0;
    for (let line = 0; line < 10_000; line += 1) {
      findings.report('unknown-step', at(line), () => {
        made += 1;
        return { id: 's', allowed: ['a'] };
      });
    }
    expect(made).toBe(MAX_DIAGNOSTICS);
    expect(findings.counts().errors).toBe(10_000);
  });

  it('cut messages', () => {
    const findings = createFindings('p.yaml', text);
    findings.add(at(0), { code: 'x', severity: 'error', message: 'm'.repeat(100_000), hint: 'h'.repeat(100_000) });
    const [diagnostic] = findings.diagnostics();
    expect([diagnostic?.message.length, diagnostic?.hint?.length]).toEqual([2001, 2001]);
  });
});
