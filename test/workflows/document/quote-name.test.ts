import { describe, expect, it } from 'vitest';
import { escapeControls, escapeLines, maskControls, quoteName } from '../../../workflows/document/quote-name.ts';

describe('a name in a message', () => {
  it('loses its middle where it is long, and no half of a character', () => {
    expect(quoteName('x'.repeat(80))).toBe(`\`${'x'.repeat(80)}\``);
    expect(quoteName(`${'x'.repeat(60)}-${'y'.repeat(20)}`)).toBe(`\`${'x'.repeat(60)}…${'y'.repeat(16)}\``);
    expect(quoteName(`${'x'.repeat(59)}😀😀${'y'.repeat(15)}`)).toBe(`\`${'x'.repeat(59)}😀😀${'y'.repeat(15)}\``);
    expect(quoteName(`${'x'.repeat(59)}😀-----😀${'y'.repeat(15)}`)).toBe(`\`${'x'.repeat(59)}…${'y'.repeat(15)}\``);
  });
});

describe('a text that is printed', () => {
  it('steers no terminal', () => {
    expect(escapeControls('a\u001B[31mb\u202Ec\nd\u{E0041}')).toBe(String.raw`a\u001B[31mb\u202Ec\u000Ad\u{E0041}`);
  });

  it.each([
    ['::error::x', String.raw`\u003A:error::x`],
    ['  ::add-mask::x', String.raw`  \u003A:add-mask::x`],
    ['model ##vso[task.setvariable variable=a]b', String.raw`model \u0023#vso[task.setvariable variable=a]b`],
    ['###[error]x', String.raw`#\u0023#[error]x`],
    ['##teamcity[x]', String.raw`\u0023#teamcity[x]`],
  ])('gives a CI log no command: %s', (text, printed) => {
    expect(escapeControls(text)).toBe(printed);
  });

  it('is left alone where it means nothing', () => {
    for (const text of ['std::vector', '## heading [x]', 'a: b', '漢字 😀', 'C# [x]'])
      expect(escapeControls(text)).toBe(text);
  });

  it('keeps line breaks that are meant, and no command on any line', () => {
    expect(escapeLines('a\r\n::error::\u0007\n')).toBe(`a\n${String.raw`\u003A:error::\u0007`}\n`);
  });

  it('has as many characters as before where a mark stands below it', () => {
    expect(maskControls('\t::a \u202Eb ##vso[x]\u200D')).toBe('\t\uFFFD:a \uFFFDb \uFFFD#vso[x]\u200D');
  });
});
