import { describe, expect, it } from 'vitest';
import { makeChunk, makeWav } from '../../emulator/recognition/make-wav.ts';
import { readWavFormat, whyNotShortAudio } from '../../../workflows/data/wav-format.ts';

const second = new Int16Array(8000);

/** What is wrong with a file, or its seconds. */
function told(wav: Buffer): string | number {
  const format = readWavFormat({ size: wav.length, read: (at, length) => wav.subarray(at, at + length) });
  return typeof format === 'string' ? format : (whyNotShortAudio(format) ?? format.seconds);
}

describe('the format of a WAV file', () => {
  it.each([
    ['8 kHz', makeWav(second), 1],
    ['16 kHz', makeWav(second, { sampleRate: 16_000 }), 0.5],
    ['the extensible form', makeWav(second, { encoding: 0xfffe, formatSize: 40 }), 1],
    ['a chunk of odd length before the sound', makeWav(second, { before: makeChunk('LIST', Buffer.alloc(333)) }), 1],
    ['a chunk behind the sound', makeWav(second, { after: makeChunk('LIST', Buffer.alloc(10)) }), 1],
    ['a size that nobody went back to write', makeWav(second, { dataSize: 0 }), 1],
    ['the largest size for a stream', makeWav(second, { dataSize: 0xffffffff }), 1],
    ['60 s', makeWav(new Int16Array(8000 * 60)), 60],
  ])('of %s can be recognised', (_, wav, seconds) => {
    expect(told(wav)).toBe(seconds);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'is no WAV file'],
    ['another file', Buffer.from('ID3 and much more of a song'), 'is no WAV file'],
    ['headers alone', makeWav(new Int16Array(0)), 'has no sound'],
    ['a format alone', makeWav(second).subarray(0, 36), 'has no sound'],
    ['a cut header', makeWav(second).subarray(0, 30), 'is cut off within its header'],
    ['a beginning', makeWav(second).subarray(0, 12), 'is cut off before its sound'],
    ['a cut file', makeWav(second).subarray(0, 8000), 'is cut off within its sound'],
    ['sound without a format', makeWav(second, { formatSize: 16 }).fill('x', 12, 16), 'has no format before its sound'],
    ['stereo', makeWav(second, { channels: 2 }), 'has 2 channels, and one is allowed'],
    ['CD quality', makeWav(second, { sampleRate: 44_100 }), 'has 44100 Hz, and 8000 or 16000 are allowed'],
    ['24 bits', makeWav(second, { bits: 24 }), 'has 24 bits, and PCM with 16 bits is allowed'],
    ['floats', makeWav(second, { encoding: 3, bits: 32 }), 'has the encoding 3, and PCM with 16 bits is allowed'],
    ['no rate', makeWav(second, { sampleRate: 0 }), 'has no sound'],
    [
      'chunk after chunk',
      makeWav(second, { before: Buffer.alloc(8 * 1000) }),
      'has more than 1000 chunks before its sound',
    ],
    ['60.1 s', makeWav(new Int16Array(8000 * 60 + 800)), 'has 61 s, and at most 60 s are recognised at once'],
  ])('of %s is told', (_, wav, problem) => {
    expect(told(wav)).toBe(problem);
  });
});
