import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../session.ts';

/** A file by its path in the project. */
export interface ProjectFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What the file is for, for a person; absent where its folder says it. */
  readonly what?: string;
  /** The content of a file of this name that is there already, with what the project needs; undefined when it has that. */
  readonly completed?: (present: string) => string | undefined;
}

/** What became of a file. */
export interface WrittenFile {
  readonly name: string;
  readonly what: string | undefined;
  readonly outcome: 'written' | 'completed' | 'kept';
}

/**
 * Writes the files of a project, and answers what became of each. A file that is there is kept, but for what `completed` adds to
 * it. Throws a UsageError when a file has the name of a folder, and says what to do where the rights are missing.
 */
export async function writeProject(folder: string, files: readonly ProjectFile[]): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const file of files) {
    const place = path.join(folder, file.name);
    try {
      await mkdir(path.dirname(place), { recursive: true });
      written.push({ name: file.name, what: file.what, outcome: await write(file, place) });
    } catch (error) {
      throw await explained(error, place);
    }
  }
  return written;
}

async function write({ content, completed }: ProjectFile, place: string): Promise<WrittenFile['outcome']> {
  try {
    await writeFile(place, content, { flag: 'wx' });
    return 'written';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // A link may lead out of the project.
  if (completed === undefined || !(await lstat(place)).isFile()) return 'kept';
  const wanted = completed(await readFile(place, 'utf8'));
  if (wanted === undefined) return 'kept';
  await writeFile(place, wanted);
  return 'completed';
}

/** The error of a place that cannot be written, with what to do about the file or folder that is in the way. */
async function explained(error: unknown, place: string): Promise<unknown> {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const hindrance = await nearestThere(place);
  if (['EEXIST', 'ENOTDIR'].includes(code))
    return new UsageError(`Move ${hindrance} away, or choose another folder: it is a file`, { cause: error });
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) return error;
  return new Error(
    `Make ${hindrance} writable, or choose another folder: the project cannot be written there (${code})`,
    {
      cause: error,
    },
  );
}

/** The place itself, or the nearest folder or file around it that is there. */
async function nearestThere(place: string): Promise<string> {
  const isThere = await lstat(place).then(
    () => true,
    () => false,
  );
  const parent = path.dirname(place);
  return isThere || parent === place ? place : await nearestThere(parent);
}
