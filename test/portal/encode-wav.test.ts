import { describe, expect, it } from 'vitest';
import { encodeWav, isSpeechWav } from '../../portal/app/tabs/deployment/encode-wav.ts';
import { readWavFormat, whyNotShortAudio } from '../../workflows/data/wav-format.ts';

function formatOf(bytes: Uint8Array): ReturnType<typeof readWavFormat> {
  return readWavFormat({ size: bytes.length, read: (at, length) => bytes.slice(at, at + length) });
}

describe('encodeWav', () => {
  it('makes what the service recognises', () => {
    const format = formatOf(encodeWav(new Float32Array(24_000)));
    expect(format).toEqual({ encoding: 1, channels: 1, bits: 16, sampleRate: 16_000, seconds: 1.5 });
    expect(typeof format === 'string' ? format : whyNotShortAudio(format)).toBeUndefined();
  });

  it('keeps what is too loud at the loudest', () => {
    const bytes = encodeWav(Float32Array.of(0, 0.5, 1, 7, -7));
    const samples = new Int16Array(bytes.buffer, 44);
    expect([...samples]).toEqual([0, 16_384, 32_767, 32_767, -32_767]);
  });
});

describe('isSpeechWav', () => {
  it('is what goes to the service as it is, and nothing else', () => {
    const wav = encodeWav(new Float32Array(100));
    const changed = (at: number, value: number): Uint8Array => {
      const other = wav.slice();
      new DataView(other.buffer).setUint16(at, value, true);
      return other;
    };
    expect(isSpeechWav(wav)).toBe(true);
    expect(isSpeechWav(changed(24, 8000))).toBe(true);
    for (const other of [changed(20, 3), changed(22, 2), changed(24, 44_100), changed(34, 8), wav.slice(0, 40)])
      expect(isSpeechWav(other)).toBe(false);
    expect(isSpeechWav(Buffer.from('OggS'.repeat(20)))).toBe(false);
  });
});
