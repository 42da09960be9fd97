import { createHash } from 'node:crypto';
import { type Fingerprint, Fingerprinter } from '../../sound/fingerprint.ts';
import { SampleStream } from '../../sound/sample-stream.ts';
import { type Sound, SoundMeter } from '../../sound/sound-meter.ts';
import type { WantedBytes } from '../../wav-header.ts';
import type { ByteStream } from './byte-stream.ts';

/** What was heard in a recording, by which it is compared with others. */
export interface Heard {
  /** SHA-256 of the samples, whatever the header and other chunks are: hexadecimal. */
  readonly digest: string;
  readonly fingerprint: Fingerprint;
}

/** Hears a recording, whose samples are at a place of its bytes. The fingerprint is made where it is compared with others alone. */
export async function hear(
  bytes: ByteStream,
  how: WantedBytes & { readonly sampleRate: number; readonly isCompared: boolean },
): Promise<{ readonly digest: string; readonly fingerprint: Fingerprint | undefined; readonly sound: Sound }> {
  const { sampleRate, isCompared, ...wanted } = how;
  const hash = createHash('sha256');
  const stream = new SampleStream();
  const meter = new SoundMeter({ sampleRate });
  const samplesInAll = Math.floor(wanted.length / 2);
  const fingerprinter = isCompared ? new Fingerprinter({ sampleRate, samples: samplesInAll }) : undefined;
  for await (const part of bytes.parts(wanted)) {
    hash.update(part);
    const samples = stream.samplesOf(part);
    meter.push(samples);
    fingerprinter?.push(samples);
  }
  return { digest: hash.digest('hex'), fingerprint: fingerprinter?.fingerprint(), sound: meter.sound() };
}
