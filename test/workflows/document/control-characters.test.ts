import { expect, it } from 'vitest';
import { createFindings } from '../../../workflows/document/diagnostics/diagnostics.ts';
import { readDocument } from '../../../workflows/document/yaml/read-document.ts';

it('refuses the characters that Unicode calls control characters but tab, line ends and NEL, and two that are none', () => {
  const refused: string[] = [];
  for (let unit = 0; unit < 0x1_00_00; unit += 1) {
    const text = `# ${String.fromCharCode(unit)}\nname: a`;
    const findings = createFindings('a.yaml', text);
    readDocument(text, findings);
    const isControl = findings.diagnostics().some(({ code }) => code === 'control-character');
    if (isControl) refused.push(String.fromCharCode(unit));
  }
  const all = Array.from({ length: 0x1_00_00 }, (_, unit) => String.fromCharCode(unit));
  expect(refused).toEqual(all.filter((one) => /[\p{Cc}\uFFFE\uFFFF]/u.test(one) && !'\t\n\r\u0085'.includes(one)));
});
