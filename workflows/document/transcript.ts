export interface TranscriptLine {
  readonly file: string;
  readonly text: string;
  /** 1-based, for messages. */
  readonly line: number;
}

/** What a transcript says, up to its first line that says nothing of a recording. */
export interface Transcript {
  readonly lines: readonly TranscriptLine[];
  /** The number of a line without a tab after a file name. */
  readonly faultyLine?: number;
}

/** Reads the lines `file.wav<TAB>text` of a transcript (Microsoft Learn, "Human-labeled transcriptions"), blank lines left out. */
export function parseTranscript(text: string): Transcript {
  const lines: TranscriptLine[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (raw.trim() === '') continue;
    const tab = raw.indexOf('\t');
    if (tab < 1) return { lines, faultyLine: index + 1 };
    lines.push({ file: raw.slice(0, tab).trim(), text: raw.slice(tab + 1).trim(), line: index + 1 });
  }
  return { lines };
}

/** The transcript with other texts on some of its lines, by their numbers; all else stays as it was written, spaces and line ends included. */
export function withOtherTexts(transcript: string, texts: ReadonlyMap<number, string>): string {
  const written = transcript.split('\n');
  for (const { line, text } of parseTranscript(transcript).lines) {
    const other = texts.get(line);
    if (other === undefined) continue;
    const raw = written[line - 1] ?? '';
    const at = raw.indexOf(text, raw.indexOf('\t') + 1);
    written[line - 1] = raw.slice(0, at) + other + raw.slice(at + text.length);
  }
  return written.join('\n');
}
