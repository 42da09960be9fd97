import { describe, expect, it } from 'vitest';
import { type Segment, SpeechSegments, type SegmentEvent } from '../../../emulator/recognition/speech-segments.ts';
import { seededDraws } from '../../../emulator/state/faults.ts';

const limits = { sampleRate: 8000, silenceMilliseconds: 500, initialSilenceMilliseconds: 5000 };

describe('segments of speech', () => {
  it('begin a little before the first audible sample and end after the silence, to the sample', () => {
    const stream = streamOf([3000, 0], [1000, 1], [3999, 0], [10, 1], [4000, 0], [100, 1]);
    expect(placesOf(stream, [stream.length])).toEqual([
      { start: 1400, speechStart: 3000, length: 1600 + 1000 + 3999 + 10 + 4000 },
      { start: 12_009, speechStart: 12_009, length: 100 },
    ]);
  });

  it('do not depend on the pieces that the stream comes in', () => {
    const draw = seededDraws(7);
    const stream = streamOf([4500, 0], [9000, 1], [5000, 0], [700, 1], [9000, 0], [3000, 1], [100, 0]);
    const whole = placesOf(stream, [stream.length]);
    expect(whole).toHaveLength(3);
    for (let round = 0; round < 20; round++) {
      const pieces: number[] = [];
      for (let left = stream.length; left > 0; left -= pieces.at(-1) as number) {
        pieces.push(Math.min(left, 1 + Math.floor(draw() * 3000)));
      }
      expect(placesOf(stream, pieces)).toEqual(whole);
    }
  });

  it('end after a minute, however loud it is, and nothing of the stream is lost', () => {
    const stream = streamOf([8000 * 130, 1]);
    const places = placesOf(
      stream,
      Array.from({ length: 130 }, () => 8000),
    );
    expect(places.map(({ length }) => length)).toEqual([480_000, 480_000, 80_000]);
    expect(places.map(({ start }) => start)).toEqual([0, 480_000, 960_000]);
  });

  it('are waited for as long as is said, once', () => {
    const stream = streamOf([39_999, 0], [1, 0], [90_000, 0]);
    const events: SegmentEvent[] = [...new SpeechSegments(limits).hear(stream)];
    expect(events).toEqual([{ kind: 'silence', at: 40_000 }]);
    expect(
      [...new SpeechSegments(limits).hear(streamOf([39_999, 0], [1, 1], [90_000, 0]))].map(({ kind }) => kind),
    ).toEqual(['began', 'ended']);
  });
});

function streamOf(...parts: readonly (readonly [length: number, loud: 0 | 1])[]): Int16Array {
  return Int16Array.from(parts.flatMap(([length, loud]) => Array.from({ length }, () => (loud === 1 ? 400 : 399))));
}

function placesOf(stream: Int16Array, pieces: readonly number[]) {
  const segments = new SpeechSegments(limits);
  const found: Segment[] = [];
  let at = 0;
  for (const piece of pieces) {
    for (const event of segments.hear(stream.subarray(at, at + piece)))
      if (event.kind === 'ended') found.push(event.segment);
    at += piece;
  }
  const rest = segments.finish();
  for (const { start, samples } of [...found, ...(rest ? [rest] : [])]) {
    expect(samples).toEqual(stream.subarray(start, start + samples.length));
  }
  return [...found, ...(rest ? [rest] : [])].map(({ start, speechStart, samples }) => ({
    start,
    speechStart,
    length: samples.length,
  }));
}
