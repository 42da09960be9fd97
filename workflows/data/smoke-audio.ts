import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '../engine/ports.ts';
import { isTranscript, readTranscript } from './read-transcript.ts';
import { isWav, readWavFormat, whyNotShortAudio } from './wav-format.ts';

/**
 * What keeps an endpoint from being tried with a folder of smoke audio, each as the end of a sentence about the folder;
 * nothing when all of it can be recognised. Every WAV file is looked at, of each its header alone. Throws for what cannot be
 * read.
 */
export function faultsOfSmokeAudio(folder: string): readonly string[] {
  const names = readdirSync(folder).toSorted();
  const audio = names.filter(isWav);
  const transcripts = names.filter(isTranscript);
  const [transcript] = transcripts;
  if (audio.length === 0) return ['it has no WAV files (folders in it are not read)'];
  if (transcript === undefined)
    return ['it has no trans.txt, with a line for each WAV file: its name, a tab and what is said'];
  if (transcripts.length > 1) return [`it has several transcripts, ${transcripts.join(', ')}, and one is read`];
  const formats = audio.flatMap((name) => {
    const problem = problemOf(path.join(folder, name));
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  return [...faultsOfLines(path.join(folder, transcript), audio), ...formats];
}

/** Throws a {@link DataError} that names what {@link faultsOfSmokeAudio} finds. */
export function assertSmokeAudio(folder: string): void {
  const faults = faultsOfSmokeAudio(folder);
  const left = faults.length - mostShown;
  const shown = [...faults.slice(0, mostShown), ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  if (faults.length > 0) throw new DataError(`Correct the smoke audio in ${folder}: ${shown}`);
}

const mostShown = 20;

function faultsOfLines(transcript: string, audio: readonly string[]): readonly string[] {
  const name = path.basename(transcript);
  try {
    const lines = readTranscript(readFileSync(transcript, 'utf8'), { path: name });
    const written = new Set(lines.map(({ file }) => file));
    const there = new Set(audio);
    return [
      ...lines.flatMap(({ file, line }) =>
        there.has(file) ? [] : [`${name}:${line} names ${file}, which is not there`],
      ),
      ...audio.flatMap((file) => (written.has(file) ? [] : [`${file} has no line in ${name}`])),
    ];
  } catch (error) {
    if (error instanceof DataError) return [error.message];
    throw error;
  }
}

function problemOf(file: string): string | undefined {
  const handle = openSync(file, 'r');
  try {
    const format = readWavFormat({
      size: fstatSync(handle).size,
      read(at, length) {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(handle, bytes, 0, length, at));
      },
    });
    return typeof format === 'string' ? format : whyNotShortAudio(format);
  } finally {
    closeSync(handle);
  }
}
