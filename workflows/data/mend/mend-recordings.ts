import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DataError } from '../../engine/ports.ts';
import type { DataFile, DataSource } from '../check/reading/data-file.ts';
import { aboutFileName } from '../about-file.ts';
import { isTranscript } from '../read-transcript.ts';
import { isWav } from '../wav-format.ts';
import { divideSound, divideSpeech, type Part } from './divide-recording.ts';
import { countText, type MendContext } from './mend-context.ts';
import { mendRecording, type MendedRecording } from './mend-recording.ts';
import { mendText } from './mend-text.ts';
import { type RenamedRecording, TranscriptMender } from './mend-transcript.ts';
import type { LineMender } from './mended-line.ts';
import { linesOfText, NoText, surveyText } from './text-lines.ts';

type Context = MendContext & { readonly target: string };

/** A recording, and how it is called in the set that is written. */
interface NamedFile extends RenamedRecording {
  readonly file: DataFile;
}

/** Mends the recordings of a folder or an archive, and then the transcript, whose lines follow what has become of them. */
export async function mendRecordings(source: DataSource, context: Context): Promise<void> {
  const { kind, done, onProgress } = context;
  if (source.kind === 'file')
    throw new DataError(
      `Give a folder of recordings or a .zip for a dataset of kind ${kind}: ${source.path} is neither`,
    );
  const { recordings, transcript, about, others } = sorted(source, context);
  for (const { path: shown } of others) done.left.push(`${shown} is left out: it is no part of the set`);
  const texts = transcript === undefined ? new Map<string, string>() : await textsOf(transcript, recordings, context);
  const written: RenamedRecording[] = [];
  const divided = new Map<string, readonly Required<Part>[]>();
  for (const recording of recordings) {
    context.signal?.throwIfAborted();
    const mended = await mendOne(recording, { ...context, recordings, text: texts.get(recording.name) });
    tell(recording, mended, context);
    const isWritten = mended.kind !== 'left' || isWav(recording.before);
    if (mended.kind === 'divided')
      divided.set(
        recording.name,
        (mended.parts ?? []).map((part) => ({ text: '', ...part })),
      );
    if (isWritten) written.push(recording);
    onProgress?.(recording.file.bytes);
  }
  if (transcript !== undefined) await mendTranscript(transcript, { ...context, source, written, divided });
  if (about !== undefined) await copy(about, path.join(folderOf(context), aboutFileName));
}

interface SortedFiles {
  readonly recordings: readonly NamedFile[];
  readonly transcript: DataFile | undefined;
  /** What is said of the set in `data.yaml`. */
  readonly about: DataFile | undefined;
  readonly others: readonly DataFile[];
}

const otherSound = /\.(?:mp3|flac|ogg|opus|m4a|mp4|aac|wma|amr|aiff?|au|caf|sph|webm)$/i;

function sorted(source: DataSource, { kind }: Context): SortedFiles {
  const files = source.files.filter(({ name }) => !/(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i.test(name));
  const isTaken = ({ name }: DataFile): boolean => source.kind === 'zip' || !name.includes('/');
  const taken = files.filter(isTaken);
  const recordings = taken
    .filter(({ name }) => isWav(name) || otherSound.test(name))
    .map((file) => ({ file, before: file.name, name: nameOf(file.name) }));
  assertDifferent(recordings);
  const texts = kind === 'Acoustic' ? taken.filter(({ name }) => /\.(?:txt|tsv)$/i.test(name)) : [];
  const proper = texts.filter(({ name }) => isTranscript(name));
  const candidates = proper.length > 0 ? proper : texts;
  if (candidates.length > 1)
    throw new DataError(
      `Leave one transcript in ${source.path}: there are ${candidates
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')}`,
    );
  const [transcript] = candidates;
  const about = taken.find(({ name }) => name === aboutFileName);
  const known = new Set<DataFile | undefined>([...recordings.map(({ file }) => file), transcript, about]);
  return { recordings, transcript, about, others: files.filter((file) => !known.has(file)) };
}

/** Without folders, in composed letters, with nothing that no archive can have, and as WAV. */
function nameOf(name: string): string {
  const base = name
    .slice(name.lastIndexOf('/') + 1)
    .normalize('NFC')
    .replaceAll(/[\\\p{Cc}]/gu, '_');
  return isWav(base) ? base : base.replace(/\.\w+$/, '.wav');
}

function assertDifferent(recordings: readonly NamedFile[]): void {
  const known = new Map<string, string>();
  for (const { name, file } of recordings) {
    const before = known.get(name);
    if (before !== undefined)
      throw new DataError(
        `Give each recording a name of its own: ${before} and ${file.path} would both become ${name}`,
      );
    known.set(name, file.path);
  }
}

/** What is said in each recording, as far as that is known before they are mended. */
async function textsOf(
  transcript: DataFile,
  recordings: readonly NamedFile[],
  { locale }: Context,
): Promise<ReadonlyMap<string, string>> {
  const mender = new TranscriptMender(recordings, { locale });
  const texts = new Map<string, string>();
  try {
    for await (const line of linesOfText(transcript, await surveyText(transcript, { locale }))) {
      if (line.unreadable !== undefined) continue;
      const { recording, said } = mender.mend(line.text);
      if (recording !== undefined) texts.set(recording, said ?? '');
    }
  } catch (error) {
    if (!(error instanceof NoText)) throw error;
  }
  return texts;
}

/** In seconds, by Microsoft Learn, "Training and testing datasets". */
const longestOf = { training: 40, any: 7200 };

async function mendOne(
  { file, name }: NamedFile,
  {
    recordings,
    text,
    ...context
  }: Context & { readonly recordings: readonly NamedFile[]; readonly text: string | undefined },
): Promise<MendedRecording> {
  const { kind, purpose, tool, signal } = context;
  const folder = folderOf(context);
  const longest = kind === 'Acoustic' && purpose === 'train' ? longestOf.training : longestOf.any;
  return await mendRecording(file, {
    targetOf: (part) => path.join(folder, part === undefined ? name : partName(name, part)),
    scratch: path.join(folder, '.mending'),
    tool,
    signal,
    // Smoke audio is heard as a whole.
    longest: purpose === 'smoke' ? Infinity : longest,
    divide(sound) {
      const options = { ...sound, longest };
      if (kind === 'Acoustic' && text === undefined) return 'the transcript has no line for it';
      const parts = kind === 'Acoustic' ? divideSpeech(text ?? '', options) : divideSound(options);
      const names = new Set(typeof parts === 'string' ? [] : parts.map((_, index) => partName(name, index + 1)));
      const taken = recordings.find((other) => names.has(other.name));
      return taken === undefined ? parts : `there is a recording ${taken.name} already`;
    },
  });
}

function partName(name: string, part: number): string {
  return name.replace(/\.wav$/i, `-${part}.wav`);
}

function tell({ file, name, before }: NamedFile, mended: MendedRecording, { log, done }: Context): void {
  if (mended.kind === 'left') {
    done.left.push(`${file.path} ${mended.why}`);
    return;
  }
  const isRenamed = name !== before;
  const changes = [...mended.changes, ...(isRenamed ? [`called ${name}`] : [])];
  const codes = mended.codes.length === 0 ? '' : ` [${[...new Set(mended.codes)].join(', ')}]`;
  if (changes.length > 0) log.write(`${before}: ${changes.join(', ')}${codes}\n`);
  if (mended.kind === 'same') done.same += 1;
  else done.mended += 1;
}

async function mendTranscript(
  transcript: DataFile,
  {
    source,
    written,
    divided,
    ...context
  }: Context & {
    readonly source: DataSource;
    readonly written: readonly RenamedRecording[];
    readonly divided: ReadonlyMap<string, readonly Required<Part>[]>;
  },
): Promise<void> {
  const { locale, log, done, onProgress, signal } = context;
  const base = transcript.name.slice(transcript.name.lastIndexOf('/') + 1);
  const name = base.replace(/\.\w+$/, (ending) => ending.toLowerCase());
  const target = path.join(folderOf(context), name);
  const mender = withParts(new TranscriptMender(written, { locale }), divided);
  const needsMark = source.kind === 'zip' && !/^en\b/i.test(locale);
  if (name !== base) log.write(`${base}: called ${name} [no-transcript]\n`);
  try {
    const how = { locale, target, mender, log, needsMark, takesAnsi: false, onProgress, signal };
    countText(transcript, { ...(await mendText(transcript, how)), done });
  } catch (error) {
    if (!(error instanceof NoText)) throw error;
    await copy(transcript, target);
    done.left.push(`${transcript.path} ${error.message}`);
  }
}

/** The line of a recording that was divided becomes a line for each part. */
function withParts(mender: TranscriptMender, divided: ReadonlyMap<string, readonly Required<Part>[]>): LineMender {
  return {
    mend(line) {
      const mended = mender.mend(line);
      const { recording } = mended;
      const parts = recording === undefined ? undefined : divided.get(recording);
      if (recording === undefined || parts === undefined) return mended;
      const lines = parts.map(({ text }, index) => `${partName(recording, index + 1)}\t${text}`);
      return { text: lines.join('\n'), reasons: [...mended.reasons, 'too-long-for-training'] };
    },
  };
}

function folderOf({ cwd, target }: Context): string {
  return path.resolve(cwd, target);
}

async function copy(file: DataFile, target: string): Promise<void> {
  await pipeline(file.read(), createWriteStream(target, { flags: 'wx' }));
}
