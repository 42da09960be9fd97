import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import type { Pronunciation } from '../recognition/dataset-content.ts';
import { lexicalWords } from '../recognition/lexical-words.ts';
import { holdsControls } from './check-line.ts';
import { type ImportedDataset, type ImportOptions, ImportRefusal } from './imported-dataset.ts';
import { LineReport } from './line-report.ts';
import { splitLines } from './read-lines.ts';

/**
 * Imports pronunciations: `displayed form<TAB>spoken form` a line, at most 1 MB, UTF-8; Windows-1252 is accepted for
 * English (Microsoft Learn, "Training and testing datasets"). Other bytes are refused as a whole.
 */
export async function importPronunciation(path: string, options: ImportOptions): Promise<ImportedDataset> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) {
    throw new ImportRefusal(`Cannot import the file: it has ${size} bytes, at most ${MOST_BYTES} are allowed.`);
  }
  const report = new LineReport();
  const pronunciations: Pronunciation[] = [];
  for await (const { number, text } of splitLines([await readBytes(path, options.locale)])) {
    const [display = '', spoken, ...more] = text.split('\t').map((part) => part.trim());
    const fault = holdsControls(text.replaceAll('\t', ' '))
      ? 'the line holds control characters'
      : faultIn({ display, spoken, parts: 2 + more.length });
    if (fault !== undefined) {
      report.reject(`line ${number}`, text, fault);
      continue;
    }
    report.accept();
    pronunciations.push({ display, spoken: spoken as string });
  }
  return report.imported({ sentences: [], clips: [], pronunciations });
}

const MOST_BYTES = 1_048_576;

/** The bytes as UTF-8, also when English text was written in Windows-1252. */
async function readBytes(path: string, locale: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (!locale.toLowerCase().startsWith('en') || isUtf8(bytes) || bytes.indexOf(BYTE_ORDER_MARK) === 0) return bytes;
  const text = new TextDecoder('windows-1252').decode(bytes);
  // Any bytes can be decoded so: UTF-16 and what is no text at all are given away by their control characters.
  return holdsControls(text.replaceAll(/[\t\r\n]/g, ' ')) ? bytes : new TextEncoder().encode(text);
}

const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

function faultIn(line: {
  readonly display: string;
  readonly spoken: string | undefined;
  readonly parts: number;
}): string | undefined {
  if (line.spoken === undefined) return 'there is no tab between the displayed and the spoken form';
  if (line.parts > 2) return 'there is more than one tab';
  if (lexicalWords(line.display).length === 0) return 'the displayed form is empty';
  return lexicalWords(line.spoken).length === 0 ? 'the spoken form is empty' : undefined;
}
