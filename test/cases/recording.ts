import { sampleRecording } from '../../workflows/cli/init/sample-recordings.ts';

/** A WAV file as some program writes it: PCM, 16 bit, mono, 8 kHz, unless something else is said. */
export interface Recording {
  readonly said: string;
  /** Chunks of these names stand between the header and the samples. */
  readonly chunks?: readonly string[];
  /** Whether the header is a WAVE_FORMAT_EXTENSIBLE. */
  readonly isExtensible?: boolean;
  /** How many bytes of samples the file says that it has; what a program writes that does not know it yet. */
  readonly dataSize?: number;
}

const dataAt = 36;
const formatAt = 12;

/** The bytes of a recording, of which the emulator hears what is said. */
export function recording(name: string, { said, chunks = [], isExtensible, dataSize }: Recording): Uint8Array {
  const plain = Buffer.from(sampleRecording(name, said));
  const format =
    isExtensible === true ? extensible(plain.subarray(formatAt + 8, dataAt)) : plain.subarray(formatAt, dataAt);
  const data = plain.subarray(dataAt);
  if (dataSize !== undefined) data.writeUInt32LE(dataSize, 4);
  const body = Buffer.concat([format, ...chunks.map((id) => chunk(id, Buffer.alloc(26))), data]);
  const head = Buffer.from(plain.subarray(0, formatAt));
  head.writeUInt32LE(dataSize ?? body.length + 4, 4);
  return Buffer.concat([head, body]);
}

function chunk(id: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** The same format with the sub-format of PCM, as for more than two channels: https://learn.microsoft.com/windows/win32/api/mmreg/ns-mmreg-waveformatextensible */
function extensible(pcm: Uint8Array): Buffer {
  const more = Buffer.alloc(24);
  more.writeUInt16LE(22, 0);
  more.writeUInt16LE(16, 2);
  more.writeUInt32LE(4, 4);
  Buffer.from('0100000000001000800000aa00389b71', 'hex').copy(more, 8);
  const format = Buffer.from(pcm);
  format.writeUInt16LE(0xfffe, 0);
  return chunk('fmt ', Buffer.concat([format, more]));
}
