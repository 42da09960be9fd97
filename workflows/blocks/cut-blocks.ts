import { unlessAborted } from '../time/sleep.ts';

/** The largest block that the service takes (Speech-to-text REST API 2025-10-15 definition, Datasets_UploadBlock). Storage gets the same. */
export const blockBytes = 8 * 1024 * 1024;

/** Cuts a stream of chunks of any size into full blocks and a last shorter one. Each block has memory of its own. */
export async function* cutBlocks(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  let block: Uint8Array | undefined;
  let used = 0;
  const chunks = content[Symbol.asyncIterator]();
  try {
    while (true) {
      const chunk = await unlessAborted(chunks.next(), signal);
      if (chunk.done) break;
      let rest = chunk.value;
      while (rest.byteLength > 0) {
        block ??= new Uint8Array(blockBytes);
        const taken = rest.subarray(0, blockBytes - used);
        block.set(taken, used);
        used += taken.byteLength;
        rest = rest.subarray(taken.byteLength);
        if (used < blockBytes) continue;
        const full = block;
        block = undefined;
        used = 0;
        yield full;
      }
    }
    if (block !== undefined) yield block.subarray(0, used);
  } finally {
    // Not awaited: a source that hangs would otherwise hold back an abort. What it says on closing is of no use any more.
    chunks.return?.().catch(() => undefined);
  }
}
