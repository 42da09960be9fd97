import { createHash } from 'node:crypto';
import type { SendProgress } from '../engine/ports.ts';
import { cutBlocks } from './cut-blocks.ts';

export interface Block {
  /** In Base64. */
  readonly name: string;
  readonly size: number;
}

/** Where blocks go before they are committed. */
export interface BlockTarget {
  /** The blocks that an earlier attempt has left there, none of them committed. */
  readonly kept: readonly Block[];
  /** Sends one block; it may be sent again, to the same effect. */
  put(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
}

/**
 * Sends content in blocks, some at a time, and resolves with all of them in their order. A block that is there already is not sent
 * again: a name says the place and the digest of a block, so that what was packed otherwise meanwhile is not mixed. No more than
 * `mostAtOnce` + 1 blocks are in memory. When one fails, the others are ended, and it rejects with the reason of that one.
 */
export async function sendBlocks(
  content: AsyncIterable<Uint8Array>,
  { kept, put }: BlockTarget,
  options: {
    readonly onProgress?: ((progress: SendProgress) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly Block[]> {
  const { onProgress, signal } = options;
  const failed = new AbortController();
  const ended = AbortSignal.any([failed.signal, ...(signal === undefined ? [] : [signal])]);
  const sizes = new Map(kept.map(({ name, size }) => [name, size]));
  const length = lengthOfNames(kept);
  const blocks: Block[] = [];
  const underWay = new Set<Promise<void>>();
  const progress = { there: 0, sent: 0 };
  const send = async ({ name, size }: Block, bytes: Uint8Array): Promise<void> => {
    const isThere = length === longestName && sizes.get(name) === size;
    if (!isThere) await put(name, bytes, ended);
    progress.there += size;
    if (!isThere) progress.sent += size;
    onProgress?.({ ...progress });
  };
  try {
    for await (const bytes of cutBlocks(content, ended)) {
      ended.throwIfAborted();
      const block = { name: nameOf(bytes, { index: blocks.length, length }), size: bytes.byteLength };
      blocks.push(block);
      const sending = send(block, bytes).finally(() => underWay.delete(sending));
      underWay.add(sending);
      sending.catch((error: unknown) => failed.abort(error));
      if (underWay.size >= mostAtOnce) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(underWay);
    throw signal?.aborted === true ? error : failed.signal.reason;
  }
  return blocks;
}

/** A connection alone seldom fills a line, and each block more is 8 MiB of memory. */
export const mostAtOnce = 4;

/** In Base64, of equal length for all blocks, and of at most 64 bytes, as both services demand: the place and the beginning of SHA-256. */
function nameOf(bytes: Uint8Array, { index, length }: { readonly index: number; readonly length: number }): string {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return Buffer.from(`${String(index).padStart(digitsOfPlace, '0')}-${digest}`.slice(0, length)).toString('base64');
}

const digitsOfPlace = 6;
const longestName = digitsOfPlace + 1 + 32;

/** Blocks that somebody else has named otherwise cannot be taken away, and all names have to be as long as theirs; what they hold is not known then. */
function lengthOfNames([first]: readonly Block[]): number {
  if (first === undefined) return longestName;
  return Math.max(digitsOfPlace, Buffer.from(first.name, 'base64').length);
}
