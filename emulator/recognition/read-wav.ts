/** Audio as the Speech service takes it: PCM, 16 bits, one channel, 8 or 16 kHz. */
export interface Wav {
  readonly kind: 'wav';
  /** In hertz: 8000 or 16000. */
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/** Why bytes are not such audio. The message is a phrase that fits after a file's name. */
export interface WavFault {
  readonly kind: 'fault';
  readonly code: 'NotWav' | 'Truncated' | 'NotPcm16' | 'NotMono' | 'SampleRate' | 'Empty';
  readonly message: string;
}

/**
 * The samples of a RIFF/WAVE file, or what is wrong with it; never throws. Chunks other than `fmt ` and `data` are
 * skipped, with their pad byte. A size of 0 or 0xFFFFFFFF, which programs write that cannot seek back, means that the
 * samples go on to the end of the bytes; any other size must be there in full.
 * Formats: Microsoft Learn, "Training and testing datasets" (PCM, 16 bits, mono, 8 or 16 kHz).
 */
export function readWav(bytes: Uint8Array): Wav | WavFault {
  const data = findSamples(bytes);
  return 'kind' in data ? data : readSamples(bytes, data);
}

/**
 * What the first bytes of a stream say that begins with the header of a RIFF/WAVE file: the sample rate, and where the samples
 * begin, which follow for as long as the stream goes on; or what is wrong with them. Never throws.
 */
export function readWavStart(bytes: Uint8Array): WavStart | WavFault {
  const data = findSamples(bytes);
  if ('kind' in data) return data;
  return formatFault(data.format) ?? { kind: 'start', sampleRate: data.format.sampleRate, samplesAt: data.at };
}

export interface WavStart {
  readonly kind: 'start';
  /** In hertz: 8000 or 16000. */
  readonly sampleRate: number;
  /** In bytes. */
  readonly samplesAt: number;
}

function findSamples(bytes: Uint8Array): SampleData | WavFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') {
    return fault('NotWav', 'is not a RIFF/WAVE file');
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = tag(view, at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (name === 'fmt ') {
      if (size < 16 || body + size > bytes.length) return fault('Truncated', 'ends within its format chunk');
      format = readFormat(view, { at: body, size });
    } else if (name === 'data') {
      if (format === undefined) return fault('NotWav', 'has no format chunk before its samples');
      return { at: body, size, format };
    }
    at = body + size + (size % 2);
  }
  return format === undefined
    ? fault('NotWav', 'has neither a format chunk nor samples')
    : fault('Truncated', 'has no samples');
}

interface SampleData {
  readonly at: number;
  readonly size: number;
  readonly format: Format;
}

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;

function readFormat(view: DataView, chunk: { readonly at: number; readonly size: number }): Format {
  const encoding = view.getUint16(chunk.at, true);
  // The extensible form keeps the encoding in the first two bytes of its sub-format GUID.
  const subformat = encoding === EXTENSIBLE && chunk.size >= 40 ? view.getUint16(chunk.at + 24, true) : encoding;
  return {
    encoding: subformat,
    channels: view.getUint16(chunk.at + 2, true),
    sampleRate: view.getUint32(chunk.at + 4, true),
    bits: view.getUint16(chunk.at + 14, true),
  };
}

function formatFault({ encoding, bits, channels, sampleRate }: Format): WavFault | undefined {
  if (encoding !== PCM || bits !== 16) {
    return fault('NotPcm16', `has encoding ${encoding} with ${bits} bits: PCM (1) with 16 bits is allowed`);
  }
  if (channels !== 1) return fault('NotMono', `has ${channels} channels: 1 is allowed`);
  if (sampleRate !== 8000 && sampleRate !== 16000) {
    return fault('SampleRate', `has ${sampleRate} Hz: 8000 and 16000 are allowed`);
  }
  return undefined;
}

function readSamples(bytes: Uint8Array, data: SampleData): Wav | WavFault {
  const wrong = formatFault(data.format);
  if (wrong !== undefined) return wrong;
  const { sampleRate } = data.format;
  const available = bytes.length - data.at;
  const streamed = data.size === 0 || data.size === 0xffffffff;
  if (!streamed && data.size > available) {
    return fault('Truncated', `announces ${data.size} bytes of samples and has ${available}`);
  }
  if (!streamed && data.size % 2 === 1) return fault('Truncated', 'ends within a sample');
  const length = Math.floor((streamed ? available : data.size) / 2);
  if (length === 0) return fault('Empty', 'has no samples');
  // Copied, because the bytes may start at an odd address and may be a part of a large buffer.
  const samples = new Int16Array(length);
  new Uint8Array(samples.buffer).set(bytes.subarray(data.at, data.at + length * 2));
  return { kind: 'wav', sampleRate, samples };
}

function fault(code: WavFault['code'], message: string): WavFault {
  return { kind: 'fault', code, message };
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
