import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '../../engine/ports.ts';
import { DamagedFile, type DataSource } from '../check/reading/data-file.ts';
import { DataFindings } from '../check/data-findings.ts';
import { openSource } from '../check/reading/open-source.ts';
import { newFolder } from '../sets/new-folder.ts';
import { type AudioTool, findAudioTool } from './audio-tool.ts';
import { ChangeLog } from './change-log.ts';
import { countText, isAudioKind, type MendContext, type MendOptions } from './mend-context.ts';
import { lineMenderOf } from './mend-lines.ts';
import { mendRecordings } from './mend-recordings.ts';
import { mendText } from './mend-text.ts';
import { NoText } from './text-lines.ts';

/** What was written. */
export interface MendedData {
  /** The set, as it can be checked and uploaded. */
  readonly paths: readonly string[];
  /** The file with all changes, and its beginning. */
  readonly changes: {
    readonly path: string;
    readonly shown: string;
    readonly isCut: boolean;
    readonly isEmpty: boolean;
  };
  /** How many files were written with a change, and without one. */
  readonly mended: number;
  readonly same: number;
  /** What could not be mended, or was left out, and why: each a sentence. */
  readonly left: readonly string[];
}

/**
 * Writes data anew with everything mended that can be meant in one way alone. Nothing is changed where it lies; what nothing is wrong
 * with has the same bytes. Files are read in streams. What keeps data from being read is thrown as a DataError.
 */
export async function mendData(paths: readonly string[], options: MendOptions): Promise<MendedData> {
  const changesPath = `${options.out.replace(/[/\\]+$/, '')}.diff`;
  const changesFile = path.resolve(options.cwd, changesPath);
  if (await isThere(changesFile))
    throw new DataError(`Name another folder with --out, or remove ${changesPath}: changes would be written there`);
  const targets = targetsOf(paths, options);
  await newFolder(options.out, options);
  const log = new ChangeLog(changesFile);
  let tool: Promise<AudioTool | undefined> | undefined;
  const done: MendContext['done'] = { mended: 0, same: 0, left: [] };
  const context: MendContext = {
    ...options,
    log,
    done,
    tool: async () => await (tool ??= findAudioTool(options.toolPath)),
  };
  let changes: Awaited<ReturnType<ChangeLog['close']>> | undefined;
  try {
    for (const [given, target] of targets) await mendPath(given, { ...context, target });
  } finally {
    changes = await log.close();
  }
  return { paths: targets.map(([, target]) => target), changes: { path: changesPath, ...changes }, ...done };
}

/** Where each path goes: recordings of one path into the folder itself, all else below it. */
function targetsOf(paths: readonly string[], { out, kind, cwd }: MendOptions): readonly (readonly [string, string])[] {
  const [only, ...others] = paths;
  if (only !== undefined && others.length === 0 && isAudioKind(kind)) return [[only, out]];
  const targets = paths.map((given) => {
    const name = path.basename(path.resolve(cwd, given));
    return [given, path.join(out, isAudioKind(kind) ? name.replace(/\.zip$/i, '') : name)] as const;
  });
  const again = targets.find(([, target], index) => targets.findIndex((other) => other[1] === target) < index);
  if (again !== undefined) throw new DataError(`Give paths with different names: two of them would become ${again[1]}`);
  return targets;
}

async function mendPath(given: string, context: MendContext & { readonly target: string }): Promise<void> {
  const { cwd, kind, target } = context;
  const findings = new DataFindings({ most: 1 });
  const source = await openSource(given, { cwd, findings });
  try {
    const { isRefused, diagnostics } = findings.found();
    if (isRefused) throw new DataError(`Make ${given} anew: ${diagnostics[0]?.message ?? 'it cannot be read'}`);
    if (isAudioKind(kind)) {
      await mkdir(path.resolve(cwd, target), { recursive: true });
      await mendRecordings(source, context);
    } else await mendOneText(source, context);
  } catch (error) {
    if (error instanceof DamagedFile) throw new DataError(`Make ${given} anew: ${error.message}`, { cause: error });
    throw error;
  } finally {
    source.close();
  }
}

async function mendOneText(source: DataSource, context: MendContext & { readonly target: string }): Promise<void> {
  const { kind, locale, target, cwd, log, done, onProgress, signal } = context;
  const [file] = source.files;
  if (source.kind !== 'file' || file === undefined)
    throw new DataError(`Give a text file for a dataset of kind ${kind}: ${source.path} is none`);
  const how = {
    locale,
    target: path.resolve(cwd, target),
    mender: lineMenderOf(kind, { locale }),
    log,
    needsMark: false,
    takesAnsi: kind === 'Pronunciation' && /^en\b/i.test(locale),
    onProgress,
    signal,
  };
  try {
    countText(file, { ...(await mendText(file, how)), done });
  } catch (error) {
    if (error instanceof NoText) throw new DataError(`Put a text in place of ${source.path}: it ${error.message}`);
    throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
