import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../../workflows/document/format-diagnostics.ts';
import { quoteName } from '../../../workflows/document/quote-name.ts';
import { hideInUrls, shownSource } from '../../../workflows/document/url-secrets.ts';

const secret = 'hX4pQ9';

describe('a URL of data', () => {
  it.each([
    [`https://a.blob.core.windows.net/c/x.zip?sv=1&sig=${secret}`, 'https://a.blob.core.windows.net/c/x.zip'],
    [`https://user:${secret}@host/x.zip`, 'https://host/x.zip'],
    [`https://${secret}@host:8443/x.zip#${secret}`, 'https://host:8443/x.zip'],
    [`HTTP://host?${secret}`, 'HTTP://host'],
    [`first https://a/b?${secret} then https://${secret}:@c/d`, 'first https://a/b then https://c/d'],
    ['data/what is this?.txt', 'data/what is this?.txt'],
    ['https://host/a?${{ env.SAS }}', 'https://host/a?${{ env.SAS }}'],
  ])('is shown without what gives access: %s', (written, shown) => {
    expect(shownSource(written)).toBe(shown);
    expect(quoteName(written)).not.toContain(secret);
  });

  it('keeps its columns in the line of a document, and what is to be evaluated yet', () => {
    const line = `  from: "https://u:${secret}@host/x?sv=1&sig=${secret}"  # text`;
    expect(hideInUrls(line)).toBe('  from: "https://********@host/x?***************"  # text');
    expect(hideInUrls('from: https://host/x?${{ env.SAS }}')).toBe('from: https://host/x?${{ env.SAS }}');
  });

  it('is not repeated with its signature under a diagnostic', () => {
    const source = `from: https://host/x?sig=${secret} nonsense`;
    const at = { path: 'p.yaml', line: 1, column: 36, endLine: 1, endColumn: 44 };
    const printed = formatDiagnostics([{ ...at, code: 'x', severity: 'error', message: 'Cannot read' }], {
      sources: { 'p.yaml': source },
      color: false,
    });
    expect(printed).not.toContain(secret);
    expect(printed.split('\n')[2]?.indexOf('^')).toBe(4 + 35);
  });
});
