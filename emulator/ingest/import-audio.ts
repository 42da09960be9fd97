import type { Clip } from '../recognition/dataset-content.ts';
import { readWav, type Wav } from '../recognition/read-wav.ts';
import { checkLine } from './check-line.ts';
import { type ImportedDataset, type ImportOptions, ImportRefusal } from './imported-dataset.ts';
import { LineReport } from './line-report.ts';
import { type ArchivedFile, openArchive } from './open-archive.ts';
import { splitLines } from './read-lines.ts';

/**
 * Imports audio with human-labelled transcripts: a zip with WAV files and exactly one `.txt` or `.tsv`, whose lines are
 * `file.wav<TAB>text` (Microsoft Learn, "Human-labeled transcriptions"). A bad line is rejected, the others stay.
 */
export async function importAcoustic(path: string, options: ImportOptions): Promise<ImportedDataset> {
  return withFiles(path, async (files) => {
    const transcripts = files.filter(({ name }) => /\.(?:txt|tsv)$/iu.test(name));
    const [transcript] = transcripts;
    if (transcript === undefined || transcripts.length > 1) {
      const found =
        transcripts.length === 0
          ? 'none'
          : transcripts
              .map(({ name }) => name)
              .slice(0, 5)
              .join(', ');
      throw new ImportRefusal(
        `Cannot find the transcript: exactly one .txt or .tsv file is allowed in the archive, found ${found}.`,
      );
    }
    if (transcript.bytes > MOST_TRANSCRIPT_BYTES) {
      throw new ImportRefusal(
        `Cannot import the transcript: it has ${transcript.bytes} bytes, at most ${MOST_TRANSCRIPT_BYTES} are allowed.`,
      );
    }
    const audio = new AudioFolder(files.filter((file) => file !== transcript));
    const report = new LineReport();
    const clips: Clip[] = [];
    for await (const { number, text: line } of splitLines([await transcript.read()])) {
      const tab = line.indexOf('\t');
      if (tab === -1) {
        report.reject(`line ${number}`, line, 'there is no tab between the file name and the text');
        continue;
      }
      const name = line.slice(0, tab).trim();
      const text = line
        .slice(tab + 1)
        .replaceAll('\t', ' ')
        .trim();
      const checked = checkLine(text, options);
      const read = await audio.read(name);
      if (read.kind === 'fault') report.reject(name, text, read.reason);
      else if (checked.kind === 'rejected') report.reject(name, text, checked.reason);
      else {
        report.accept();
        clips.push({
          name,
          transcript: checked.text,
          display: text,
          samples: read.samples,
          sampleRate: read.sampleRate,
        });
      }
    }
    for (const name of audio.unread()) report.warn(name, leftAside(name));
    return report.imported(
      { sentences: clips.map((clip) => clip.transcript), clips, pronunciations: [] },
      duration(clips),
    );
  });
}

/** Imports audio without transcripts: every WAV file of a zip counts as a line. */
export async function importAudioFiles(path: string, _options: ImportOptions): Promise<ImportedDataset> {
  return withFiles(path, async (files) => {
    const audio = new AudioFolder(files);
    const report = new LineReport();
    const clips: Clip[] = [];
    for (const { name } of files) {
      if (!/\.wav$/iu.test(name)) {
        report.warn(name, 'the file is not a .wav file and was left aside');
        continue;
      }
      const read = await audio.read(name);
      if (read.kind === 'fault') report.reject(name, '', read.reason);
      else {
        report.accept();
        clips.push({ name, transcript: '', samples: read.samples, sampleRate: read.sampleRate });
      }
    }
    return report.imported({ sentences: [], clips, pronunciations: [] }, duration(clips));
  });
}

const MOST_TRANSCRIPT_BYTES = 100 * 2 ** 20;
const MOST_SECONDS = 2 * 60 * 60;
/** Two hours of 16 kHz, and room for other chunks. */
const MOST_AUDIO_BYTES = MOST_SECONDS * 32_000 + 2 ** 20;

async function withFiles(
  path: string,
  action: (files: readonly ArchivedFile[]) => Promise<ImportedDataset>,
): Promise<ImportedDataset> {
  const archive = await openArchive(path);
  try {
    // What macOS and editors leave behind is nobody's data.
    return await action(archive.files.filter(({ name }) => !/(?:^|\/)(?:__MACOSX\/|\.)/u.test(name)));
  } finally {
    archive.close();
  }
}

/** The WAV files of an archive by name, each of which is used once. */
class AudioFolder {
  readonly #byName = new Map<string, ArchivedFile>();
  readonly #byBaseName: ReadonlyMap<string, readonly ArchivedFile[]>;
  readonly #used = new Set<ArchivedFile>();

  constructor(files: readonly ArchivedFile[]) {
    for (const file of files) this.#byName.set(file.name, file);
    this.#byBaseName = Map.groupBy(files, ({ name }) => name.slice(name.lastIndexOf('/') + 1));
  }

  async read(name: string): Promise<Wav | { readonly kind: 'fault'; readonly reason: string }> {
    const named = this.#byBaseName.get(name) ?? [];
    const file = this.#byName.get(name) ?? (named.length === 1 ? named[0] : undefined);
    if (file === undefined) return { kind: 'fault', reason: `the audio file "${name}" is not in the archive` };
    if (this.#used.has(file)) return { kind: 'fault', reason: `the audio file "${name}" is used by an earlier line` };
    this.#used.add(file);
    if (file.bytes > MOST_AUDIO_BYTES) return tooLong(name);
    const wav = readWav(await file.read());
    if (wav.kind === 'fault') return { kind: 'fault', reason: `the audio file "${name}" ${wav.message}` };
    return wav.samples.length / wav.sampleRate > MOST_SECONDS ? tooLong(name) : wav;
  }

  unread(): readonly string[] {
    return [...this.#byName.values()].filter((file) => !this.#used.has(file)).map(({ name }) => name);
  }
}

function tooLong(name: string): { readonly kind: 'fault'; readonly reason: string } {
  return { kind: 'fault', reason: `the audio file "${name}" is longer than 2 hours` };
}

function leftAside(name: string): string {
  return /\.wav$/iu.test(name)
    ? 'the transcript has no line for this audio file'
    : 'the file is neither a transcript nor a .wav file and was left aside';
}

function duration(clips: readonly Clip[]): number {
  return Math.round(clips.reduce((sum, { samples, sampleRate }) => sum + (samples.length * 1000) / sampleRate, 0));
}
