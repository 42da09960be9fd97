import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DataError, type DataPort, type LocalData, type LocalUtterance } from '../engine/ports.ts';
import { type DataCheck, dataCheckKey } from '../plan/data/data-check.ts';
import { type DataPlaces, renamePlaces, shownPlaces } from '../plan/data/data-places.ts';
import { localDataKey } from '../plan/data/local-data.ts';
import type { DatasetKind } from '../plan/speech-entities.ts';
import { askUrl } from './ask-url.ts';
import { assertInside } from './data-roots.ts';
import { readManifestFile } from './manifest-file.ts';
import {
  contentOf,
  type DataEntry,
  type DataPart,
  missingTranscript,
  openData,
  type OpenedData,
  sourceFiles,
} from './open-data.ts';
import { placesInData } from './places-in-data.ts';
import { readTranscript } from './read-transcript.ts';
import { limitsOfDataset, type PartLimits } from './sets/divide-recordings.ts';
import { assertSmokeAudio } from './smoke-audio.ts';
import { readTermsFile } from './terms-file.ts';
import { isWav, readWavFormat, whyNotShortAudio } from './wav-format.ts';
import { byteOrderMark, startsWithByteOrderMark } from './write-zip.ts';

export interface LocalDataOptions {
  /** Absolute folders that data may lie in, links resolved: what lies elsewhere is not read. */
  readonly roots: readonly string[];
  /** What one dataset holds: what is more is divided. @default as the service says */
  readonly limits?: PartLimits;
}

/**
 * Local training and test data as the Speech service takes it: folders of WAV files with a transcript become a zip,
 * text becomes UTF-8 with a byte order mark (Microsoft Learn, "Training and testing datasets"). One `.zip` is sent as it is.
 * Digests are over names and contents, so they do not depend on dates, order of listing or the machine.
 */
export function createLocalData({ roots, limits = limitsOfDataset }: LocalDataOptions): DataPort {
  const inside = async (file: string): Promise<void> => await assertInside(file, roots);
  const open = async (places: DataPlaces, kind: DatasetKind, cwd = '/'): Promise<OpenedData> =>
    await openData(places, { kind, cwd, roots, limits });
  // A run checks nothing again that its plan has checked: by the digests that were described last.
  const digests = new Map<string, string>();
  // Nor does it read everything again to know that nothing has changed.
  const described = new Map<string, { readonly version: string; readonly data: LocalData }>();
  const checked = new Map<string, { readonly digest: string | undefined; readonly check: DataCheck }>();
  return {
    async describe(places, kind) {
      return await explained(places, async () => {
        const key = localDataKey({ from: places, kind });
        const data = await open(places, kind);
        try {
          const version = await versionOf(data.files);
          const before = described.get(key);
          const isSame = before !== undefined && version !== undefined && before.version === version;
          const found = isSame ? before.data : await describe(data, shownPlaces(places));
          if (version !== undefined) described.set(key, { version, data: found });
          digests.set(key, found.digest);
          return found;
        } finally {
          data.close();
        }
      });
    },
    async placesOf({ from, folder, kind, part = 0 }, named) {
      return await explained(from, async () => {
        const data = await open(from, kind, folder);
        try {
          return await placesInData(data, {
            from,
            folder,
            isTranscribed: kind === 'Acoustic',
            part,
            named,
            roots,
          });
        } finally {
          data.close();
        }
      });
    },
    async *content(places, kind, { digest, part = 0 } = {}) {
      const data = await explained(places, async () => await open(places, kind));
      try {
        const sent = data.parts[part];
        const read = new DigestOfEntries(sent?.entries ?? []);
        if (sent !== undefined) yield* contentOf(sent, (entry) => read.stream(entry));
        const found = sent === undefined || digest === undefined ? undefined : read.digest();
        if (found !== digest)
          throw new DataError(
            `Leave ${shownPlaces(places)} as it is while it is uploaded: it was changed since it was looked at`,
          );
      } finally {
        data.close();
      }
    },
    async check({ from, folder, kind, locale, purpose, tests = [] }) {
      const source = renamePlaces(from, (place) => path.resolve(folder, place));
      return await explained(source, async () => {
        const request = { from: source, kind, locale };
        const digest = digests.get(localDataKey(request));
        const before = checked.get(dataCheckKey(request));
        if (before !== undefined && before.digest === digest) return before.check;
        const { checkForUpload } = await import('./check/check-for-upload.ts');
        const check = await checkForUpload({ from, folder, kind, locale, purpose, tests, roots });
        checked.set(dataCheckKey(request), { digest, check });
        return check;
      });
    },
    atUrl: askUrl,
    whyNotRecognised: whyNotShort,
    async terms(file) {
      const read = await explained(file, async () => {
        await inside(file);
        return readTermsFile(file, { roots });
      });
      if ('terms' in read) return read.terms;
      throw new DataError(`Correct the terms in ${file}: ${read.fault}`);
    },
    async recordingValues(file, column) {
      const read = await explained(file, async () => {
        await inside(file);
        return readManifestFile(file, { roots, column });
      });
      if ('values' in read) return read.values;
      throw new DataError(`Correct the manifest ${file}: ${read.fault}`);
    },
    async utterances(folder) {
      return await explained(
        folder,
        async () => await utterances(await sourceFiles(folder, { kind: 'Acoustic', roots }), { folder, roots }),
      );
    },
  };
}

/**
 * Refuses a folder of smoke audio that a pipeline may not read, or that cannot be recognised. For callers before a run, and those
 * that read the folder in another way. `roots` as in {@link LocalDataOptions}.
 */
export async function assertRecognisable(folder: string, { roots }: LocalDataOptions): Promise<void> {
  await explained(folder, async () => {
    await sourceFiles(folder, { kind: 'Acoustic', roots });
    assertSmokeAudio(folder, { roots });
  });
}

function whyNotShort(audio: Uint8Array): string | undefined {
  const read = (at: number, length: number): Uint8Array => audio.subarray(at, at + length);
  const format = readWavFormat({ size: audio.byteLength, read });
  return typeof format === 'string' ? format : whyNotShortAudio(format);
}

/**
 * What changes when one of the files does; undefined while that cannot be told, because one was written so shortly ago that its time
 * may not tell another change.
 */
async function versionOf(files: readonly string[]): Promise<string | undefined> {
  const parts: string[] = [];
  const recent = BigInt(Date.now() - shortlyMilliseconds) * 1_000_000n;
  for (const file of files) {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    if (ctimeNs > recent || mtimeNs > recent) return undefined;
    parts.push([file, dev, ino, size, mtimeNs, ctimeNs].join(' '));
  }
  return parts.join('\n');
}

/** File systems keep times to two seconds at the coarsest. */
const shortlyMilliseconds = 2000;

async function describe({ parts, undivided }: OpenedData, shown: string): Promise<LocalData> {
  const contents = new Map<string, Uint8Array>();
  const all: LocalData[] = [];
  for (const part of parts) all.push(await describePart(part, { shown, contents }));
  const [one] = all;
  if (all.length === 1 && one !== undefined) return one;
  const seconds = all.every((part) => part.seconds !== undefined)
    ? all.reduce((sum, part) => sum + (part.seconds ?? 0), 0)
    : undefined;
  return {
    digest: createHash('sha256')
      .update(all.map(({ digest }) => digest).join('\n'))
      .digest('hex'),
    files: all.reduce((sum, { files }) => sum + files, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(seconds === undefined ? {} : { seconds }),
    parts: all,
    ...(undivided === undefined ? {} : { undivided: await digestOfUndivided(undivided, contents) }),
  };
}

/** Adds what each entry holds to the contents, by its name. */
async function describePart(
  { entries }: DataPart,
  { shown, contents }: { readonly shown: string; readonly contents: Map<string, Uint8Array> },
): Promise<LocalData> {
  const read = new DigestOfEntries(entries);
  let bytes = 0;
  for (const entry of entries) for await (const chunk of read.stream(entry)) bytes += chunk.byteLength;
  if (bytes === 0) throw new DataError(`Put data into ${shown}: it is empty`);
  for (const entry of entries) contents.set(entry.name, read.contentOf(entry));
  const seconds = secondsOf(entries.filter(({ name }) => isWav(name)));
  return { digest: read.digest(), files: entries.length, bytes, ...(seconds === undefined ? {} : { seconds }) };
}

/** Recordings are the same as in the parts, and are not read again. */
async function digestOfUndivided(
  entries: readonly DataEntry[],
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const read = new DigestOfEntries(entries);
  for (const entry of entries) {
    const known = isWav(entry.name) ? contents.get(entry.name) : undefined;
    if (known !== undefined) read.know(entry, known);
    else for await (const chunk of read.stream(entry)) void chunk;
  }
  return read.digest();
}

/** How long recordings are together; undefined where one of them does not say so, or there is none. */
function secondsOf(recordings: readonly DataEntry[]): number | undefined {
  let sum = 0;
  for (const recording of recordings) {
    const seconds = recording.seconds?.();
    if (seconds === undefined) return undefined;
    sum += seconds;
  }
  return recordings.length === 0 ? undefined : sum;
}

/**
 * The digest of what entries hold, made while they are read, in whichever order: it needs no reading of its own. One entry is known by
 * what it holds, several also by their names.
 */
class DigestOfEntries {
  readonly #entries: readonly DataEntry[];
  readonly #digests = new Map<DataEntry, Uint8Array>();

  constructor(entries: readonly DataEntry[]) {
    this.#entries = entries;
  }

  /** What one of the entries holds. */
  async *stream(entry: DataEntry): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let isFirst = true;
    for await (const chunk of entry.read()) {
      const skip = isFirst && entry.isText === true && startsWithByteOrderMark(chunk) ? byteOrderMark.length : 0;
      hash.update(chunk.subarray(skip));
      isFirst = false;
      yield chunk;
    }
    this.#digests.set(entry, hash.digest());
  }

  /** What an entry holds is known from another reading. */
  know(entry: DataEntry, contents: Uint8Array): void {
    this.#digests.set(entry, contents);
  }

  /** The digest of what an entry holds, which has to be read to its end. */
  contentOf(entry: DataEntry): Uint8Array {
    const contents = this.#digests.get(entry);
    if (contents === undefined) throw new Error(`${entry.name} was not read to its end`);
    return contents;
  }

  /** Of all entries. */
  digest(): string {
    const hash = createHash('sha256');
    for (const entry of this.#entries)
      hash.update(this.#entries.length === 1 ? '' : `${entry.name}\0`).update(this.contentOf(entry));
    return hash.digest('hex');
  }
}

async function utterances(
  files: readonly string[],
  { folder, roots }: LocalDataOptions & { readonly folder: string },
): Promise<readonly LocalUtterance[]> {
  const transcript = files.find((file) => !isWav(file));
  if (transcript === undefined) throw missingTranscript(folder);
  assertSmokeAudio(folder, { roots });
  const audio = new Map(files.filter(isWav).map((file) => [path.basename(file), file]));
  const found: LocalUtterance[] = [];
  for (const line of readTranscript(await readFile(transcript, 'utf8'), { path: transcript })) {
    const file = audio.get(line.file);
    if (file === undefined)
      throw new DataError(`Add ${line.file} to ${folder}: ${path.basename(transcript)}:${line.line} names it`);
    found.push({ name: line.file, audio: await readFile(file), transcript: line.text });
  }
  if (found.length === 0) throw new DataError(`Write at least one line into ${transcript}: it names no audio`);
  return found;
}

/** Reads, and turns an error of the file system into a {@link DataError} that names the path. */
async function explained<T>(places: DataPlaces, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code, path: at = shownPlaces(places) } = error as NodeJS.ErrnoException;
    if (error instanceof DataError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    if (code === 'ENOENT')
      throw new DataError(`Check the path ${at}: there is no such file or folder`, { cause: error });
    throw new DataError(`Check ${at}: it cannot be read (${code})`, { cause: error });
  }
}
