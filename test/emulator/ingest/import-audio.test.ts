import { describe, expect, test } from 'vitest';
import { stableHash } from '../../../emulator/recognition/stable-hash.ts';
import { noise } from '../recognition/make-clip.ts';
import { makeWav } from '../recognition/make-wav.ts';
import { type CraftedEntry, craftZip } from './craft-zip.ts';
import { importContent, importGood } from './scratch-file.ts';

const kind = 'Acoustic';
const wav = makeWav(noise('speech', 8000));

function trans(...lines: readonly string[]): CraftedEntry {
  return { name: 'trans.txt', content: Buffer.from(lines.join('\n')), deflate: true };
}

function audio(name: string, content: Uint8Array = wav): CraftedEntry {
  return { name, content, deflate: true };
}

async function reasonFor(zip: Uint8Array): Promise<string> {
  const result = await importContent(zip, { kind });
  return result.outcome === 'failed' ? `${result.code}: ${result.message}` : 'imported';
}

describe('importDataset of Acoustic', () => {
  test('gives clips with normalised transcripts, counts and the duration', async () => {
    const zip = craftZip([
      trans('\uFEFFone.wav\tHello, Doctor Smith!', 'two.wav\tPay 2 to 3 now.\r'),
      audio('one.wav'),
      audio('two.wav', makeWav(noise('two', 24_000), { sampleRate: 16000 })),
    ]);
    const { content, ...counts } = await importGood(zip, { kind });
    expect(counts).toEqual({
      outcome: 'imported',
      acceptedLineCount: 2,
      rejectedLineCount: 0,
      durationMilliseconds: 2500,
      report: [],
    });
    expect(content.clips.map(({ name, transcript, sampleRate }) => [name, transcript, sampleRate])).toEqual([
      ['one.wav', 'hello doctor smith', 8000],
      ['two.wav', 'pay two to three now', 16000],
    ]);
    expect(content.clips[0]?.samples).toEqual(noise('speech', 8000));
    expect(content.sentences).toEqual(['hello doctor smith', 'pay two to three now']);
  });

  test('discards Japanese lines with a sentence of more than 90 characters', async () => {
    // By sentence: a long line of short ones is good.
    const zip = craftZip([
      trans(`one.wav\t${'あい'.repeat(46)}`, `two.wav\t${`${'うえ'.repeat(40)}。`.repeat(2)}`),
      audio('one.wav'),
      audio('two.wav'),
    ]);
    const { content, rejectedLineCount, report } = await importGood(zip, { kind, locale: 'ja-JP' });
    expect(content.sentences).toEqual([expect.stringMatching(/^う え/)]);
    expect(rejectedLineCount).toBe(1);
    expect(report[0]?.message).toContain('more than 90 characters');
  });

  test('leaves transcripts as they are when told so', async () => {
    const zip = craftZip([trans('one.wav\tHello, 2 Doctors!'), audio('one.wav')]);
    const { content } = await importGood(zip, { kind, textNormalizationKind: 'None' });
    expect(content.clips[0]?.transcript).toBe('Hello, 2 Doctors!');
  });

  test('finds audio in a folder, and passes over what macOS adds', async () => {
    const zip = craftZip([
      { ...trans('one.wav\thello'), name: 'data/trans.txt' },
      audio('data/one.wav'),
      { name: 'data/' },
      { name: '__MACOSX/data/._trans.txt', content: Buffer.from('x') },
      { name: 'data/.DS_Store', content: Buffer.from('x') },
    ]);
    expect(await importGood(zip, { kind })).toMatchObject({ acceptedLineCount: 1, report: [] });
  });

  test('rejects each bad line with its reason and keeps the good ones', async () => {
    const bad = {
      'stereo.wav': makeWav(noise('s', 80), { channels: 2 }),
      'rate.wav': makeWav(noise('s', 80), { sampleRate: 44100 }),
      'float.wav': makeWav(noise('s', 80), { encoding: 3, bits: 32 }),
      'cut.wav': wav.subarray(0, 4000),
      'empty.wav': makeWav(new Int16Array(0)),
      'text.wav': Buffer.from('not audio'),
    };
    const lines = ['good.wav\tgood', 'good.wav\tgood again', 'missing.wav\there', 'no tab here', 'quiet.wav\t...'];
    const zip = craftZip([
      trans(...lines, ...Object.keys(bad).map((name) => `${name}\thello`), 'url.wav\tsee https://example.org'),
      ...['good.wav', 'quiet.wav', 'url.wav', 'extra.wav'].map((name) => audio(name)),
      ...Object.entries(bad).map(([name, content]) => audio(name, content)),
      audio('notes.doc'),
    ]);
    const { acceptedLineCount, rejectedLineCount, report } = await importGood(zip, { kind });
    expect({ acceptedLineCount, rejectedLineCount }).toEqual({ acceptedLineCount: 1, rejectedLineCount: 11 });
    expect(report.map(({ filename, status, message }) => `${filename} ${status} ${message}`)).toMatchInlineSnapshot(`
      [
        "good.wav Failed Error: the audio file "good.wav" is used by an earlier line.",
        "missing.wav Failed Error: the audio file "missing.wav" is not in the archive.",
        "line 4 Failed Error: there is no tab between the file name and the text.",
        "quiet.wav Failed Error: normalized text is empty.",
        "stereo.wav Failed Error: the audio file "stereo.wav" has 2 channels: 1 is allowed.",
        "rate.wav Failed Error: the audio file "rate.wav" has 44100 Hz: 8000 and 16000 are allowed.",
        "float.wav Failed Error: the audio file "float.wav" has encoding 3 with 32 bits: PCM (1) with 16 bits is allowed.",
        "cut.wav Failed Error: the audio file "cut.wav" announces 16000 bytes of samples and has 3956.",
        "empty.wav Failed Error: the audio file "empty.wav" has no samples.",
        "text.wav Failed Error: the audio file "text.wav" is not a RIFF/WAVE file.",
        "url.wav Failed Error: the line holds a URI.",
        "extra.wav Warning Warning: the transcript has no line for this audio file.",
        "notes.doc Warning Warning: the file is neither a transcript nor a .wav file and was left aside.",
      ]
    `);
    expect(report[2]).toEqual({
      filename: 'line 4',
      inputText: 'no tab here',
      message: 'Error: there is no tab between the file name and the text.',
      status: 'Failed',
    });
  });

  test('fails when no line is accepted, and says the first reason', async () => {
    expect(await reasonFor(craftZip([trans('a.wav\thello', 'b.wav\thello'), audio('c.wav')]))).toBe(
      'DataImportFailed: Cannot import the dataset: none of its 2 lines was accepted. First reason (a.wav): Error: the audio file "a.wav" is not in the archive.',
    );
    expect(await reasonFor(craftZip([trans(''), audio('c.wav')]))).toContain('it is empty');
  });

  test('fails without a transcript, with two, and with one that is not UTF-8', async () => {
    expect(await reasonFor(craftZip([audio('a.wav')]))).toContain('found none');
    expect(await reasonFor(craftZip([trans('a.wav\tx'), { ...trans('x'), name: 'b.tsv' }, audio('a.wav')]))).toContain(
      'found trans.txt, b.tsv',
    );
    const latin = { name: 'trans.txt', content: Buffer.from('a.wav\tcaf\u00e9', 'latin1') };
    expect(await reasonFor(craftZip([latin, audio('a.wav')]))).toMatch(/^NoUtf8WithBom: /);
  });
});

describe('importDataset of AudioFiles', () => {
  test('counts each recording and says what it left aside', async () => {
    const zip = craftZip([audio('a.wav'), audio('b.wav', Buffer.from('no')), audio('read.me')]);
    const { content, acceptedLineCount, rejectedLineCount, report, durationMilliseconds } = await importGood(zip, {
      kind: 'AudioFiles',
    });
    expect({ acceptedLineCount, rejectedLineCount, durationMilliseconds }).toEqual({
      acceptedLineCount: 1,
      rejectedLineCount: 1,
      durationMilliseconds: 1000,
    });
    expect(content.clips.map(({ name, transcript }) => [name, transcript])).toEqual([['a.wav', '']]);
    expect(report.map(({ filename, status }) => `${filename} ${status}`)).toEqual(['b.wav Failed', 'read.me Warning']);
  });
});

describe('hostile archives', () => {
  const good = [trans('a.wav\thello'), audio('a.wav')];

  test.each([
    ['../a.wav', 'invalid relative path'],
    ['x/../../a.wav', 'invalid relative path'],
    ['/etc/a.wav', 'absolute path'],
    ['C:/a.wav', 'absolute path'],
    ['c:a.wav', 'absolute path'],
    ['..\\a.wav', 'invalid characters'],
    ['x\\a.wav', 'invalid characters'],
    ['a\0.wav', 'control characters'],
  ])('a file named %j is refused', async (name, reason) => {
    const message = await reasonFor(craftZip([...good, audio(name)]));
    expect(message).toMatch(/^DataImportFailed: Cannot import the archive: /);
    expect(message).toContain(reason);
  });

  test.each<[string, CraftedEntry]>([
    ['a link or a device', { name: 'link.wav', content: Buffer.from('/etc/passwd'), mode: 0o120777 }],
    ['a link or a device', { name: 'pipe.wav', mode: 0o010644 }],
    ['is encrypted', { ...audio('secret.wav'), flags: 0x801 }],
    ['compression method 12', { name: 'b.wav', content: wav, method: 12 }],
    ['two files named "a.wav"', audio('a.wav')],
    ['overlaps another file', { name: 'b.wav', content: wav, deflate: true, sharesPlaceWith: 1 }],
  ])('an entry is refused: %s', async (reason, entry) => {
    expect(await reasonFor(craftZip([...good, entry]))).toContain(reason);
  });

  test.each<[string, Partial<CraftedEntry>]>([
    ['more than it has', { declaredBytes: wav.length + 5 }],
    ['less than it has', { declaredBytes: 100 }],
    ['another checksum', { crc: 1 }],
  ])('an entry that announces %s is refused', async (_lie, lie) => {
    for (const deflate of [true, false]) {
      const zip = craftZip([trans('a.wav\thello'), { ...audio('a.wav'), deflate, ...lie }]);
      expect(await reasonFor(zip)).toMatch(/^DataImportFailed: Cannot import the archive: /);
    }
  });

  test('a bomb is refused before it is unpacked', async () => {
    const zeros = { deflate: true, content: Buffer.alloc(80 * 2 ** 20) };
    expect(await reasonFor(craftZip([...good, { name: 'b.wav', ...zeros }]))).toMatch(/unpacks to \d+ times its size/);
  });

  test('a bomb that lies about its size is refused', async () => {
    const bomb = { name: 'a.wav', deflate: true, content: Buffer.alloc(80 * 2 ** 20), declaredBytes: 1000 };
    expect(await reasonFor(craftZip([trans('a.wav\thello'), bomb]))).toContain('Cannot import the archive');
  });

  test('an archive that announces to unpack to 4 GB is refused', async () => {
    expect(await reasonFor(craftZip([...good, { ...audio('b.wav'), declaredBytes: 0xfffffff0 }]))).toContain(
      'unpacks to',
    );
  });

  test('more than 10,000 files are refused, announced or not', async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}.wav` }));
    expect(await reasonFor(craftZip(many))).toContain('more than 10000 files');
    expect(await reasonFor(craftZip(good, { entryCount: 50_000 }))).toContain('50000 entries');
  });

  test('anything else than a zip file is refused', async () => {
    for (const content of [Buffer.alloc(0), Buffer.from('plain text'), Buffer.alloc(5000, 'PK')]) {
      expect(await reasonFor(content)).toContain('not a sound zip file');
    }
  });

  test('an archive with random damage gives an answer, whatever it is', async () => {
    const zip = craftZip(good);
    for (let round = 0; round < 150; round++) {
      const damaged = Buffer.from(zip);
      for (let hit = 0; hit <= round % 4; hit++) {
        damaged[stableHash('where', round, hit) % damaged.length] = stableHash('what', round, hit) & 0xff;
      }
      const cut = round % 5 === 0 ? damaged.subarray(0, stableHash('cut', round) % damaged.length) : damaged;
      expect(await reasonFor(cut)).toMatch(/^(imported|DataImportFailed: |NoUtf8WithBom: )/);
    }
  });
});
