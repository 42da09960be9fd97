import { StepFailure, type StepContext } from '../engine/step-kind.ts';
import { parseTranscript, type TranscriptLine } from '../document/transcript.ts';
import { referencesIn } from '../plan/identity.ts';
import type { MeasuredSide } from '../plan/measurements.ts';
import type { EntityFile } from '../plan/speech-entities.ts';
import { outlast } from './ensure.ts';
import { alignmentIn, recognisedText, scoreFilesIn } from './swap/recognition/recognised-texts.ts';

/** What reading a test set needs. */
export type Reader = Pick<StepContext, 'ports' | 'signal' | 'report'>;

/** The recordings of a test set and their transcripts: the zip of a dataset, or those of the parts of a set. */
export type TestArchive = readonly [EntityFile, ...EntityFile[]];

/** Throws a {@link StepFailure} when a dataset has no archive. */
export async function archiveOf(dataset: string, context: Reader): Promise<TestArchive> {
  const { datasets } = context.ports.speech;
  const archives: EntityFile[] = [];
  for (const part of referencesIn(dataset)) {
    const files = await outlast(context, async () => await datasets.files(part, { signal: context.signal }));
    const archive = files.find(({ kind }) => kind === 'AcousticDataArchive');
    if (archive === undefined)
      throw new StepFailure('Choose another test dataset: this one has no archive of its recordings');
    archives.push(archive);
  }
  const [first, ...others] = archives;
  if (first === undefined) throw new StepFailure('Choose a test dataset: none is named');
  return [first, ...others];
}

/** What is said in the recordings of an archive. As the service takes it, the transcript lies beside them and is called trans.txt. */
export async function transcriptIn(archive: TestArchive, context: Reader): Promise<readonly TranscriptLine[]> {
  return linesOf(await transcriptTextIn(archive, context));
}

/** The transcript of an archive as it was written, with its byte order mark and line ends; of several one behind the other. */
export async function transcriptTextIn([first, ...others]: TestArchive, context: Reader): Promise<string> {
  let text = await textIn(first, context);
  for (const archive of others) {
    const more = (await textIn(archive, context)).replace(/^\uFEFF/, '');
    text += text === '' || text.endsWith('\n') ? more : `\n${more}`;
  }
  return text;
}

async function textIn(archive: EntityFile, context: Reader): Promise<string> {
  const found = await readFrom([archive], [transcriptName], context);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(found.get(transcriptName));
}

/** What the text of a transcript says of each recording. */
export function linesOf(text: string): readonly TranscriptLine[] {
  const { lines, faultyLine } = parseTranscript(text);
  if (faultyLine !== undefined)
    throw new StepFailure(`Check the test dataset: line ${faultyLine} of its ${transcriptName} has no tab`);
  // A recording counts once, however often it is listed.
  return [...new Map(lines.map((line) => [line.file, line])).values()];
}

/** The recordings of these names, or the transcript. */
export async function readFrom(
  archives: TestArchive,
  names: readonly string[],
  context: Reader,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { speech } = context.ports;
  const found = new Map<string, Uint8Array>();
  for (const archive of archives) {
    const wanted = names.filter((name) => !found.has(name));
    if (wanted.length === 0) break;
    const read = await outlast(
      context,
      async () => await speech.readRecordings(archive, wanted, { signal: context.signal }),
    );
    for (const [name, bytes] of read) found.set(name, bytes);
  }
  return found;
}

/**
 * What the model of one side of an evaluation recognised, by recording; undefined where the evaluation says nothing of it. What is read is put into
 * `found`, and what is there is not read again: a reading that was interrupted goes on with it.
 */
export async function recognisedIn(
  side: MeasuredSide,
  context: Reader,
  { found = new Map() }: { readonly found?: Map<string, string | undefined> } = {},
): Promise<ReadonlyMap<string, string | undefined>> {
  return await fromScoreFiles(side, { read: recognisedText, context, found });
}

/** What an evaluation says of one recording, as far as it does. */
export interface RecordingScore {
  readonly text: string | undefined;
  /** How the text aligns with what was said, as letters `C`, `S`, `D` and `I`. */
  readonly alignment: string | undefined;
}

/** What the model of one side recognised, and how that aligns with what was said, by recording. */
export async function scoresIn(side: MeasuredSide, context: Reader): Promise<ReadonlyMap<string, RecordingScore>> {
  const read = (content: string): RecordingScore => ({
    text: recognisedText(content),
    alignment: alignmentIn(content),
  });
  return await fromScoreFiles(side, { read, context, found: new Map() });
}

async function fromScoreFiles<T>(
  { evaluation, side }: MeasuredSide,
  {
    read,
    context,
    found,
  }: { readonly read: (content: string) => T; readonly context: Reader; readonly found: Map<string, T> },
): Promise<ReadonlyMap<string, T>> {
  const { speech } = context.ports;
  const { signal } = context;
  const listed: EntityFile[] = [];
  for (const part of referencesIn(evaluation.self))
    listed.push(...(await outlast(context, async () => await speech.evaluations.files(part, { signal }))));
  const files = scoreFilesIn(listed).filter((file) => file.side === side && !found.has(file.recording));
  if (files.length > manyFiles) context.report(`reading what was recognised in ${files.length} recordings`);
  for (let at = 0; at < files.length; at += batch) {
    const ended = await Promise.allSettled(
      files.slice(at, at + batch).map(async ({ recording, file }) => {
        found.set(recording, read(await outlast(context, async () => await speech.readFile(file, { signal }))));
      }),
    );
    // What was read beside a failure counts, and nothing reads any more when that is told.
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
  return found;
}

/** So many files are read at once. */
const batch = 8;
/** Reading more of them takes long enough to be told. */
const manyFiles = 100;
/** What the transcript of a test set is called. */
export const transcriptName = 'trans.txt';
