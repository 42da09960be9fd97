import { isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { importDataset, type ImportOptions } from '../../emulator/ingest/import-dataset.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import { readTranscript } from '../../workflows/data/read-transcript.ts';
import { DataError } from '../../workflows/engine/ports.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateBytes, mutateText, smallerBytes } from './mutate.ts';
import { faultsOfImport } from './sane-import.ts';
import { allOf, withScratchFolder } from './scratch-folder.ts';

interface DataText {
  readonly options: ImportOptions;
  readonly bytes: Buffer;
}

/**
 * Plain text, structured text, pronunciations, output formatting and transcripts: reading them never throws but for what is declared,
 * text that is not UTF-8 is refused, and nothing is kept that is no text.
 */
export const fuzzDataTexts: FuzzLane = async (lane) =>
  await withScratchFolder(async (folder) => {
    const file = path.join(folder.path, 'data.txt');
    const local = createLocalData({ roots: [folder.path] });
    const check = async ({ options, bytes }: DataText): Promise<string | undefined> => {
      await writeFile(file, bytes);
      const result = await importDataset(file, options);
      if (result.outcome === 'imported' && !isUtf8(bytes) && !isAnsi(bytes, options))
        return 'accepted what is not UTF-8';
      const sent = await allOf(local.content(file, options.kind)).catch(refusedAs);
      const isWhole = sent === undefined || bytes.length === 0 || sent.subarray(-bytes.length).equals(bytes);
      if (!isWhole || (sent?.length ?? 0) > bytes.length + 3) return 'sends something else than the file';
      const described = await local.describe(file, options.kind).catch(refusedAs);
      if (bytes.length > 3 && (described === undefined) !== (sent === undefined))
        return 'describes what it does not send';
      if (described === undefined && bytes.length > 3 && isPlainText(bytes)) return 'refuses a text that is not empty';
      try {
        readTranscript(bytes.toString('utf8'), { path: file });
      } catch (error) {
        refusedAs(error);
      }
      const strays = await folder.strays();
      if (strays.length > 0) return `written outside of its folder: ${strays.join(', ')}`;
      return faultsOfImport(result);
    };
    return await fuzzDocuments(
      {
        draw: drawDataText,
        check,
        *smaller({ options, bytes }) {
          for (const less of smallerBytes(bytes)) yield { options, bytes: less };
        },
        show: ({ options, bytes }) =>
          `${JSON.stringify(options)} ${JSON.stringify(bytes.toString('latin1'))} (Latin-1)`,
      },
      lane,
    );
  });

function refusedAs(error: unknown): undefined {
  if (!(error instanceof DataError)) throw error;
}

/** UTF-8 without control characters, and no markup of a page. */
function isPlainText(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  return (
    isUtf8(bytes) && !/(?![\t\r\n])\p{Cc}/u.test(text) && !/^\uFEFF?\s*<|^\{\\rtf|^%PDF|^(?:version|outs)/.test(text)
  );
}

/** English pronunciations may be Windows-1252, which has no control characters but tabs and line ends, and no byte order mark. */
function isAnsi(bytes: Buffer, { kind, locale }: ImportOptions): boolean {
  const text = new TextDecoder('windows-1252').decode(bytes);
  if (text.startsWith('ï»¿')) return false;
  return kind === 'Pronunciation' && locale.startsWith('en') && !/(?![\t\r\n])\p{Cc}/u.test(text);
}

const seeds: Readonly<Record<'Language' | 'LanguageMarkdown' | 'OutputFormatting' | 'Pronunciation', string>> = {
  Language:
    'please refill the amoxicillin\nthe number is 555 0100\nno no no no\n\nsee www.example.org\nmoin Grüße 20°\n東京です。\n',
  LanguageMarkdown:
    '// pets\n@ list pet =\n- cat\n- dog\n@ list empty =\n@ speech:phoneticlexicon\n- cat/k ae t\n#Sentences\n- I have a {@pet}\n- A {@bird} {@pet} {@PET\nstray\n',
  OutputFormatting: '#itn\n\\d-\\d\n#rewrite\nold\tnew\n#profanity\nx\n#test\na\tb\n#unknown\ny\n',
  Pronunciation: 'IEEE\ti triple e\r\n3CPO\tthree c p o\nno tab\na\tb\tc\nX\t\n\ty\ncafé\tca fay\n',
};
const kinds = Object.keys(seeds) as (keyof typeof seeds)[];
const pieces = [
  ...hostileTexts,
  '{@pet}',
  '{@',
  '- ',
  '@ list a =\n',
  '#S\n',
  '- {@a} {@b}\n',
  '/',
  '//',
  'a\tb\n',
  'a.wav\tb\n',
  '\t',
  '\n',
];

function drawDataText(draws: Draws): DataText {
  const kind = draws.pick(kinds);
  const options: ImportOptions = {
    kind,
    locale: draws.pick(['en-US', 'en-GB', 'de-DE', 'ja-JP', 'fr-FR', 'ar-SA']),
    textNormalizationKind: draws.pick(['Default', 'None']),
  };
  const seed = draws.chance(0.8) ? seeds[kind] : draws.several(12, () => draws.pick(pieces)).join('');
  const text = `${draws.chance(0.2) ? '\uFEFF' : ''}${mutateText(seed, { draws, pieces })}`.repeat(
    draws.chance(0.02) ? 200 : 1,
  );
  const bytes = Buffer.from(text, draws.chance(0.85) ? 'utf8' : draws.pick(['utf16le', 'latin1']));
  return { options, bytes: draws.chance(0.3) ? mutateBytes(bytes, draws) : bytes };
}
