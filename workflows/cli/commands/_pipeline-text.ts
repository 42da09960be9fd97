import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_CHARACTERS } from '../../document/read-document.ts';
import { UsageError } from '../session.ts';

/** As much of a file as a pipeline may have, and a little more so that a longer one is noticed. */
export async function readPipelineText(file: string): Promise<string> {
  await using handle = await open(file);
  const bytes = Buffer.alloc(Math.min((await handle.stat()).size, MAX_CHARACTERS * 3 + 3));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  try {
    // What is cut off at the end of a file that is too long anyway is no fault of its encoding.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, bytesRead), {
      stream: true,
    });
  } catch (error) {
    throw new UsageError(`Save ${file} as UTF-8: it has bytes that are no UTF-8 text`, { cause: error });
  }
}

/** What is at an absolute path, for the rules about files that a pipeline names. */
export function fileKind(absolute: string): 'file' | 'folder' | undefined {
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'folder' : 'file';
}
