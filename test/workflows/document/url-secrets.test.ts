import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../../workflows/document/diagnostics/format-diagnostics.ts';
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
    [`http://h/my file.txt?sv=1&sig=${secret}`, 'http://h/my file.txt'],
    [`http://h/my\tfile\n.txt?q=a b&sig=${secret} x`, 'http://h/my\tfile\n.txt'],
    [`http://h/o'brien <1> "x".zip?sig=${secret}`, `http://h/o'brien <1> "x".zip`],
    [`https://user:${secret}@[::1]:1/x y?q=${secret}#${secret}`, 'https://[::1]:1/x y'],
    [`https://us er:${secret}@${secret}@h/x`, 'https://h/x'],
    [`https:\\\\user:${secret}@h/x`, 'https:\\\\h/x'],
    [`https://h/\${{ inputs.file }}?sv=1&sig=${secret}`, 'https://h/${{ inputs.file }}'],
    [`https://h/x?\${{ env.SAS }}&sig=${secret}`, 'https://h/x?${{ env.SAS }}'],
    [`https://h/\${{ x?sig=${secret}`, 'https://h/${{ x'],
    [`https://h/x then https://u:${secret}@h/y`, 'https://h/x then https://h/y'],
    [`of http://h/my file.txt?sv=1&sig=${secret}, which ends`, 'of http://h/my file.txt, which ends'],
    [`of http://h/my file.txt?q=a b&sig=${secret}`, 'of http://h/my file.txt b'],
    [`of "http://h/my file.txt?q=a b ${secret}" it is`, 'of "http://h/my file.txt" it is'],
    [`of 'http://h/o''brien.txt?sig=${secret}' it is`, "of 'http://h/o''brien.txt' it is"],
    ['see https://host/a for it. Is it? Yes', 'see https://host/a for it. Is it? Yes'],
  ])('is shown without what gives access: %s', (written, shown) => {
    expect(shownSource(written)).toBe(shown);
    expect(quoteName(written)).not.toContain(secret);
  });

  it('keeps its columns in the line of a document, and what is to be evaluated yet', () => {
    const line = `  from: "https://u:${secret}@host/x?sv=1&sig=${secret}"  # text`;
    expect(hideInUrls(line)).toBe('  from: "https://********@host/x?***************"  # text');
    expect(hideInUrls('from: https://host/x?${{ env.SAS }}')).toBe('from: https://host/x?${{ env.SAS }}');
    expect(hideInUrls(`from: https://host/my ${'${{ inputs.x }}'}.txt?sig=${secret} # text`)).toBe(
      'from: https://host/my ${{ inputs.x }}.txt?********** # text',
    );
    expect(hideInUrls(`{ from: 'https://u:${secret}@h/a b?q=c ${secret}' }`)).toBe(
      "{ from: 'https://********@h/a b?**********' }",
    );
  });

  it('is found in a long line without more work for each character of it', () => {
    const parts = [
      'https://',
      'https://${{',
      'https://a@',
      'https://x?${{ a }}',
      'https://x?"',
      '${{ a',
      '?${{',
      '}}"',
      'y',
    ];
    for (const part of parts) {
      const line = `https://x?${part.repeat(200_000 / part.length)}`;
      expect(hideInUrls(line).length).toBe(line.length);
      expect(shownSource(`of ${line}`).length).toBeLessThanOrEqual(line.length + 3);
      expect(shownSource(line).length).toBeLessThanOrEqual(line.length);
    }
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
