import { describe, expect, it } from 'vitest';
import { isDecodable, MonoDecoder } from '../../../../workflows/data/sound/decode-samples.ts';

const decoded = (form: { encoding: number; bits: number; channels?: number }, hex: string): readonly number[] =>
  [...new MonoDecoder({ channels: 1, ...form }).samplesOf(Buffer.from(hex, 'hex'))].map(
    (one) => Math.round(one * 1e4) / 1e4,
  );

describe('samples', () => {
  it('are decoded from whole numbers of each size, and from floating point', () => {
    expect(decoded({ encoding: 1, bits: 8 }, '0080c0')).toEqual([-1, 0, 0.5]);
    expect(decoded({ encoding: 1, bits: 16 }, '0080000000400000')).toEqual([-1, 0, 0.5, 0]);
    expect(decoded({ encoding: 1, bits: 24 }, '000080000040ffffff')).toEqual([-1, 0.5, -0]);
    expect(decoded({ encoding: 1, bits: 32 }, '0000008000000040')).toEqual([-1, 0.5]);
    expect(decoded({ encoding: 3, bits: 32 }, '000000bf0000c07f')).toEqual([-0.5, 0]);
    expect(decoded({ encoding: 3, bits: 64 }, '000000000000e03f')).toEqual([0.5]);
  });

  it('are decoded from mu-law and A-law as ITU-T G.711 has it', () => {
    // The loudest, the quietest, and one in between; of each sign.
    const muLaw = decoded({ encoding: 7, bits: 8 }, '80ff00aa2a').map((one) => Math.round(one * 32_768));
    expect(muLaw).toEqual([32_124, 0, -32_124, 5372, -5372].map((one) => expect.closeTo(one, -1)));
    const aLaw = decoded({ encoding: 6, bits: 8 }, 'aa2ad555').map((one) => Math.round(one * 32_768));
    expect(aLaw).toEqual([
      expect.closeTo(32_256, -1),
      expect.closeTo(-32_256, -1),
      expect.closeTo(8, -1),
      expect.closeTo(-8, -1),
    ]);
  });

  it('are mixed of all channels, also when a piece ends within a frame', () => {
    const decoder = new MonoDecoder({ encoding: 1, bits: 16, channels: 2 });
    const bytes = Buffer.from('004000000040004000c000c0', 'hex');
    const pieces = [bytes.subarray(0, 3), bytes.subarray(3, 5), bytes.subarray(5)];
    expect(pieces.flatMap((piece) => [...decoder.samplesOf(piece)])).toEqual([0.25, 0.5, -0.5]);
  });

  it('are not decoded of what needs another program', () => {
    expect(isDecodable({ encoding: 17, bits: 4, channels: 1 })).toBe(false);
    expect(isDecodable({ encoding: 1, bits: 12, channels: 1 })).toBe(false);
    expect(isDecodable({ encoding: 1, bits: 16, channels: 0 })).toBe(false);
  });
});
