import { createHash } from 'node:crypto';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../../data/data-roots.ts';
import { releaseTextOf } from '../../data/release-files.ts';
import { matchesOf, patternOf } from '../../data/match-pattern.ts';
import { faultsOfSmokeAudio } from '../../data/smoke-audio.ts';
import { readManifestFile } from '../../data/manifest-file.ts';
import { readTermsFile } from '../../data/terms-file.ts';
import { testSetSize } from '../../data/test-set-size.ts';
import { decodeText } from '../../document/decode-text.ts';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import { MAX_CHARACTERS } from '../../document/yaml/read-document.ts';
import { loadPipeline, type LoadedPipeline, unreadablePipeline } from '../../language/load-pipeline.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import type { Plan, PlannedFile } from '../../plan/plan.ts';
import type { DatasetKind } from '../../plan/speech-entities.ts';
import { digestsOfLines } from '../../review/digests-of-lines.ts';
import { type Io, UsageError } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { dataRootsOf } from '../repository.ts';
import { variablesOf } from './variables.ts';

export interface PipelineFile {
  readonly pipeline: Pipeline;
  /** Absolute; the pipeline's paths are relative to it. */
  readonly folder: string;
  readonly file: PlannedFile;
  /** The digests of the lines of the file. */
  readonly lines: readonly string[];
  /** The environment variables that the pipeline declares, as far as they are set. */
  readonly env: Readonly<Record<string, string>>;
}

/** A file as it was read, whether or not it has faults. */
export interface LoadedFile extends LoadedPipeline, Omit<PipelineFile, 'pipeline' | 'lines'> {
  readonly text: string;
}

/** The checked pipeline of a file; undefined when it has faults, which are printed to stderr. */
export async function readPipelineFile(
  file: string,
  options: {
    readonly io: Io;
    readonly inputs: Readonly<Record<string, string>>;
    readonly allowedVariables?: ReadonlySet<string>;
  },
): Promise<PipelineFile | undefined> {
  const {
    pipeline,
    folder,
    file: planned,
    env,
    ...loaded
  } = await loadPipelineFile(file, { ...options, env: options.io.env });
  printDiagnostics(loaded, { file, io: options.io });
  return pipeline === undefined
    ? undefined
    : { pipeline, folder, file: planned, lines: digestsOfLines(loaded.text), env };
}

/** The pipeline of a file, with its faults. Without `inputs` the pipeline is not to be run, and its inputs need no values. */
export async function loadPipelineFile(
  file: string,
  options: {
    readonly io: Io;
    readonly inputs?: Readonly<Record<string, string>>;
    /** The environment in which it is to run, where that is known. */
    readonly env?: Io['env'];
    /** The names of credentials that it may read. @default none */
    readonly allowedVariables?: ReadonlySet<string>;
  },
): Promise<LoadedFile> {
  const found = await stat(path.resolve(options.io.cwd, file)).catch(() => undefined);
  if (found === undefined || !found.isFile())
    throw new UsageError(`Give the path of a pipeline file: there is no file ${file}`);
  return await loadListedFile(file, options);
}

/** The same for a name that a folder lists: that there is no file, or none that can be read, is a diagnostic too. */
export async function loadListedFile(
  file: string,
  { io, ...options }: Parameters<typeof loadPipelineFile>[1],
): Promise<LoadedFile> {
  const absolute = path.resolve(io.cwd, file);
  const folder = path.dirname(absolute);
  const roots = dataRootsOf(folder, io.cwd);
  const read = await readPipelineBytes(absolute);
  const loaded =
    'reason' in read
      ? unreadablePipeline(file, read.reason)
      : loadPipeline(read.bytes, {
          ...options,
          path: file,
          fileKind: (name) => fileKind(path.resolve(folder, name)),
          fileNames: (name) => readdirSync(path.resolve(folder, name)),
          fileMatches: (name, kind) => {
            const pattern = patternOf(name, { cwd: folder });
            return pattern && matchesOf(pattern, { kind: kind as DatasetKind | undefined, cwd: folder });
          },
          fileOutOf: (name) => (isInside(realpathSync(path.resolve(folder, name)), roots) ? undefined : roots),
          smokeFaults: (name) => faultsOfSmokeAudio(path.resolve(folder, name), { roots }),
          termsFault: (name) => {
            const list = readTermsFile(path.resolve(folder, name), { roots });
            return 'fault' in list ? list.fault : undefined;
          },
          manifestFault: (name, column) => {
            const manifest = readManifestFile(path.resolve(folder, name), { roots, column });
            return 'fault' in manifest ? manifest.fault : undefined;
          },
          testSetSize: (places) => testSetSize(places, { cwd: folder, roots }),
          releaseText: (name) => releaseTextOf(path.resolve(folder, name), { roots }),
        });
  const bytes = 'reason' in read ? new Uint8Array() : read.bytes;
  const planned = { name: path.basename(absolute), sha256: sha256Of(bytes) };
  const env = variablesOf(loaded.pipeline ?? {}, io);
  return { ...loaded, text: decodeText(bytes).text, folder, file: planned, env };
}

/** Writes what is wrong with a file to stderr. */
export function printDiagnostics(
  { diagnostics, counts, text }: Pick<LoadedFile, 'diagnostics' | 'counts' | 'text'>,
  { file, io }: { readonly file: string; readonly io: Io },
): void {
  if (diagnostics.length === 0) return;
  const color = wantsColor(io.stderr, io);
  const omitted = counts.errors + counts.warnings - diagnostics.length;
  io.stderr.write(formatDiagnostics(diagnostics, { sources: { [file]: text }, color, omitted }));
}

/**
 * Path of the file that a plan was made from, when it has changed since; undefined when it has not, is gone, cannot be read, or was
 * not kept.
 */
export async function changedFileOf({ folder, file }: Plan): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const absolute = path.join(folder, file.name);
  const read = await readPipelineBytes(absolute);
  return 'reason' in read || sha256Of(read.bytes) === file.sha256 ? undefined : absolute;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads `--input name=value` options. */
export function parseInputs(pairs: readonly string[]): Readonly<Record<string, string>> {
  const inputs: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`Write --input NAME=VALUE: got ${pair}`);
    inputs[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return inputs;
}

/** As much of a file as a pipeline may have, and a little more so that a longer one is noticed; or why it cannot be read. */
async function readPipelineBytes(file: string): Promise<{ readonly bytes: Uint8Array } | { readonly reason: string }> {
  try {
    // A pipe would be waited for.
    if (!(await stat(file)).isFile()) return { reason: 'it is no plain file' };
    await using handle = await open(file);
    const bytes = Buffer.alloc(Math.min((await handle.stat()).size, MAX_CHARACTERS * 3 + 3));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return { bytes: bytes.subarray(0, bytesRead) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    return { reason: reasons[code] ?? `the system says ${code}` };
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'its permissions do not allow it',
  ELOOP: 'it is a link in a circle',
  ENOENT: 'it is a link that leads nowhere',
};

/** The kind of file at an absolute path, for the rules about files that a pipeline names. */
export function fileKind(absolute: string): 'file' | 'folder' | undefined {
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'folder' : 'file';
}
