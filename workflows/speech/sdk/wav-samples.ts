import type { PcmAudio } from '../../engine/ports.ts';

/**
 * The samples of a RIFF/WAVE file of PCM with 16 bits and one channel; undefined when it is none. The SDK's own reader also sends what is
 * behind the samples.
 */
export function wavSamples(wav: Uint8Array): PcmAudio | undefined {
  const bytes = Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength);
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    return undefined;
  }
  let sampleRate: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === 'fmt ' && size >= 16 && body + 16 <= bytes.length) {
      const isMono16 = bytes.readUInt16LE(body + 2) === 1 && bytes.readUInt16LE(body + 14) === 16;
      const encoding = bytes.readUInt16LE(body);
      if (!isMono16 || (encoding !== pcm && encoding !== extensible)) return undefined;
      sampleRate = bytes.readUInt32LE(body + 4);
    } else if (name === 'data') {
      // Programs that cannot seek back write 0 or the largest number.
      const length = size === 0 || size > bytes.length - body ? bytes.length - body : size;
      const samples = bytes.subarray(body, body + length - (length % 2));
      return sampleRate === undefined ? undefined : { sampleRate, samples };
    }
    at = body + size + (size % 2);
  }
  return undefined;
}

const pcm = 1;
const extensible = 0xfffe;
