import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../emulator/ingest/import-dataset.ts';
import { importContent, importGood } from './scratch-file.ts';

describe('importDataset of Language', () => {
  const kind = 'Language';

  test('gives normalised lines, with or without a byte order mark and with any line ends', async () => {
    for (const text of ['\uFEFFHello, world!\r\n\r\nPay 2 now\r\n', 'Hello, world!\n\nPay 2 now']) {
      const { content, ...counts } = await importGood(text, { kind });
      expect(content.sentences).toEqual(['hello world', 'pay two now']);
      expect(counts).toMatchObject({ acceptedLineCount: 2, rejectedLineCount: 0, durationMilliseconds: 0, report: [] });
    }
  });

  test('rejects lines that training text may not have', async () => {
    const text = 'good line\nsee www.example.org now\nno no no no\nno no no\n!!!\nbell \u0007 here\nftp://x';
    const { content, acceptedLineCount, report } = await importGood(text, { kind });
    expect(content.sentences).toEqual(['good line', 'no no no']);
    expect(acceptedLineCount).toBe(2);
    expect(report.map(({ filename, message }) => `${filename} ${message}`)).toEqual([
      'line 2 Error: the line holds a URI.',
      'line 3 Error: the word "no" is repeated more than 3 times.',
      'line 5 Error: normalized text is empty.',
      'line 6 Error: the line holds control characters.',
      'line 7 Error: the line holds a URI.',
    ]);
  });

  test('keeps the rules of other languages', async () => {
    const german = await importGood('Grüße aus Köln, „heute“!\nEs sind 20° draußen', { kind, locale: 'de-DE' });
    expect(german.content.sentences).toEqual(['grüße aus köln heute']);
    expect(german.rejectedLineCount).toBe(1);
    // The limit for sentences is one of transcripts.
    const japanese = await importGood(`東京です。\n${'あい'.repeat(46)}`, { kind, locale: 'ja-JP' });
    expect(japanese.content.sentences).toEqual(['東 京 で す', expect.stringMatching(/^あ い/)]);
    expect(japanese.rejectedLineCount).toBe(0);
  });

  test('fails for text that is not UTF-8, wherever the bad byte is', async () => {
    const late = Buffer.concat([Buffer.from('good line\n'.repeat(30_000)), Buffer.from([0xe4, 0x20])]);
    for (const bytes of [Buffer.from('caf\u00e9', 'latin1'), Buffer.from('\uFEFFhello', 'utf16le'), late]) {
      expect(await importContent(bytes, { kind })).toMatchObject({ outcome: 'failed', code: 'NoUtf8WithBom' });
    }
  });

  test('reads characters that fall between two pieces of the file', async () => {
    const line = 'grüße aus köln und umgebung';
    const { content } = await importGood(`${line}\n`.repeat(20_000), { kind, locale: 'de-DE' });
    expect(content.sentences).toHaveLength(20_000);
    expect(content.sentences.every((sentence) => sentence === line)).toBe(true);
  });

  test('fails for an empty file and for a line without an end', async () => {
    expect(await importContent('\uFEFF\n\n', { kind })).toMatchObject({ outcome: 'failed', code: 'DataImportFailed' });
    expect(await importContent('a'.repeat(1_200_000), { kind })).toMatchObject({ outcome: 'failed' });
  });

  test('lists at most 10,000 bad lines and counts all', async () => {
    const { rejectedLineCount, report } = await importGood(`good\n${'...\n'.repeat(10_050)}`, { kind });
    expect(rejectedLineCount).toBe(10_050);
    expect(report).toHaveLength(10_001);
    expect(report.at(-1)?.message).toBe('Warning: 50 more lines are not listed here.');
  });

  test('throws for a file that is not there', async () => {
    const options = { kind, locale: 'en-US', textNormalizationKind: 'Default' } as const;
    await expect(importDataset('/nowhere/text.txt', options)).rejects.toThrow('ENOENT');
  });
});

describe('importDataset of Pronunciation', () => {
  const kind = 'Pronunciation';

  test('gives pairs of a written and a spoken form', async () => {
    const { content, rejectedLineCount, report } = await importGood(
      '\uFEFFIEEE\ti triple e\r\nno tab\n3CPO\t three c p o \n\tempty\nX\t\na\tb\tc',
      { kind },
    );
    expect(content.pronunciations).toEqual([
      { display: 'IEEE', spoken: 'i triple e' },
      { display: '3CPO', spoken: 'three c p o' },
    ]);
    expect(rejectedLineCount).toBe(4);
    expect(report.map(({ filename }) => filename)).toEqual(['line 2', 'line 4', 'line 5', 'line 6']);
  });

  test('accepts Windows-1252 for English only', async () => {
    const bytes = Buffer.from('caf\u00e9\tca fay', 'latin1');
    expect((await importGood(bytes, { kind })).content.pronunciations[0]?.display).toBe('café');
    expect(await importContent(bytes, { kind, locale: 'fr-FR' })).toMatchObject({ code: 'NoUtf8WithBom' });
  });

  test('fails as a whole for bytes that are neither UTF-8 nor Windows-1252', async () => {
    const broken = Buffer.concat([Buffer.from('\uFEFFcafé\tca fay\nIEEE\ti triple e\n'), Buffer.from([0xe9])]);
    const utf16 = Buffer.from('\uFEFFIEEE\ti triple e\ncafé\tca fay\n', 'utf16le');
    const binary = Buffer.from('IEEE\ti triple e\n\u0000\u0001\xe9\tx\n', 'latin1');
    for (const bytes of [broken, utf16, binary, Buffer.from('a\x81\tb', 'latin1')]) {
      expect(await importContent(bytes, { kind })).toMatchObject({ outcome: 'failed', code: 'NoUtf8WithBom' });
    }
  });

  test('rejects lines with control characters', async () => {
    const { content, report } = await importGood('IEEE\ti triple e\nbell\tb\u0007\none\ttwo\rthree\tfour', { kind });
    expect(content.pronunciations).toEqual([{ display: 'IEEE', spoken: 'i triple e' }]);
    expect(report.map(({ filename, message }) => `${filename} ${message}`)).toEqual([
      'line 2 Error: the line holds control characters.',
      'line 3 Error: the line holds control characters.',
    ]);
  });

  test('fails above 1 MB', async () => {
    expect(await importContent('IEEE\ti triple e\n'.repeat(80_000), { kind })).toMatchObject({
      outcome: 'failed',
      code: 'DataImportFailed',
      message: expect.stringContaining('at most 1048576 are allowed') as string,
    });
  });
});

describe('importDataset of LanguageMarkdown', () => {
  const kind = 'LanguageMarkdown';

  test('fills lists in, so that each item is used', async () => {
    const text = `// A comment
@ list pet =
- cat
- dog
- House Mouse
@ list colour =
- red
- blue
@ speech:phoneticlexicon
- cat/k ae t
#Sentences
- I have a {@colour} {@pet}.
- Nothing to fill in
- A {@bird}
// the end
stray line
# more_sentences
- The {@Pet}`;
    const { content, acceptedLineCount, rejectedLineCount, report } = await importGood(text, { kind });
    expect(content.sentences).toEqual([
      'i have a red cat',
      'i have a blue dog',
      'i have a red house mouse',
      'nothing to fill in',
      'the cat',
      'the dog',
      'the house mouse',
    ]);
    expect(content.pronunciations).toEqual([{ display: 'cat', spoken: 'k ae t' }]);
    expect({ acceptedLineCount, rejectedLineCount }).toEqual({ acceptedLineCount: 9, rejectedLineCount: 2 });
    expect(report.map(({ filename, message }) => `${filename} ${message}`)).toEqual([
      'line 14 Error: the list "bird" is not defined.',
      'line 16 Error: the line is in no list and no section.',
    ]);
  });

  test('rejects entries of the lexicon that are no text', async () => {
    const text = '@ speech:phoneticlexicon\n- cat/k ae t\n- /k\n- \u200B/k\n- dog/d \u0000';
    const { content, report } = await importGood(text, { kind });
    expect(content.pronunciations).toEqual([{ display: 'cat', spoken: 'k ae t' }]);
    expect(report.map(({ filename, message }) => `${filename} ${message}`)).toEqual([
      'line 3 Error: a lexicon entry needs a word, a slash and its phones.',
      'line 4 Error: a lexicon entry needs a word, a slash and its phones.',
      'line 5 Error: the line holds control characters.',
    ]);
  });

  test('fills lists in behind the limit, and uses each item of lists that are too long for all sentences', async () => {
    const list = (count: number): string => Array.from({ length: count }, (_, item) => `- item${item}\n`).join('');
    const sentences = (count: number): string => '- take {@a} now\n'.repeat(count);
    const some = await importGood(`@ list a =\n${list(1800)}#S\n${sentences(40)}`, { kind, locale: 'de-DE' });
    expect(some.content.sentences).toHaveLength(1800 * 40);
    const many = await importGood(`@ list a =\n${list(3000)}#S\n${sentences(1000)}`, { kind, locale: 'de-DE' });
    expect(many.acceptedLineCount).toBe(4000);
    expect(new Set(many.content.sentences).size).toBe(3000);
  });

  test.each([
    ['20 lists', Array.from({ length: 21 }, (_, i) => `@ list l${i} =\n- a`).join('\n')],
    ['50000 sentences', `#S\n${'- x y\n'.repeat(50_001)}`],
    ['15000 lexicon entries', `@ speech:phoneticlexicon\n${'- a/b\n'.repeat(15_001)}`],
  ])('fails above %s', async (limit, text) => {
    expect(await importContent(text, { kind })).toMatchObject({
      outcome: 'failed',
      message: `Cannot import the file: it has more than ${limit}.`,
    });
  });
});

describe('importDataset of OutputFormatting', () => {
  test('counts rules by section and rejects lines outside of the limits', async () => {
    const text = `stray\n# itn\n\\d-\\d-\\d\n#rewrite\nold\tnew\nno tab\n#unknown\nx\n#itn\n${'\\d\n'.repeat(200)}`;
    const result = await importGood(text, { kind: 'OutputFormatting' });
    expect(result.acceptedLineCount).toBe(201);
    expect(result.report.map(({ filename, message }) => `${filename} ${message}`)).toEqual([
      'line 1 Error: the line is in no section: #itn, #rewrite, #profanity, #test are allowed.',
      'line 6 Error: a line of #rewrite needs a tab between its two parts.',
      'line 8 Error: the section "unknown" is unknown: #itn, #rewrite, #profanity, #test are allowed.',
      'line 209 Error: #itn has more than 200 lines.',
    ]);
    expect(result.content).toEqual({ sentences: [], clips: [], pronunciations: [] });
  });
});
