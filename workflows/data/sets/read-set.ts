import { createHash } from 'node:crypto';
import { DataError } from '../../engine/ports.ts';
import type { DataFile, DataSource } from '../check/reading/data-file.ts';
import { DataFindings } from '../check/data-findings.ts';
import { openSource } from '../check/reading/open-source.ts';
import type { FoundPlace } from '../find-places.ts';
import { readText } from '../check/reading/read-text.ts';
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
  /** Where that line stands, as `trans.txt:12` with the path as people are told it. */
  readonly line?: string | undefined;
}

export interface ReadSetOptions {
  /** Whether the recordings have a transcript. */
  readonly isTranscribed: boolean;
  readonly locale: string;
  /** Paths are relative to it. */
  readonly cwd: string;
  /** Absolute folders that links may lead to. @default anywhere */
  readonly roots?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads which recordings there are, and the transcripts, of folders, archives and files that are together a folder. A recording that is
 * there twice, with the same sound and text, is there once. What keeps a set from being read is thrown as a DataError. The files of the
 * set can be read until it is closed.
 */
export async function readSet(paths: readonly FoundPlace[], options: ReadSetOptions): Promise<RecordingSet> {
  const sources: DataSource[] = [];
  const close = (): void => sources.forEach((source) => source.close());
  try {
    const parts: Omit<RecordingSet, 'close'>[] = [];
    for (const given of paths) {
      const findings = new DataFindings({ most: 1 });
      const source = await openSource(given, { cwd: options.cwd, roots: options.roots, findings });
      sources.push(source);
      assertReadable(findings);
      parts.push(await readSource(source, options));
    }
    const recordings = await eachOnce(parts.flatMap((part) => part.recordings));
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
  const texts = new Map<string, Pick<SetRecording, 'text' | 'line'>>();
  let strayLines = 0;
  const how = { takes: 'a transcript', kind: 'Acoustic', purpose: undefined, depth: 'whole' } as const;
  for await (const { number, text } of readText(transcript, { ...how, locale, findings, signal })) {
    if (text.trim() === '') continue;
    const tab = text.indexOf('\t');
    const name = names.get(text.slice(0, Math.max(0, tab)).trim());
    if (name === undefined || texts.has(name)) strayLines += 1;
    else texts.set(name, { text: text.slice(tab + 1).trim(), line: `${transcript.path}:${number}` });
  }
  assertReadable(findings);
  return {
    recordings: recordings.map((file) => ({ name: baseName(file.name), file, ...texts.get(file.name) })),
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

/** In the order of names. What has the name of another recording has to be the same, and counts once. */
async function eachOnce(recordings: readonly SetRecording[]): Promise<readonly SetRecording[]> {
  const byName = Map.groupBy(recordings, ({ name }) => name);
  for (const [first, ...others] of byName.values())
    for (const other of others) if (first !== undefined) await assertSame(first, other);
  return [...byName.values()].flatMap(([first]) => first ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function assertSame(one: SetRecording, other: SetRecording): Promise<void> {
  const isSameSound =
    one.file.bytes === other.file.bytes && (await digestOf(one.file)).equals(await digestOf(other.file));
  if (!isSameSound)
    throw new DataError(
      `Give each recording a name of its own: ${one.file.path} and ${other.file.path} have the same, also without their folders, and differ`,
    );
  if (one.text !== other.text)
    throw new DataError(
      `Correct what is said in ${one.name}: ${one.line ?? `${one.file.path} without a line`} and ${other.line ?? `${other.file.path} without a line`} say different things of the same recording`,
    );
}

async function digestOf(file: DataFile): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of file.read()) hash.update(chunk);
  return hash.digest();
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
