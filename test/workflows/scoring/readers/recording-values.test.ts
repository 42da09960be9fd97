import { describe, expect, it } from 'vitest';
import { readRecordingValues } from '../../../../workflows/scoring/readers/recording-values.ts';

function valuesOf(text: string, column: string): unknown {
  const read = readRecordingValues(text, column);
  return 'values' in read ? Object.fromEntries(read.values) : `${read.line}: ${read.message}`;
}

describe('a column of a manifest', () => {
  it('is read out of a table with tabs, whose fields are as they stand', () => {
    const text = '\u{FEFF}path\taccent\tsentence\r\na.wav\tscottish\t"No, thanks\r\n\r\nclips/b.wav\t\tYes\r\n';
    expect(valuesOf(text, 'accent')).toEqual({ 'a.wav': 'scottish', 'clips/b.wav': '' });
    expect(valuesOf(text, 'sentence')).toEqual({ 'a.wav': '"No, thanks', 'clips/b.wav': 'Yes' });
  });

  it('is read out of CSV, with quotes, commas and line ends in fields', () => {
    const text = 'file,device,"said, by whom"\na,"headset, ""new""",Ada\r\n"b.wav", phone ,"Bob\nSmith"\n\nc,,""\n';
    expect(valuesOf(text, 'device')).toEqual({ a: 'headset, "new"', 'b.wav': 'phone', c: '' });
    expect(valuesOf(text, 'said, by whom')).toEqual({ a: 'Ada', 'b.wav': 'Bob\nSmith', c: '' });
  });

  it.each([
    ['', '1: Begin with a line that names the columns, separated by tabs or commas: there is none'],
    ['a.wav\nb.wav\n', '1: Begin with a line that names the columns, separated by tabs or commas: there is none'],
    ['file,age\na,1\n', '1: Name one of its columns: "accent" is none, there are "age"'],
    ['file,accent,accent\na,1,2\n', '1: Name each column once: "accent" is there twice'],
    ['file,accent\n', '1: Give at least one recording: there is none'],
    ['file\taccent\na\n', '2: Give each line as many fields as the header: it has 1, the header 2'],
    ['file,accent\na,b,c\n', '2: Give each line as many fields as the header: it has 3, the header 2'],
    ['file,accent\n,b\n', '2: Name the recording in the first column: it is empty'],
    ['file,accent\na.wav,"x\ny"\nA,z\naudio/a,y\n', '5: Name each recording once: "audio/a" is also on line 2'],
    [
      'file,accent\na,b\nb,"c\n',
      '3: Write a field in quotes from its beginning to its end, and `""` for a quote in it',
    ],
    ['file,accent\na,b "c"\n', '2: Write a field in quotes from its beginning to its end, and `""` for a quote in it'],
  ])('tells the line of the first fault of %j', (text, fault) => {
    expect(valuesOf(text, 'accent')).toBe(fault);
  });

  it('is not looked for where nobody knows it yet', () => {
    expect(readRecordingValues('file,age\na,1\n', undefined)).toHaveProperty('values');
  });

  it('takes time in proportion to a field of quotes that never ends', () => {
    expect(valuesOf(`file,accent\na,"${'""'.repeat(400_000)}`, 'accent')).toContain('2: Write a field in quotes');
    expect(valuesOf(`file,accent\na,"${'b'.repeat(800_000)}"\n`, 'accent')).toEqual({ a: 'b'.repeat(800_000) });
  });
});
