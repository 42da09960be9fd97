import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './session.ts';
import { reasonOfFile } from './reason-of-file.ts';

/** The path to the recording of an utterance, from the folder of what shows it; undefined where there is none. */
export type AudioPath = (id: string, from: string) => string | undefined;

/**
 * Where recordings are in a folder and those in it, by ids: a file of this name, or with the extension of audio behind it; of ids that
 * are paths also by their last part. A {@link UsageError} when the folder cannot be read.
 */
export async function readAudioFolder(name: string, cwd: string): Promise<AudioPath> {
  const folder = path.resolve(cwd, name);
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new UsageError(`Cannot read ${name}: ${reasonOfFile(error)}`, { cause: error });
  });
  const files = new Set(
    found.flatMap((entry) =>
      entry.isDirectory() ? [] : [slashed(path.relative(folder, path.join(entry.parentPath, entry.name)))],
    ),
  );
  return (id, from) => {
    const names = [slashed(id), path.posix.basename(slashed(id))];
    const file = names.flatMap((one) => extensions.map((extension) => one + extension)).find((one) => files.has(one));
    return file === undefined ? undefined : slashed(path.relative(from, path.join(folder, file)));
  };
}

/** Those that a browser plays; an id may have its own. */
const extensions = ['', '.wav', '.flac', '.mp3', '.ogg', '.opus', '.m4a'];

function slashed(file: string): string {
  return file.replaceAll('\\', '/');
}
