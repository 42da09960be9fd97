import { type FileHandle, open } from 'node:fs/promises';

/** Writes a WAV file of 16 bits and one channel while its samples come. */
export class WavWriter {
  readonly #file: FileHandle;
  readonly #sampleRate: number;
  #bytes = 0;

  private constructor(file: FileHandle, sampleRate: number) {
    this.#file = file;
    this.#sampleRate = sampleRate;
  }

  /** Opens a file that is not there yet. */
  static async open(target: string, { sampleRate }: { readonly sampleRate: number }): Promise<WavWriter> {
    const file = await open(target, 'wx');
    await file.appendFile(Buffer.alloc(HEADER_BYTES));
    return new WavWriter(file, sampleRate);
  }

  /** Samples from -1 to 1; what is louder is cut off. */
  async write(samples: Float64Array): Promise<void> {
    const bytes = Buffer.allocUnsafe(samples.length * 2);
    for (let at = 0; at < samples.length; at += 1)
      bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(samples[at]! * 32_768))), at * 2);
    await this.writeBytes(bytes);
  }

  /** Samples as they stand in a file of 16 bits. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    await this.#file.appendFile(bytes);
    this.#bytes += bytes.length;
  }

  /** Writes the header, which has the size of the sound. */
  async close(): Promise<void> {
    try {
      const odd = this.#bytes % 2;
      if (odd > 0) await this.#file.truncate(HEADER_BYTES + this.#bytes - odd);
      await this.#file.write(headerOf(this.#bytes - odd, this.#sampleRate), 0, HEADER_BYTES, 0);
    } finally {
      await this.#file.close();
    }
  }
}

const HEADER_BYTES = 44;

function headerOf(bytes: number, sampleRate: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}
