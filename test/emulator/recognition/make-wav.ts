/** A WAV file with the given samples; every field of its headers can be made wrong. */
export function makeWav(
  samples: Int16Array,
  options: {
    readonly sampleRate?: number;
    readonly channels?: number;
    readonly bits?: number;
    readonly encoding?: number;
    /** What the data chunk announces, instead of the truth. */
    readonly dataSize?: number;
    /** Whole chunks between the format and the samples. */
    readonly before?: Uint8Array;
    readonly after?: Uint8Array;
    /** 40 for the extensible form. */
    readonly formatSize?: 16 | 40;
  } = {},
): Buffer {
  const { sampleRate = 8000, channels = 1, bits = 16, encoding = 1, formatSize = 16 } = options;
  const format = Buffer.alloc(8 + formatSize);
  format.write('fmt ', 0, 'latin1');
  format.writeUInt32LE(formatSize, 4);
  format.writeUInt16LE(encoding, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(sampleRate, 12);
  format.writeUInt32LE((sampleRate * channels * bits) / 8, 16);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  if (formatSize === 40) format.writeUInt16LE(1, 32);
  const body = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const data = Buffer.alloc(8);
  data.write('data', 0, 'latin1');
  data.writeUInt32LE(options.dataSize ?? body.length, 4);
  const rest = [format, options.before ?? Buffer.alloc(0), data, body, options.after ?? Buffer.alloc(0)];
  const riff = Buffer.alloc(12);
  riff.write('RIFF', 0, 'latin1');
  riff.writeUInt32LE(4 + rest.reduce((sum, part) => sum + part.length, 0), 4);
  riff.write('WAVE', 8, 'latin1');
  return Buffer.concat([riff, ...rest]);
}

/** A chunk with its pad byte. */
export function makeChunk(tag: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(tag, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}
