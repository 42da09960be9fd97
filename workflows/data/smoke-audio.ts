import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { decodeText } from '../document/decode-text.ts';
import { DataError } from '../engine/ports.ts';
import { whyNotData } from './data-roots.ts';
import { isTranscript, readTranscript } from './read-transcript.ts';
import { isWav, readWavFormat, type WavFormat, whyNotShortAudio } from './wav-format.ts';

interface Folders {
  /** Absolute folders that data may lie in, links resolved: what lies elsewhere is not read. */
  readonly roots: readonly string[];
}

/**
 * What keeps an endpoint from being tried with a folder of smoke audio, each as the end of a sentence about the folder;
 * nothing when all of it can be recognised. Every WAV file is looked at, of each its header alone. Throws for a folder that
 * cannot be listed.
 */
export function faultsOfSmokeAudio(folder: string, { roots }: Folders): readonly string[] {
  if (whyNotData(realpathSync(folder), roots) !== undefined) return [elsewhere(roots)];
  const names = readdirSync(folder).toSorted();
  const audio = names.filter(isWav);
  const transcripts = names.filter(isTranscript);
  const [transcript] = transcripts;
  if (audio.length === 0) return ['it has no WAV files (folders in it are not read)'];
  if (transcript === undefined)
    return ['it has no trans.txt, with a line for each WAV file: its name, a tab and what is said'];
  if (transcripts.length > 1) return [`it has several transcripts, ${transcripts.join(', ')}, and one is read`];
  const faultOf = (name: string, look: (file: string) => string | undefined): readonly string[] => {
    const problem = problemOf(path.join(folder, name), { roots, look });
    return problem === undefined ? [] : [`${name} ${problem}`];
  };
  const unread = faultOf(transcript, whyTooLong);
  const lines = unread.length > 0 ? unread : faultsOfLines(path.join(folder, transcript), audio);
  return [...lines, ...audio.flatMap((name) => faultOf(name, whyNotHeard))];
}

/** Throws a {@link DataError} that names what {@link faultsOfSmokeAudio} finds. */
export function assertSmokeAudio(folder: string, folders: Folders): void {
  const faults = faultsOfSmokeAudio(folder, folders);
  const left = faults.length - mostShown;
  const shown = [...faults.slice(0, mostShown), ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  if (faults.length > 0) throw new DataError(`Correct the smoke audio in ${folder}: ${shown}`);
}

/** Whether a name in a folder of audio may not be in a zip, which has no backslashes and no control characters in names. */
export function isUnpackable(name: string): boolean {
  return /[\\\p{Cc}]/u.test(name);
}

/** A word has a letter, a mark or a digit of some script. */
const hasWord = /[\p{L}\p{M}\p{N}]/u;

const mostShown = 20;
/** Some hundred hours of speech: a longer file is no transcript of smoke audio, and would fill the memory of the process. */
const mostTranscriptBytes = 16 * 1024 ** 2;

function faultsOfLines(transcript: string, audio: readonly string[]): readonly string[] {
  const name = path.basename(transcript);
  try {
    const { text, fault } = decodeText(readFileSync(transcript));
    if (fault !== undefined) {
      const line = text.slice(0, fault.start).split('\n').length;
      return [`${name} is ${fault.isUtf16 ? 'UTF-16' : `no UTF-8 in line ${line}`}: save it as UTF-8`];
    }
    const lines = readTranscript(text, { path: name });
    const written = new Map(lines.toReversed().map(({ file, line }) => [file, line]));
    const there = new Set(audio);
    const isSilent = lines.some(({ text: said }) => said !== '') && !lines.some(({ text: said }) => hasWord.test(said));
    return [
      ...(isSilent ? [`${name} has no word in any line, so that nothing is compared with what is recognised`] : []),
      ...lines.flatMap(({ file, line, text: said }) => {
        if (!there.has(file)) return [`${name}:${line} names ${file}, which is not there`];
        if (written.get(file) !== line) return [`${name}:${line} names ${file} again, after line ${written.get(file)}`];
        return said === '' ? [`${name}:${line} does not say what is said in ${file}`] : [];
      }),
      ...audio.flatMap((file) => (written.has(file) ? [] : [`${file} has no line in ${name}`])),
    ];
  } catch (error) {
    if (error instanceof DataError) return [error.message];
    throw error;
  }
}

/** What is wrong with a file before it is opened, else what is seen in it, as the end of a sentence about it. */
function problemOf(
  file: string,
  { roots, look }: Folders & { readonly look: (file: string) => string | undefined },
): string | undefined {
  if (isUnpackable(path.basename(file))) return 'has a backslash or a control character in its name';
  try {
    if (whyNotData(realpathSync(file), roots) !== undefined) return elsewhere(roots);
    // A pipe has no end, and opening one waits for a writer.
    return statSync(file).isFile() ? look(file) : 'is no file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code === 'ENOENT' ? 'is a link to nothing' : `cannot be read (${code})`;
  }
}

function elsewhere(roots: readonly string[]): string {
  return `leads out of ${roots.join(' and ')} or into .git or .speechops, and no data is read there`;
}

function whyTooLong(transcript: string): string | undefined {
  const { size } = statSync(transcript);
  if (size <= mostTranscriptBytes) return undefined;
  return `has ${size.toLocaleString('en-US')} bytes, and at most ${mostTranscriptBytes.toLocaleString('en-US')} are read`;
}

function whyNotHeard(file: string): string | undefined {
  const format = wavFormatOf(file);
  return typeof format === 'string' ? format : whyNotShortAudio(format);
}

/** What a WAV file says about its sound, or what is wrong with it as the end of a sentence. Reads its headers alone. */
export function wavFormatOf(file: string): WavFormat | string {
  const handle = openSync(file, 'r');
  try {
    return readWavFormat({
      size: fstatSync(handle).size,
      read(at, length) {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(handle, bytes, 0, length, at));
      },
    });
  } finally {
    closeSync(handle);
  }
}
