import { expect, test } from 'vitest';
import { readWav } from '../../../emulator/recognition/read-wav.ts';
import { makeChunk, makeWav } from './make-wav.ts';

const samples = Int16Array.from([0, 1, -1, 32767, -32768, 1234]);

function read(bytes: Uint8Array): unknown {
  const wav = readWav(bytes);
  return wav.kind === 'wav' ? [...wav.samples] : wav.code;
}

test('readWav gives the samples and the rate of a plain file', () => {
  expect(readWav(makeWav(samples, { sampleRate: 16000 }))).toEqual({ kind: 'wav', sampleRate: 16000, samples });
});

test.each([0, 0xffffffff])(
  'readWav reads to the end when the data size is %i, as streaming programs write',
  (dataSize) => {
    expect(read(makeWav(samples, { dataSize }))).toEqual([...samples]);
  },
);

test('readWav drops half a sample at the end of a stream', () => {
  const bytes = makeWav(samples, { dataSize: 0 });
  expect(read(bytes.subarray(0, bytes.length - 1))).toEqual([...samples.subarray(0, 5)]);
});

test('readWav skips other chunks and their pad bytes, before and after the samples', () => {
  const list = makeChunk('LIST', Buffer.from('odd'));
  expect(read(makeWav(samples, { before: list, after: list }))).toEqual([...samples]);
});

test('readWav reads the extensible form of PCM', () => {
  expect(read(makeWav(samples, { encoding: 0xfffe, formatSize: 40 }))).toEqual([...samples]);
});

test('readWav reads bytes that start at an odd place of a larger buffer', () => {
  const larger = Buffer.concat([Buffer.from([7]), makeWav(samples)]);
  expect(read(larger.subarray(1))).toEqual([...samples]);
});

test.each([
  ['Empty', makeWav(new Int16Array(0))],
  ['NotMono', makeWav(samples, { channels: 2 })],
  ['SampleRate', makeWav(samples, { sampleRate: 44100 })],
  ['NotPcm16', makeWav(samples, { bits: 8 })],
  ['NotPcm16', makeWav(samples, { encoding: 3 })],
  ['Truncated', makeWav(samples).subarray(0, -2)],
  ['Truncated', makeWav(samples).subarray(0, 30)],
  ['Truncated', makeWav(samples).subarray(0, 38)],
  ['Truncated', makeWav(samples, { dataSize: 5 })],
  ['NotWav', Buffer.from('ID3 this is an mp3 file')],
  ['NotWav', Buffer.alloc(0)],
  ['NotWav', makeWav(samples).subarray(0, 12)],
])('readWav answers %s for a file that is not such audio (%#)', (code, bytes) => {
  expect(read(bytes)).toBe(code);
});

test('readWav answers something for every prefix of a file and never throws', () => {
  const bytes = makeWav(samples, { before: makeChunk('LIST', Buffer.from('odd')) });
  for (let length = 0; length < bytes.length; length++) {
    expect(readWav(bytes.subarray(0, length)).kind).toBe('fault');
  }
});
