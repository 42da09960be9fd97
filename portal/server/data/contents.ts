import { isTranscript } from '../../../workflows/data/read-transcript.ts';
import { isWav } from '../../../workflows/data/wav-format.ts';
import { parseTranscript } from '../../../workflows/document/transcript.ts';
import type { ArchivedFile, Ports } from '../../../workflows/engine/ports.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import type { Dataset, EntityFile } from '../../../workflows/plan/speech-entities.ts';
import { Kept } from '../kept.ts';
import { PortalProblem } from '../portal-context.ts';
import { archiveOf } from '../recordings.ts';
import type { ResourceSource } from '../sources.ts';

/** What a dataset consists of. */
export interface DatasetContent {
  readonly lines: readonly DatasetLine[];
  /** The recordings of its archive; none of a text. */
  readonly recordings: readonly ArchivedFile[];
  /** Whether it was read from a local file that has the same digest. */
  readonly isLocal: boolean;
  /** About how much memory it takes. */
  readonly size: number;
}

/** A line of a transcript or a text. */
export interface DatasetLine {
  /** From 1, in the order of the content. */
  readonly number: number;
  /** Empty for audio alone. */
  readonly text: string;
  /** Of pronunciations. */
  readonly spoken?: string;
  readonly recording?: string;
  /** Whether the archive has the recording. */
  readonly isThere?: boolean;
}

/** The local file of a text dataset, where the service does not give its content. */
export type LocalText = () => Promise<string | undefined>;

/** The contents of datasets, of which the last ones are kept. */
export class DatasetContents {
  readonly #kept = new Kept<DatasetContent>({ most: mostKept, sizeOf: ({ size }) => size });

  /** Throws a {@link PortalProblem} when the content cannot be shown. */
  async of(
    source: ResourceSource,
    dataset: Dataset,
    { local = async () => undefined }: { readonly local?: LocalText } = {},
  ): Promise<DatasetContent> {
    if (dataset.status !== 'Succeeded')
      throw new PortalProblem(`The service has not imported this dataset: it is ${dataset.status}`, { status: 409 });
    return await this.#kept.of(JSON.stringify([source.id, entityId(dataset.self)]), async () => {
      const read = await source.borrow(async (ports, signal) => await readContent(ports, { dataset, signal }));
      if (read !== undefined) return read;
      const text = await local();
      if (text !== undefined) return ofText(text, { kind: dataset.kind, isLocal: true });
      throw new PortalProblem(
        'The service does not give the content of this dataset, and no file of the repository has it',
        {
          status: 404,
        },
      );
    });
  }
}

/** In characters and entries: some hundred thousand lines. */
const mostKept = 96 * 1024 ** 2;
const mostBytes = 32 * 1024 ** 2;
const bytesOfLine = 100;

const textKinds: ReadonlySet<string> = new Set(['LanguageData', 'PronunciationData', 'OutputFormattingData']);

/** Undefined when the service does not give the content. */
async function readContent(
  ports: Ports,
  { dataset, signal }: { readonly dataset: Dataset; readonly signal: AbortSignal },
): Promise<DatasetContent | undefined> {
  if (dataset.kind === 'Acoustic' || dataset.kind === 'AudioFiles') {
    const archive = await archiveOf(ports, entityId(dataset.self));
    return archive === undefined ? undefined : await readArchive(ports, { archive, signal });
  }
  const files = await ports.speech.datasets.files(entityId(dataset.self));
  const file = files.find(({ kind }) => textKinds.has(kind));
  if (file === undefined) return undefined;
  refuseLarge(file.properties?.size ?? 0);
  return ofText(await ports.speech.readFile(file, { signal }), { kind: dataset.kind, isLocal: false });
}

async function readArchive(
  { speech }: Ports,
  { archive, signal }: { readonly archive: EntityFile; readonly signal: AbortSignal },
): Promise<DatasetContent> {
  const listed = await speech.listArchive(archive, { signal });
  const recordings = listed.filter(({ name }) => isWav(name));
  const name = listed.find((file) => isTranscript(file.name))?.name;
  if (name === undefined) {
    const lines = recordings.map((file, index) => ({
      number: index + 1,
      text: '',
      recording: file.name,
      isThere: true,
    }));
    return { lines, recordings, isLocal: false, size: sizeOf(lines, recordings) };
  }
  const bytes = (await speech.readRecordings(archive, [name], { mostBytes, signal })).get(name);
  if (bytes === undefined) throw tooLarge();
  const names = new Set(recordings.flatMap((file) => [file.name, baseName(file.name)]));
  const lines = parseTranscript(new TextDecoder().decode(bytes)).lines.map(({ file, text }, index) => ({
    number: index + 1,
    text,
    recording: file,
    isThere: names.has(file),
  }));
  return { lines, recordings, isLocal: false, size: sizeOf(lines, recordings) };
}

function ofText(text: string, { kind, isLocal }: { readonly kind: string; readonly isLocal: boolean }): DatasetContent {
  refuseLarge(text.length);
  const written = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const lines = written.map((line, index): DatasetLine => {
    const [display = '', spoken] = kind === 'Pronunciation' ? line.split('\t').map((part) => part.trim()) : [line];
    return { number: index + 1, text: display, ...(spoken !== undefined && { spoken }) };
  });
  return { lines, recordings: [], isLocal, size: sizeOf(lines, []) };
}

function sizeOf(lines: readonly DatasetLine[], recordings: readonly ArchivedFile[]): number {
  const texts = lines.reduce((sum, { text, spoken = '' }) => sum + text.length + spoken.length, 0);
  return texts + (lines.length + recordings.length) * bytesOfLine;
}

function refuseLarge(bytes: number): void {
  if (bytes > mostBytes) throw tooLarge();
}

function tooLarge(): PortalProblem {
  return new PortalProblem('The text of this dataset has more than 32 MiB, and is not shown here', { status: 413 });
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
