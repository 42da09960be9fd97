import { scanWav, type WavFault, type WavHeader } from '../../wav-header.ts';
import type { ByteStream } from './byte-stream.ts';

/** Reads the header of a recording of so many bytes, which come in a stream; the sound comes next. */
export async function scanHeader(bytes: ByteStream, fileSize: number): Promise<WavHeader | WavFault> {
  const steps = scanWav(fileSize);
  let step = steps.next();
  while (step.done !== true) step = steps.next(await bytes.pick(step.value));
  return step.value;
}

/** Whether behind the sound, and its pad byte, there are bytes that are no chunk. */
export async function hasRemains(
  bytes: ByteStream,
  { dataAt, dataSize }: WavHeader,
  fileSize: number,
): Promise<boolean> {
  const at = dataAt + dataSize + (dataSize % 2);
  if (at >= fileSize) return false;
  const found = await bytes.pick({ at, length: 8 });
  if (found.length < 8) return true;
  const view = new DataView(found.buffer, found.byteOffset, 8);
  const isTag = found.subarray(0, 4).every((byte) => byte >= 0x20 && byte < 0x7f);
  return !isTag || at + 8 + view.getUint32(4, true) > fileSize;
}
