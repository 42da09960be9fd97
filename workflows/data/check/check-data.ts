import type { UploadWith } from '../../../schemas/types.gen.ts';
import { isTranscript } from '../read-transcript.ts';
import { aboutFileName } from '../about-file.ts';
import type { FoundPlace } from '../find-places.ts';
import { isWav } from '../wav-format.ts';
import type { TestSets } from '../compare/test-sets.ts';
import type { WordCounts } from '../statistics/word-counts.ts';
import { checkAbout } from './check-about.ts';
import type { CheckContext, Tier } from './check-context.ts';
import type { CheckedRecording, CheckedSet, Purpose, SpokenLine } from './checked-set.ts';
import { RecordingChecks } from './recordings/check-recordings.ts';
import { checkTextFile } from './texts/check-texts.ts';
import { checkTranscript } from './texts/check-transcript.ts';
import { DamagedFile, type DataFile, type DataSource } from './reading/data-file.ts';
import { openSource } from './reading/open-source.ts';
import { DataFindings } from './data-findings.ts';
import { reportLeakOfText } from './report-leaks.ts';
import { archiveAs } from './reading/foreign-bytes.ts';

export interface CheckOptions {
  readonly kind: UploadWith['kind'];
  readonly locale: string;
  readonly purpose?: Purpose | undefined;
  /** The tier of the resource that is to take the set. @default S0 */
  readonly tier?: Tier | undefined;
  /** @default whole */
  readonly depth?: CheckContext['depth'];
  /** Paths are relative to it. */
  readonly cwd: string;
  /** Absolute folders that links may lead to. @default anywhere */
  readonly roots?: readonly string[];
  /** How many files a dataset may have. @default 10,000, as the service; what is divided before it is sent may have more */
  readonly mostFiles?: number;
  /** How many findings of a severity are kept. @default 200 */
  readonly most?: number;
  /** The test sets that training data may have nothing in common with. @default none */
  readonly tests?: TestSets | undefined;
  /** Whether recordings are answered with what was heard in them, to compare others with it: memory grows with each. @default false */
  readonly keepsHeard?: boolean | undefined;
  /** Where the words of the lines are counted that the service takes. @default they are not */
  readonly words?: WordCounts | undefined;
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks data as the service would take them, before anybody uploads them: one set, which may lie in several folders, archives and files.
 * Each file is read once, in a stream. Bad data are findings; an error of the file system is thrown.
 */
export async function checkData(places: readonly FoundPlace[], options: CheckOptions): Promise<CheckedSet> {
  const findings = new DataFindings(options);
  const { mostFiles = MOST_FILES, depth = 'whole' } = options;
  const { kind, locale, purpose, tier, tests, keepsHeard, words, onProgress, signal } = options;
  const context: CheckContext = {
    kind,
    locale,
    purpose,
    depth,
    findings,
    tier,
    tests,
    keepsHeard,
    words,
    onProgress,
    signal,
  };
  const recordingChecks = new RecordingChecks(context);
  const parts: SetPart[] = [];
  const paths = places.flatMap((place) => place);
  for (const given of places) {
    const source = await openSource(given, { ...options, findings });
    try {
      parts.push(await checkSource(source, { ...context, recordingChecks, cwd: options.cwd, mostFiles }));
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      findings.report('zip-damaged', { path: source.path }, { why: error.message });
    } finally {
      source.close();
    }
  }
  reportLeaksOfTexts(parts, context);
  recordingChecks.conclude(paths[0] ?? '.');
  const lines = parts.reduce((sum, part) => sum + part.lines, 0);
  const recordings = parts.flatMap((part) => part.recordings);
  const spoken = parts.flatMap((part) => part.spoken);
  const found = findings.found();
  const taken = new Set(recordings.map(({ name }) => name));
  const isNothingTaken =
    lines > 0 &&
    (kind === 'Acoustic' ? !spoken.some(({ recording }) => taken.has(recording)) : found.rejected >= lines);
  return { ...found, paths, kind, lines, recordings, spoken, isRefused: found.isRefused || isNothingTaken };
}

interface SetPart {
  readonly lines: number;
  readonly recordings: readonly CheckedRecording[];
  readonly spoken: readonly SpokenLine[];
}

const nothing: SetPart = { lines: 0, recordings: [], spoken: [] };

interface SourceContext extends CheckContext {
  readonly cwd: string;
  readonly recordingChecks: RecordingChecks;
  readonly mostFiles: number;
}

async function checkSource(source: DataSource, context: SourceContext): Promise<SetPart> {
  const { kind } = context;
  if (kind === 'Acoustic' || kind === 'AudioFiles') return await checkAudio(source, context);
  await checkAbout(source, { ...context, recordings: undefined });
  return await checkText(source, { ...context, kind });
}

async function checkText(source: DataSource, context: Parameters<typeof checkTextFile>[1]): Promise<SetPart> {
  const { kind } = context;
  const [file] = source.files;
  if (source.kind !== 'file' || file === undefined) {
    const is = source.kind === 'zip' ? archiveAs(source.files.map(({ name }) => name)) : 'a folder';
    context.findings.report('wrong-container', { path: source.path }, { kind, is, takes: 'one text file' });
    return nothing;
  }
  const lines = await checkTextFile(file, context);
  context.onProgress?.(file.bytes);
  return { ...nothing, lines };
}

const MOST_FILES = 10_000;

async function checkAudio(source: DataSource, context: SourceContext): Promise<SetPart> {
  const { kind, findings, mostFiles } = context;
  const at = { path: source.path };
  if (source.kind === 'file') {
    findings.report('wrong-container', at, { kind, is: 'a file', takes: 'a folder of WAV files, or a zip of them' });
    return nothing;
  }
  const files = source.files.filter(({ name }) => !isLeftByAnEditor(name));
  const recordings = files.filter(({ name }) => isWav(name) && isTaken(name, source));
  await checkAbout(source, { ...context, recordings });
  const transcripts =
    kind === 'Acoustic' ? files.filter(({ name }) => isTranscript(name) && isTaken(name, source)) : [];
  const taken = new Set([...recordings, ...transcripts]);
  for (const file of files) if (!taken.has(file) && file.name !== aboutFileName) leaveOut(file, { findings, source });
  if (taken.size > mostFiles) {
    // It is refused whatever is in them, and its parts are checked once it is split.
    findings.report('too-many-files', at, { files: taken.size, most: mostFiles });
    return { ...nothing, lines: recordings.length };
  }
  if (recordings.length === 0) {
    if (source.kind === 'folder' || files.length > 0)
      findings.report('no-data', at, { what: 'there is no WAV file in it' });
    return nothing;
  }
  const [transcript] = transcripts;
  if (kind === 'Acoustic' && transcript === undefined) findings.report('no-transcript', at, {});
  if (transcripts.length > 1)
    findings.report('several-transcripts', at, { names: transcripts.map(({ name }) => name) });
  const checked = await context.recordingChecks.check(recordings);
  if (transcript === undefined || transcripts.length > 1)
    return { lines: recordings.length, recordings: checked, spoken: [] };
  const seconds = new Map(checked.map((recording) => [recording.name, recording.seconds]));
  const isSentAsItIs = source.kind === 'zip';
  const said = await checkTranscript(transcript, { ...context, files: recordings, seconds, isSentAsItIs });
  return { ...said, recordings: checked };
}

/** Reports what is said in recordings of the training, and in test sets, too. */
function reportLeaksOfTexts(parts: readonly SetPart[], { tests, findings }: CheckContext): void {
  if (tests === undefined) return;
  for (const { text, ...at } of parts.flatMap(({ spoken }) => spoken)) reportLeakOfText(text, { at, tests, findings });
}

/** What macOS and editors leave behind is nobody's data. */
function isLeftByAnEditor(name: string): boolean {
  return /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i.test(name);
}

/** Of a folder the files at its top are packed; an archive is sent as it is. */
function isTaken(name: string, { kind }: DataSource): boolean {
  return kind === 'zip' || !name.includes('/');
}

function leaveOut(
  file: DataFile,
  { findings, source }: { readonly findings: DataFindings; readonly source: DataSource },
): void {
  const isAudio = isWav(file.name) || /\.(?:mp3|flac|ogg|opus|m4a|mp4|aac|wma|amr|aiff?|webm)$/i.test(file.name);
  const inFolder = source.kind === 'folder' && file.name.includes('/');
  const why = inFolder ? 'folders in a folder of recordings are not read' : 'it is no WAV file';
  const hint =
    isAudio && !isWav(file.name)
      ? 'Convert it to WAV: PCM of 16 bits, one channel, 8 or 16 kHz'
      : 'Move it to where it belongs';
  findings.report('left-out', { path: file.path }, { name: file.name, why, hint });
}
