import { parseTranscript, type TranscriptLine } from '../document/transcript.ts';
import { DataError } from '../engine/ports.ts';

/** Whether a file of this name is taken for the transcript of the recordings beside it. */
export function isTranscript(name: string): boolean {
  return name.endsWith('.txt') || name.endsWith('.tsv');
}

/** The lines of a transcript. Throws a DataError for a line without a tab. */
export function readTranscript(text: string, { path }: { readonly path: string }): readonly TranscriptLine[] {
  const { lines, faultyLine } = parseTranscript(text);
  if (faultyLine === undefined) return lines;
  throw new DataError(`Write \`file.wav<TAB>text\` in ${path}:${faultyLine}: the line has no tab after a file name`);
}
