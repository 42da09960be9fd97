import { describe, expect, it } from 'vitest';
import { parseTranscript, withOtherTexts } from '../../../workflows/document/transcript.ts';

describe('withOtherTexts', () => {
  it('writes other texts on lines, and leaves every other character as it is', () => {
    const written = '\uFEFFa.wav\ta.wav is named \r\n\n b.wav \t  two words\t\r\nc.wav\tthree';
    const texts = new Map([
      [1, 'one'],
      [3, 'two'],
    ]);
    const corrected = withOtherTexts(written, texts);
    expect(corrected).toBe('\uFEFFa.wav\tone \r\n\n b.wav \t  two\t\r\nc.wav\tthree');
    expect(parseTranscript(corrected).lines.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(withOtherTexts(written, new Map())).toBe(written);
  });

  it('writes a text where there was none', () => {
    expect(withOtherTexts('a.wav\t\nb.wav\tx\n', new Map([[1, 'said']]))).toBe('a.wav\tsaid\nb.wav\tx\n');
  });
});
