import { isStreamedSize, PCM, type WavHeader } from '../../wav-header.ts';
import type { DataFile } from '../reading/data-file.ts';
import type { DataFindings } from '../data-findings.ts';

/** Of the sound of a recording that the service takes. */
export interface TakenFormat {
  readonly seconds: number;
  /** Of all samples. */
  readonly bytes: number;
  /** Numbers of the header that the service makes nothing of do not fit the others, or the file. */
  readonly isUneven: boolean;
}

/** Checks what the header of a recording says: each fault is a finding. Undefined where the service rejects it. */
export function checkHeader(
  header: WavHeader,
  { file, findings }: { readonly file: DataFile; readonly findings: DataFindings },
): TakenFormat | undefined {
  const { encoding, bits, channels, sampleRate, dataSize, available } = header;
  const { name } = file;
  const at = { path: file.path, unit: name };
  const isTaken = { rate: sampleRate === 8000 || sampleRate === 16_000, format: encoding === PCM && bits === 16 };
  if (encoding !== PCM) findings.report('audio-encoding', at, { name, sampleRate, encoding, bits });
  else if (bits !== 16) findings.report('audio-bits', at, { name, sampleRate, bits });
  if (channels !== 1) findings.report('audio-channels', at, { name, sampleRate, channels });
  if (!isTaken.rate) findings.report('audio-sample-rate', at, { name, sampleRate });
  const isStreamed = isStreamedSize(dataSize);
  const length = isStreamed ? available : dataSize;
  const isTruncated = length > available;
  if (isTruncated) findings.report('audio-truncated', at, { name, announced: dataSize, bytes: available });
  const isEmpty = !isTruncated && length < Math.max(1, Math.floor((channels * bits) / 8));
  if (isEmpty) findings.report('audio-empty', at, { bytes: file.bytes });
  if (isTruncated || isEmpty || !isTaken.rate || !isTaken.format || channels !== 1) return undefined;
  if (!isStreamed && length % 2 === 1) {
    findings.report('audio-half-sample', at, { name, bytes: length });
    return undefined;
  }
  const isRiffSize = isStreamedSize(header.riffSize) || Math.abs(header.riffSize + 8 - file.bytes) <= 1;
  const isFitting = header.bytesPerFrame === 2 && header.bytesPerSecond === 2 * sampleRate && isRiffSize;
  return { seconds: length / 2 / sampleRate, bytes: length - (length % 2), isUneven: !isFitting };
}
