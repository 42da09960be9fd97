import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkData } from '../../../../workflows/data/check/check-data.ts';
import { linesOfTranscript } from '../../../../workflows/data/check/lines-of-recordings.ts';
import { dataRules } from '../../../../workflows/data/check/rules/data-rules.ts';
import type { DataRule } from '../../../../workflows/data/check/rules/rule.ts';
import { type MendedData, mendData } from '../../../../workflows/data/mend/mend-data.ts';
import type { MendOptions } from '../../../../workflows/data/mend/mend-context.ts';
import { DataError } from '../../../../workflows/engine/ports.ts';
import { drawText, drawUtterance } from '../../../data-sets/draw-texts.ts';
import { type MadeFiles, writeSet } from '../../../data-sets/make-set.ts';
import { createDraws } from '../../../fuzz/draws.ts';
import { mutateBytes } from '../../../fuzz/mutate.ts';

const golden = path.join(import.meta.dirname, '../../../golden/data');
const rules: Readonly<Record<string, DataRule<never>>> = dataRules;
/** Forms of rules that are mended where it is clear what is meant: those in which it is. */
const clear = new Set([
  'audio-encoding',
  'audio-encoding.mu-law',
  'encoding',
  'encoding.euc-kr',
  'encoding.gb18030',
  'encoding.shift-jis',
  'encoding.utf-16-without-mark',
  'encoding.utf-32',
  'encoding.windows-1252',
  'half-width-punctuation',
  'invisible-character',
  'no-tab.comma',
  'no-tab.comment',
  'no-tab.spaces',
  'not-ascii',
  'special-characters',
]);
const cases = readdirSync(golden).filter(
  (name) => rules[name.split('.')[0] ?? '']?.fixed === 'always' || clear.has(name),
);

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'speechops-mend-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const mend = async (
  paths: readonly string[],
  options: Partial<MendOptions> & { readonly cwd: string },
): Promise<MendedData> =>
  await mendData(paths, { kind: 'Acoustic', locale: 'en-US', out: 'fixed', toolPath: process.env['PATH'], ...options });

describe('mending data', () => {
  it.each(cases)('takes %s out of a set, and leaves its other files as they are', async (name) => {
    const cwd = newFolder();
    const made = JSON.parse(readFileSync(path.join(golden, name, 'set.json'), 'utf8')) as MendOptions & {
      readonly files: MadeFiles;
    };
    await writeSet(cwd, made.files);
    const [top = ''] = Object.keys(made.files)[0]?.split('/') ?? [];
    const { kind, locale, purpose } = made;
    const before = await checkData([top], { kind, locale, purpose, cwd });
    const mended = await mend([top], { kind, locale, purpose, cwd });
    const after = await checkData(mended.paths, { kind, locale, purpose, cwd });
    expect(after.diagnostics.map(({ code }) => code)).not.toContain(name.split('.')[0]);
    expect(after.counts.errors).toBe(0);
    expect(readFileSync(path.join(cwd, 'fixed.diff'), 'utf8')).not.toBe('');
    const faulty = new Set(before.diagnostics.map((one) => path.basename(one.path)));
    if (top !== 'set') return;
    for (const file of readdirSync(path.join(cwd, 'set')).filter((one) => !faulty.has(one)))
      expect(readFileSync(path.join(cwd, 'fixed', file)), file).toEqual(readFileSync(path.join(cwd, 'set', file)));
  });

  it('never throws anything but a DataError, and never makes a set worse', async () => {
    const cwd = newFolder();
    for (let seed = 0; seed < 60; seed += 1) {
      const draws = createDraws(seed);
      const { kind, lines } = drawText(draws);
      const locale = draws.pick(['en-US', 'de-DE', 'ja-JP', 'zh-CN']);
      const bytes = Buffer.from(`${lines.join('\n')}\n`, draws.pick(['utf8', 'utf8', 'utf16le', 'latin1']));
      writeFileSync(path.join(cwd, `${seed}.txt`), draws.chance(0.7) ? mutateBytes(bytes, draws) : bytes);
      const before = await checkData([`${seed}.txt`], { kind, locale, cwd });
      try {
        const { paths } = await mend([`${seed}.txt`], { kind, locale, cwd, out: `fixed-${seed}` });
        const after = await checkData(paths, { kind, locale, cwd });
        // Lines that could not be read have more faults when they can.
        if (!before.isRefused) expect(after.counts.errors, `seed ${seed}`).toBeLessThanOrEqual(before.counts.errors);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
      }
    }
  });

  it('leaves good texts of every kind as they are, byte for byte', async () => {
    const cwd = newFolder();
    for (let seed = 0; seed < 40; seed += 1) {
      const { kind, lines } = drawText(createDraws(seed));
      const text = `${seed % 2 === 0 ? '\uFEFF' : ''}${lines.filter((line) => line.trim() !== '').join(seed % 3 === 0 ? '\r\n' : '\n')}`;
      writeFileSync(path.join(cwd, `${seed}.txt`), text);
      const mended = await mend([`${seed}.txt`], { kind, cwd, out: `fixed-${seed}` });
      expect(readFileSync(path.join(cwd, mended.paths[0] ?? ''), 'utf8')).toBe(text);
      expect(mended).toMatchObject({ mended: 0, same: 1, changes: { isEmpty: true } });
    }
  });

  it('gives each recording its text back, however the transcript was spoiled', async () => {
    const cwd = newFolder();
    for (let seed = 0; seed < 40; seed += 1) {
      const draws = createDraws(seed);
      const said = Array.from({ length: 6 }, (_, index) => [`Call-${index}.wav`, drawUtterance(draws)] as const);
      const spoiled = said.map(([name, text]) => draws.pick(spoilers)(name, text));
      const begin = draws.pick(['', 'file\ttext\n', '# by hand\n']);
      const end = draws.pick(['\n', '\r\n', '\r']);
      const text = `${draws.pick(['', '\uFEFF'])}${begin}${spoiled.join('\n')}\n`.replaceAll('\n', end);
      const set = `set-${seed}`;
      await writeSet(path.join(cwd, set), Object.fromEntries(said.map(([name]) => [name, { wav: { seconds: 0.1 } }])));
      writeFileSync(
        path.join(cwd, set, 'trans.txt'),
        draws.chance(0.3) ? Buffer.from(`\uFEFF${text.replace('\uFEFF', '')}`, 'utf16le') : text,
      );
      await mend([set], { cwd, out: `fixed-${seed}` });
      const lines = await linesOfTranscript(`fixed-${seed}`, { cwd });
      expect(
        lines.map((line) => [line.recording, line.text]),
        `seed ${seed}`,
      ).toEqual(said);
      const { counts } = await checkData([`fixed-${seed}`], { kind: 'Acoustic', locale: 'en-US', cwd });
      expect(counts.errors, `seed ${seed}`).toBe(0);
    }
  });

  it('keeps what could be meant in two ways, and says so', async () => {
    const cwd = newFolder();
    const said =
      'a.wav\tgood morning\nb.wav\tgood evening\nb.wav\tgood night\nc\u200Bd.wav\tit is\u200Bhere\nhello there\n';
    await writeSet(cwd, {
      'set/trans.txt': said,
      'set/{1..2}.txt.bak': 'x',
      'set/a.wav': { wav: { cut: 10 } },
      'set/b.wav': { wav: {} },
    });
    const mended = await mend(['set'], { cwd });
    expect(readFileSync(path.join(cwd, 'fixed/trans.txt'), 'utf8')).toBe(said);
    expect(mended.left).toEqual([
      'set/1.txt.bak is left out: it is no part of the set',
      'set/2.txt.bak is left out: it is no part of the set',
      'set/a.wav is cut off',
    ]);
  });

  it('writes a diff with the reasons, and converts recordings with a line for each', async () => {
    const cwd = newFolder();
    await writeSet(cwd, {
      'set/trans.txt': 'a.WAV\t“good” morning \nb.wav\tcaf\u00E9 – closed\n',
      'set/a.wav': { wav: { sampleRate: 44_100, channels: 2 } },
      'set/b.wav': { wav: {} },
    });
    const { changes } = await mend(['set'], { cwd });
    expect(changes.shown)
      .toBe(`a.wav: 44,100 Hz → 16,000 Hz, 2 channels mixed to one [audio-channels, audio-sample-rate]
--- a/trans.txt
+++ b/trans.txt
@@ -1,2 +1,2 @@ trailing-space, recording-case, not-ascii
-a.WAV\t“good” morning 
+a.wav\t"good" morning
-b.wav\tcaf\u00E9 – closed
+b.wav\tcafe - closed
`);
    expect(readFileSync(path.join(cwd, 'fixed.diff'), 'utf8')).toBe(changes.shown);
  });

  it('writes all of a diff that is larger than what is held of it', async () => {
    const cwd = newFolder();
    await writeSet(cwd, { 't.txt': { text: 'it\u2019s “fine” here \n', repeat: 30_000 } });
    const { changes, paths } = await mend(['t.txt'], { kind: 'Language', cwd });
    expect(readFileSync(path.join(cwd, paths[0] ?? ''), 'utf8')).toBe('it\'s "fine" here\n'.repeat(30_000));
    expect(readFileSync(path.join(cwd, changes.path), 'utf8').match(/^[+-]it/gm)).toHaveLength(60_000);
    expect(changes).toMatchObject({ isCut: true, shown: expect.stringMatching(/^--- a\/t\.txt/) as unknown });
    expect(changes.shown.length).toBeLessThan(20_000);
  });

  it('refuses to write where something is, and what is no such data', async () => {
    const cwd = newFolder();
    await writeSet(cwd, {
      'set/a.wav': { wav: {} },
      'x.diff': '',
      'a/t.txt': 'x',
      'b/t.txt': 'y',
      'd.pdf': '%PDF-1.4 x\n',
    });
    await expect(mend(['set'], { cwd, out: 'set' })).rejects.toThrow(
      'Name a new or empty folder with --out: set has "a.wav" in it',
    );
    await expect(mend(['set'], { cwd, out: 'x' })).rejects.toThrow('remove x.diff');
    const text = { cwd, kind: 'Language' } as const;
    await expect(mend(['set'], { ...text, out: 'y' })).rejects.toThrow(
      'Give a text file for a dataset of kind Language: set is none',
    );
    await expect(mend(['a/t.txt', 'b/t.txt'], { ...text, out: 'z' })).rejects.toThrow(
      'Give paths with different names',
    );
    await expect(mend(['d.pdf'], { ...text, out: 'w' })).rejects.toThrow(
      'Put a text in place of d.pdf: it is a PDF document',
    );
  });
});

/** What editors, spreadsheets and people make of a line. */
const spoilers: readonly ((name: string, text: string) => string)[] = [
  (name, text) => `${name}\t${text}`,
  (name, text) => `${name.toUpperCase()}\t${text}`,
  (name, text) => `${name.replace('.wav', '')}\t${text}`,
  (name, text) => String.raw`C:\data\calls\ `.trimEnd() + `${name}\t${text}`,
  (name, text) => `./audio/${name}\t${text}`,
  (name, text) => `${name}    ${text}`,
  (name, text) => `${name}, ${text}`,
  (name, text) => `"${name}","${text}"`,
  (name, text) => `${name}\t${text.replace(' ', '\t')}`,
  (name, text) => `${name}\t${text}   `,
  (name, text) => `${name}\t\u200B${text}\u00AD`,
  (name, text) => `${name}\t${text.replace(' ', '\u00A0')}`,
  (name, text) => `\uFEFF${name}\t${text}\u0000`,
  (name, text) => `${name}\t${text}\n\n\n// again\n${name}\t${text}`,
];
