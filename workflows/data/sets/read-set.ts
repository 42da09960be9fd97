import { DataError } from '../../engine/ports.ts';
import type { DataFile, DataSource } from '../check/data-file.ts';
import { DataFindings } from '../check/data-findings.ts';
import { openSource } from '../check/open-source.ts';
import { readText } from '../check/read-text.ts';
import { isTranscript } from '../read-transcript.ts';
import { isWav } from '../wav-format.ts';

/** The recordings of folders and archives with what is said in them. Their names and texts are held, and their sound is not. */
export interface RecordingSet {
  /** In the order of their names, of which no two are the same. */
  readonly recordings: readonly SetRecording[];
  /** Lines of transcripts that are about no recording of the set, or about one that has its line: how many. */
  readonly strayLines: number;
  close(): void;
}

export interface SetRecording {
  /** Without a folder. */
  readonly name: string;
  readonly file: DataFile;
  /** Undefined where the transcript has no line for it, or there is no transcript. */
  readonly text?: string | undefined;
}

export interface ReadSetOptions {
  /** Whether the recordings have a transcript. */
  readonly isTranscribed: boolean;
  readonly locale: string;
  /** Paths are relative to it. */
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads which recordings there are, and the transcripts. What keeps a set from being read is thrown as a DataError. The files of the set
 * can be read until it is closed.
 */
export async function readSet(paths: readonly string[], options: ReadSetOptions): Promise<RecordingSet> {
  const sources: DataSource[] = [];
  const close = (): void => sources.forEach((source) => source.close());
  try {
    const parts: Omit<RecordingSet, 'close'>[] = [];
    for (const given of paths) {
      const findings = new DataFindings({ most: 1 });
      const source = await openSource(given, { cwd: options.cwd, findings });
      sources.push(source);
      assertReadable(findings);
      parts.push(await readSource(source, options));
    }
    const recordings = parts.flatMap((part) => part.recordings).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assertDifferentNames(recordings);
    return { recordings, strayLines: parts.reduce((sum, part) => sum + part.strayLines, 0), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function readSource(source: DataSource, options: ReadSetOptions): Promise<Omit<RecordingSet, 'close'>> {
  const { path: shown } = source;
  if (source.kind === 'file') throw new DataError(`Give a folder of recordings or a .zip: ${shown} is a file`);
  const isTaken = ({ name }: DataFile): boolean => source.kind === 'zip' || !name.includes('/');
  const files = source.files.filter((file) => isTaken(file) && !/(?:^|\/)(?:__MACOSX\/|\.)/.test(file.name));
  const recordings = files.filter(({ name }) => isWav(name));
  if (recordings.length === 0) throw new DataError(`Give a folder of recordings: there is no WAV file in ${shown}`);
  if (!options.isTranscribed)
    return { recordings: recordings.map((file) => ({ name: baseName(file.name), file })), strayLines: 0 };
  const [transcript, ...others] = files.filter(({ name }) => isTranscript(name));
  if (transcript === undefined)
    throw new DataError(
      `Add trans.txt to ${shown}: one line per WAV file, its name, a tab and what is said; or give --kind AudioFiles`,
    );
  if (others.length > 0)
    throw new DataError(
      `Leave one transcript in ${shown}: there are ${transcript.name}, ${others
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')}`,
    );
  return await withTexts(recordings, transcript, options);
}

/** Recordings with the text of the first line that is about each. */
async function withTexts(
  recordings: readonly DataFile[],
  transcript: DataFile,
  { locale, signal }: ReadSetOptions,
): Promise<Omit<RecordingSet, 'close'>> {
  const findings = new DataFindings({ most: 1 });
  const names = new Map(recordings.flatMap(({ name }) => [[baseName(name), name] as const, [name, name] as const]));
  const texts = new Map<string, string>();
  let strayLines = 0;
  const how = { takes: 'a transcript', kind: 'Acoustic', purpose: undefined, depth: 'whole' } as const;
  for await (const { text } of readText(transcript, { ...how, locale, findings, signal })) {
    if (text.trim() === '') continue;
    const tab = text.indexOf('\t');
    const name = names.get(text.slice(0, Math.max(0, tab)).trim());
    if (name === undefined || texts.has(name)) strayLines += 1;
    else texts.set(name, text.slice(tab + 1).trim());
  }
  assertReadable(findings);
  return {
    recordings: recordings.map((file) => ({ name: baseName(file.name), file, text: texts.get(file.name) })),
    strayLines,
  };
}

/** What keeps a file from being read is an error here. */
function assertReadable(findings: DataFindings): void {
  const { isRefused, diagnostics } = findings.found();
  const [first] = diagnostics;
  if (!isRefused || first === undefined) return;
  const hint = first.hint === undefined ? '' : ` (${first.hint})`;
  throw new DataError(`Mend ${first.path}, for example with \`speechops data fix\`: ${first.message}${hint}`);
}

function assertDifferentNames(recordings: readonly SetRecording[]): void {
  const again = recordings.find(({ name }, index) => recordings[index - 1]?.name === name);
  if (again === undefined) return;
  const places = recordings.filter(({ name }) => name === again.name).map(({ file }) => file.path);
  throw new DataError(
    `Give each recording a name of its own: ${places.slice(0, 2).join(' and ')} have the same, also without their folders`,
  );
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
