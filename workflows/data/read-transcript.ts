import { DataError } from '../engine/ports.ts';

export interface TranscriptLine {
  readonly file: string;
  readonly text: string;
  /** 1-based, for messages. */
  readonly line: number;
}

/** Whether a file of this name is taken for the transcript of the recordings beside it. */
export function isTranscript(name: string): boolean {
  return name.endsWith('.txt') || name.endsWith('.tsv');
}

/**
 * The lines `file.wav<TAB>text` of a transcript (Microsoft Learn, "Human-labeled transcriptions"), blank lines left out.
 * Throws a DataError for a line without a tab.
 */
export function readTranscript(text: string, options: { readonly path: string }): readonly TranscriptLine[] {
  const lines: TranscriptLine[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (raw.trim() === '') continue;
    const tab = raw.indexOf('\t');
    if (tab < 1) {
      throw new DataError(
        `Write \`file.wav<TAB>text\` in ${options.path}:${index + 1}: the line has no tab after a file name`,
      );
    }
    lines.push({ file: raw.slice(0, tab).trim(), text: raw.slice(tab + 1).trim(), line: index + 1 });
  }
  return lines;
}
