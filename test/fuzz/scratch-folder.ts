import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one lane, two levels deep, so that a file that leaves it lands where it is seen. */
export interface ScratchFolder {
  /** Absolute, links resolved. */
  readonly path: string;
  /** What lies beside the folder: nothing, unless something was written outside. */
  strays(): Promise<readonly string[]>;
}

export async function withScratchFolder<T>(use: (folder: ScratchFolder) => Promise<T>): Promise<T> {
  const around = await mkdtemp(path.join(tmpdir(), 'speechops-fuzz-'));
  const inside = path.join(around, 'outer', 'inner');
  await mkdir(inside, { recursive: true });
  const strays = async (): Promise<readonly string[]> => {
    const found = [...(await readdir(around)), ...(await readdir(path.dirname(inside)))];
    return found.filter((name) => name !== 'outer' && name !== 'inner');
  };
  try {
    return await use({ path: inside, strays });
  } finally {
    await rm(around, { recursive: true, force: true });
  }
}

/** The pieces of a content as one. */
export async function allOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
