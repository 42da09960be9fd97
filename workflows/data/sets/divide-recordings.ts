import { DataError } from '../../engine/ports.ts';
import type { SetRecording } from './read-set.ts';

/** What one dataset holds. */
export interface PartLimits {
  /** What an archive may unpack to. */
  readonly bytes: number;
  /** How many files it may have, its transcript among them. */
  readonly files: number;
}

/** Microsoft Learn, "Speech service quotas and limits": less than 2 GB, and 10,000 files. */
export const limitsOfDataset: PartLimits = { bytes: 2_000_000_000, files: 10_000 };

/** Of a file in an archive beside its content, in its two headers without its names. */
const HEADER_BYTES = 200;

/** The parts, in the order of names: each is filled before the next begins. Sound may not shrink, so that its whole size is counted. */
export function divideRecordings(
  recordings: readonly SetRecording[],
  { bytes: mostBytes, files: mostFiles, isTranscribed }: PartLimits & { readonly isTranscribed: boolean },
): readonly (readonly SetRecording[])[] {
  const parts: SetRecording[][] = [];
  let bytes = Infinity;
  for (const recording of recordings) {
    const { name, file, text = '' } = recording;
    const size = file.bytes + Buffer.byteLength(name) * 3 + Buffer.byteLength(text) + HEADER_BYTES;
    if (size > mostBytes)
      throw new DataError(`Cut ${file.path} where nobody speaks: alone it is larger than an archive may be`);
    const part = parts.at(-1);
    const isFull = part !== undefined && part.length + (isTranscribed ? 1 : 0) >= mostFiles;
    if (part === undefined || isFull || bytes + size > mostBytes) {
      parts.push([recording]);
      bytes = size;
    } else {
      part.push(recording);
      bytes += size;
    }
  }
  return parts;
}
