import type { JsonRecord } from './json-records.ts';
import type { TranscribedUtterance, TranscriptFault, TranscriptSide } from './transcript.ts';

/**
 * The utterances of JSON objects, one each. The first name in the lists below that any object has is that of the id, or of the text, in the
 * whole file. An object without it is a fault: a file with references and hypotheses side by side, as NeMo writes them, would else give its
 * reference as what was recognised.
 */
export function recordUtterances(
  records: readonly JsonRecord[],
  side: TranscriptSide,
): readonly TranscribedUtterance[] | TranscriptFault {
  const idName = nameIn(records, idNames);
  const textName = nameIn(records, textNames[side]);
  const found: TranscribedUtterance[] = [];
  for (const { value, line, place } of records) {
    const id = wordOf(idName === undefined ? undefined : value[idName]);
    if (id === undefined || id === '') {
      return { line, message: `Give an id as ${idName ?? oneOf(idNames)}: there is none ${place}` };
    }
    const text = textName === undefined ? undefined : value[textName];
    if (typeof text !== 'string') {
      return { line, message: `Give a text as ${textName ?? oneOf(textNames[side])}: there is none ${place}` };
    }
    // Words end at spaces and tabs alone, and a line break is no part of a word.
    found.push({ id, text: text.replaceAll(/[\r\n]+/g, ' '), fields: fieldsOf(value), line, place });
  }
  return found;
}

/** What tools name ids: ESPnet and WeNet `key`, NeMo and the public leaderboard `audio_filepath`. */
const idNames = ['id', 'utt_id', 'utterance_id', 'utt', 'key', 'audio_filepath', 'audio_file', 'audio', 'path', 'file'];

const saidNames = ['text', 'reference', 'ref', 'transcript', 'transcription', 'sentence', 'txt'];

const textNames: Readonly<Record<TranscriptSide, readonly string[]>> = {
  reference: ['reference', 'ref', ...saidNames],
  hypothesis: ['pred_text', 'hypothesis', 'hyp', 'prediction', 'predicted', ...withoutReferences(saidNames)],
};

function withoutReferences(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== 'reference' && name !== 'ref');
}

function nameIn(records: readonly JsonRecord[], names: readonly string[]): string | undefined {
  return names.find((name) => records.some(({ value }) => Object.hasOwn(value, name)));
}

function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function fieldsOf(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      typeof member === 'boolean' || wordOf(member) !== undefined ? [[name, String(member)]] : [],
    ),
  );
}
