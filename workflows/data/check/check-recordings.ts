import { readWavFormat } from '../wav-format.ts';
import type { CheckContext } from './check-context.ts';
import type { CheckedRecording } from './checked-set.ts';
import type { DataFile } from './data-file.ts';
import { headOf } from './open-source.ts';

/** Checks recordings one after the other, and answers those that the service takes. */
export async function checkRecordings(
  files: readonly DataFile[],
  context: CheckContext,
): Promise<readonly CheckedRecording[]> {
  const taken: CheckedRecording[] = [];
  for (const file of files) {
    context.signal?.throwIfAborted();
    const recording = await checkRecording(file, context);
    if (recording !== undefined) taken.push(recording);
    context.onProgress?.(file.bytes);
  }
  return taken;
}

const mostHeader = 1 << 16;

async function checkRecording(file: DataFile, { findings }: CheckContext): Promise<CheckedRecording | undefined> {
  const head = await headOf(file, mostHeader);
  const format = readWavFormat({
    size: file.bytes,
    read: (at, length) => Uint8Array.from(head.subarray(at, at + length)),
  });
  if (typeof format === 'string') {
    findings.report('audio-format', { path: file.path, unit: file.name }, { is: format });
    return undefined;
  }
  return { name: file.name, path: file.path, seconds: format.seconds, sampleRate: format.sampleRate };
}
