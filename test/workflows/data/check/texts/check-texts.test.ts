import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importDataset } from '../../../../../emulator/ingest/import-dataset.ts';
import { checkData } from '../../../../../workflows/data/check/check-data.ts';
import type { CheckedSet } from '../../../../../workflows/data/check/checked-set.ts';
import { type DrawnText, drawText, drawUtterance } from '../../../../data-sets/draw-texts.ts';
import { writeSet } from '../../../../data-sets/make-set.ts';
import { createDraws } from '../../../../fuzz/draws.ts';
import { hostileTexts } from '../../../../fuzz/hostile-texts.ts';
import { mutateBytes, mutateText } from '../../../../fuzz/mutate.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'speechops-texts-'));
  file = path.join(folder, 'data.txt');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function checked(kind: DrawnText['kind'], content: string | Uint8Array, locale = 'en-US'): Promise<CheckedSet> {
  writeFileSync(file, content);
  return await checkData([file], { kind, locale, cwd: folder });
}

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

describe('a text without a fault', () => {
  it('is taken by the check and by the emulator, with as many lines', async () => {
    for (const seed of seeds) {
      const draws = createDraws(seed);
      const { kind, lines } = drawText(draws);
      const text = draws.pick(['', '\uFEFF']) + lines.join(draws.pick(['\n', '\r\n'])) + draws.pick(['', '\n']);
      const found = await checked(kind, text);
      expect(
        found.diagnostics.filter(({ severity }) => severity === 'error'),
        `seed ${seed}`,
      ).toEqual([]);
      expect(found).toMatchObject({ isRefused: false, rejected: 0 });
      const imported = await importDataset(file, { kind, locale: 'en-US', textNormalizationKind: 'Default' });
      expect(imported, `seed ${seed}`).toMatchObject({
        outcome: 'imported',
        rejectedLineCount: 0,
        acceptedLineCount: found.lines,
      });
    }
  });
});

describe('a text with one fault', () => {
  it('has it found on its line, and nothing else', async () => {
    for (const seed of seeds) {
      const draws = createDraws(seed);
      const { kind, lines, open, faults } = drawText(draws);
      const { line, code } = draws.pick(faults);
      const before = lines.length - draws.below(open);
      const text = [...lines.slice(0, before), line, ...lines.slice(before)].join('\n');
      const { diagnostics } = await checked(kind, text);
      const found = diagnostics.filter(({ severity, path: at }) => severity === 'error' || at === file);
      expect(
        found.some((one) => one.code === code && one.line === before + 1),
        `seed ${seed}: ${line}`,
      ).toBe(true);
      // What follows a heading that is none belongs nowhere.
      const isHeading = /^[@#]/.test(line);
      expect(
        found.filter((one) => one.code !== code && one.severity === 'error' && !isHeading),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });
});

describe('a transcript', () => {
  const faults = [
    ['{name}    good morning', 'no-tab'],
    ['{name},good morning', 'no-tab'],
    ['audio/{name}\tgood morning', 'path-in-name'],
    ['no-such.wav\tgood morning', 'missing-recording'],
    ['r-{n}\tgood morning', 'recording-ending'],
    ['R-{n}.WAV\tgood morning', 'recording-case'],
    ['{name}\t', 'no-words'],
    ['{name}\tsee https://contoso.com', 'uri'],
    ['{name}\tno no no no', 'repetition'],
    ['{name}\tgood\u0003morning', 'control-character'],
  ] as const;

  it.each(faults)(
    'without a fault is taken by the emulator, too, and %j is found on its line',
    async (pattern, code) => {
      const draws = createDraws(faults.findIndex(([one]) => one === pattern) + 1);
      const numbers = [1, 2, 3, 4, 5];
      const wavs = Object.fromEntries(numbers.map((n) => [`r-${n}.wav`, { wav: { seconds: 4 } }]));
      const lines = numbers.map((n) => `r-${n}.wav\t${drawUtterance(draws)}`);
      await writeSet(folder, { 'good.zip': { zip: { ...wavs, 'trans.txt': `${lines.join('\n')}\n` } } });
      const zip = path.join(folder, 'good.zip');
      const good = await checkData([zip], { kind: 'Acoustic', locale: 'en-US', cwd: folder });
      expect(good.counts.errors).toBe(0);
      expect(good.spoken).toHaveLength(5);
      const imported = await importDataset(zip, {
        kind: 'Acoustic',
        locale: 'en-US',
        textNormalizationKind: 'Default',
      });
      expect(imported).toMatchObject({ outcome: 'imported', acceptedLineCount: 5, rejectedLineCount: 0 });

      const at = draws.below(5);
      lines[at] = pattern.replace('{name}', `r-${at + 1}.wav`).replace('{n}', String(at + 1));
      await writeSet(folder, { 'bad.zip': { zip: { ...wavs, 'trans.txt': `${lines.join('\n')}\n` } } });
      const bad = await checkData([path.join(folder, 'bad.zip')], { kind: 'Acoustic', locale: 'en-US', cwd: folder });
      expect(bad.diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([{ code, line: at + 1 }]);
      expect(bad).toMatchObject({ lines: 5, rejected: 1, isRefused: false });
      expect(bad.spoken).toHaveLength(4);
    },
  );

  it('of which no line is taken makes the service refuse the set', async () => {
    await writeSet(path.join(folder, 'none'), { 'a.wav': { wav: {} }, 'trans.txt': 'a.wav good morning\n' });
    const found = await checkData([path.join(folder, 'none')], { kind: 'Acoustic', locale: 'en-US', cwd: folder });
    expect(found).toMatchObject({ lines: 1, rejected: 1, isRefused: true });
  });
});

describe('hostile text', () => {
  it('is never thrown, whatever the bytes', async () => {
    const locales = ['en-US', 'de-DE', 'ja-JP', 'zh-CN', 'ko-KR', 'ar-SA', 'th-TH'];
    for (let seed = 1; seed <= 2000; seed += 1) {
      const draws = createDraws(seed);
      const { kind, lines } = drawText(draws);
      const text = mutateText([...lines, draws.pick(hostileTexts)].join('\n'), { draws, pieces: hostileTexts });
      const encoding = draws.pick(['utf8', 'utf8', 'utf16le', 'latin1'] as const);
      const bytes = draws.chance(0.5) ? Buffer.from(text, encoding) : mutateBytes(Buffer.from(text, encoding), draws);
      const found = await checked(kind, bytes, draws.pick(locales));
      const isSane = found.diagnostics.every(
        ({ line, column, endColumn, message }) => line > 0 && column > 0 && endColumn >= column && message.length < 400,
      );
      expect(isSane, `seed ${seed}`).toBe(true);
    }
  });

  it.each([
    ['the starts of a scheme', 'a.'.repeat(150_000)],
    ['tags', '<a '.repeat(100_000)],
    ['references', '- {@'.repeat(100_000)],
    ['quotes and spaces', '" , '.repeat(200_000)],
    ['marks of letters', 'e\u0301'.repeat(100_000)],
    ['short lines', 'www.\n'.repeat(30_000)],
    ['lists', '@ list a =\n- {@b}\n'.repeat(20_000)],
  ])('takes no more than its share of time: %s', async (_, text) => {
    for (const kind of ['Language', 'LanguageMarkdown', 'Pronunciation', 'OutputFormatting'] as const)
      await checked(kind, text);
    await writeSet(path.join(folder, 'slow'), { 'a.wav': { wav: {} }, 'trans.txt': `a.wav\t${text}` });
    await checkData([path.join(folder, 'slow')], { kind: 'Acoustic', locale: 'en-US', cwd: folder });
  });
});

describe("Microsoft's own samples", () => {
  // sampledata/customspeech/en-US of the Speech SDK's repository.
  it.each([
    [
      'LanguageMarkdown',
      '@ list locale =\n- english\n- spanish\n\n@ list programming_language =\n- python\n- .net\n\n\n@ speech:phoneticlexicon\n- .net/D AO T N EH T\n\n# SomeTrainingSentence\n- Microsoft custom speech supports structured text input files in {@locale}\n- There are open-source libraries written in {@programming_language} to help you train a custom speech model\n- This is another training sentence for custom speech which does not refer to a list',
    ],
    [
      'LanguageMarkdown',
      '@ list media_title =\n- \'Freebird\'\n- all right i""ll sign the papers\n- can \' t hold us\n- 2\n\n# TestIntent\n- {@media_title}\n- {@media_title} .\n- "play "" {@media_title} """\n- Siri - find reviews for {@media_title}\n',
    ],
    [
      'OutputFormatting',
      '// structured custom dpp rule definition file\n\n# itn\ncat-\\d\n\\d\\d{to>-}\\d\\d {K>cadence}\n\n# rewrite\nend to end\tE2E\nbridge & tunnel bottleshop & taproom\tBridge & Tunnel Bottleshop & Taproom\n\n# profanity\nfake word\n\n# test\nprofanity word fake word and masked word should be masked\tProfanity word **** **** and ****** **** should be masked\n',
    ],
    ['Pronunciation', 'cervus\tservice\ncoelophysis\tcole office is\n3CPO\tthree c p o\nIEEE\ti triple e\n'],
  ] as const)('are taken: %s', async (kind, text) => {
    const { diagnostics } = await checked(kind, text);
    expect(diagnostics).toEqual([]);
  });
});
