import { azureUtterances, isAzureResult } from './azure-results.ts';
import { jsonRecords } from './json-records.ts';
import { recordUtterances } from './json-utterances.ts';
import { kaldiUtterance, tabUtterance, trnUtterance } from './line-forms.ts';
import type { TranscribedUtterance, TranscriptFault, TranscriptForm, TranscriptSide } from './transcript.ts';

/** What a file says, in which form it was read, and the first fault, with which there is nothing else. */
export interface Transcript {
  readonly form: TranscriptForm;
  readonly utterances: readonly TranscribedUtterance[];
  readonly fault?: TranscriptFault;
}

/**
 * The utterances in the text of a file, in the order of the file. Without a `form` the text tells it:
 *
 * 1. JSON where the text begins as JSON does: `azure` when a record has recognised phrases, else `json`.
 * 2. `tab` when there is a tab in any line.
 * 3. `trn` when the first line ends in `(id)`.
 * 4. `kaldi` else.
 *
 * Every later line has to be of that form, so that a file of two forms or of none is a fault. An id that occurs twice is one, too, and so
 * is a file without utterances. Where `trn` or `kaldi` is told from the text an id without a digit or one of `-_./\` is a fault: a text
 * without ids would else lose a word of each line, and be scored without it.
 */
export function readUtterances(
  text: string,
  { side, form }: { readonly side: TranscriptSide; readonly form?: TranscriptForm | undefined },
): Transcript {
  const content = text.replace(/^\uFEFF/, '');
  const lineForm = form === undefined ? formOfLines(content) : lineFormOf(form);
  if (lineForm !== undefined) {
    const found = fromLines(content, lineForm);
    const isTold = form !== undefined || lineForm === 'tab' || 'message' in found;
    return checked(isTold ? found : (faultOfGuess(found) ?? found), lineForm);
  }
  const records = jsonRecords(content);
  if ('message' in records) return { form: form ?? 'json', utterances: [], fault: records };
  const told = form ?? (records.some(({ value }) => isAzureResult(value)) ? 'azure' : 'json');
  const found =
    told === 'json'
      ? recordUtterances(records, side)
      : azureUtterances(records, told === 'azure-display' ? 'display' : 'lexical');
  return checked(found, told);
}

type LineForm = keyof typeof lineReaders;

const lineReaders = { tab: tabUtterance, trn: trnUtterance, kaldi: kaldiUtterance };

function lineFormOf(form: TranscriptForm): LineForm | undefined {
  return form === 'tab' || form === 'trn' || form === 'kaldi' ? form : undefined;
}

/**
 * Words in braces or brackets, which transcripts have, are no JSON, and alternations in each other are not, either. An object begins with
 * a quote, and a list with a quote or a bracket; one without anything stands alone in its line.
 */
const startsAsJson = /^\s*(?:\{\s*"|\[\s*["{[]|(?:\{\s*\}|\[\s*\])[^\S\n]*(?:\n|$))/;

/** Undefined for JSON. */
function formOfLines(content: string): LineForm | undefined {
  if (startsAsJson.test(content)) return undefined;
  const lines = linesOf(content).filter(({ line }) => line.trim() !== '');
  if (lines.some(({ line }) => line.includes('\t'))) return 'tab';
  const first = lines.find(({ line }) => !line.startsWith(';;'));
  return /\([^()\s]+\)\s*$/.test(first?.line ?? '') ? 'trn' : 'kaldi';
}

function fromLines(content: string, form: LineForm): readonly TranscribedUtterance[] | TranscriptFault {
  const readLine = lineReaders[form];
  const found: TranscribedUtterance[] = [];
  for (const { line, number } of linesOf(content)) {
    if (/^[ \t]*$/.test(line)) continue;
    const read = readLine(line);
    if (read === undefined) continue;
    if (typeof read === 'string') return { line: number, message: read };
    found.push({ ...read, fields: {}, line: number, place: `on line ${number}` });
  }
  return found;
}

function linesOf(content: string): readonly { readonly line: string; readonly number: number }[] {
  return content.split('\n').map((line, index) => ({ line: line.replace(/\r$/, ''), number: index + 1 }));
}

function faultOfGuess(found: readonly TranscribedUtterance[]): TranscriptFault | undefined {
  const word = found.find(({ id }) => !/[\d_./\\-]/.test(id) || /[,;]/.test(id));
  if (word === undefined) return undefined;
  return { line: word.line, message: `Give each line an id: ${JSON.stringify(word.id)} looks like a part of the text` };
}

function checked(found: readonly TranscribedUtterance[] | TranscriptFault, form: TranscriptForm): Transcript {
  if ('message' in found) return { form, utterances: [], fault: found };
  const fault = faultOfAll(found);
  return fault === undefined ? { form, utterances: found } : { form, utterances: [], fault };
}

function faultOfAll(found: readonly TranscribedUtterance[]): TranscriptFault | undefined {
  if (found.length === 0) return { line: 1, message: 'Give at least one utterance: there is none' };
  const places = new Map<string, string>();
  for (const { id, line, place } of found) {
    const earlier = places.get(id);
    if (earlier !== undefined) return { line, message: `Give each id once: ${JSON.stringify(id)} is also ${earlier}` };
    places.set(id, place);
  }
  return undefined;
}
