/** How samples stand in bytes. */
export interface SampleForm {
  /** The number of the header of a WAV file: 1 PCM, 3 floating point, 6 A-law, 7 mu-law. */
  readonly encoding: number;
  readonly bits: number;
  readonly channels: number;
}

/** Whether samples of that form can be decoded here. */
export function isDecodable({ encoding, bits, channels }: SampleForm): boolean {
  return decoderOf(encoding, bits) !== undefined && channels >= 1 && channels <= mostChannels;
}

/** Bytes as samples, -1..1, of which all channels are mixed to one; in as many pieces as they come. */
export class MonoDecoder {
  readonly #decode: Decode;
  readonly #sampleBytes: number;
  readonly #channels: number;
  /** Of a frame that has not come as a whole. */
  #rest = Buffer.alloc(0);

  constructor(form: SampleForm) {
    const decode = decoderOf(form.encoding, form.bits);
    if (decode === undefined)
      throw new RangeError(`Give samples that are PCM: they have the encoding ${form.encoding}`);
    this.#decode = decode;
    this.#sampleBytes = form.bits / 8;
    this.#channels = form.channels;
  }

  samplesOf(piece: Uint8Array): Float64Array {
    const bytes = Buffer.concat([this.#rest, piece]);
    const frameBytes = this.#sampleBytes * this.#channels;
    const frames = Math.floor(bytes.length / frameBytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const mixed = new Float64Array(frames);
    for (let frame = 0; frame < frames; frame += 1) {
      let sum = 0;
      for (let channel = 0; channel < this.#channels; channel += 1)
        sum += this.#decode(view, frame * frameBytes + channel * this.#sampleBytes);
      mixed[frame] = sum / this.#channels;
    }
    this.#rest = bytes.subarray(frames * frameBytes);
    return mixed;
  }
}

const mostChannels = 64;

type Decode = (view: DataView, at: number) => number;

const pcm: Readonly<Record<number, Decode>> = {
  8: (view, at) => (view.getUint8(at) - 128) / 128,
  16: (view, at) => view.getInt16(at, true) / 32_768,
  24: (view, at) => (view.getInt8(at + 2) * 65_536 + view.getUint16(at, true)) / 8_388_608,
  32: (view, at) => view.getInt32(at, true) / 2_147_483_648,
};
const floating: Readonly<Record<number, Decode>> = {
  32: (view, at) => orSilence(view.getFloat32(at, true)),
  64: (view, at) => orSilence(view.getFloat64(at, true)),
};

function decoderOf(encoding: number, bits: number): Decode | undefined {
  if (encoding === 1) return pcm[bits];
  if (encoding === 3) return floating[bits];
  if (bits !== 8) return undefined;
  if (encoding === 6) return (view, at) => ofALaw(view.getUint8(at));
  return encoding === 7 ? (view, at) => ofMuLaw(view.getUint8(at)) : undefined;
}

/** A number that is none is not heard. */
function orSilence(sample: number): number {
  return Number.isFinite(sample) ? sample : 0;
}

/** ITU-T G.711: bits are inverted; of what is left are a sign, the number of a segment, and four bits within it. */
function ofMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const size = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return (bits & 0x80 ? -size : size) / 32_768;
}

/** ITU-T G.711: every second bit is inverted. */
function ofALaw(byte: number): number {
  const bits = byte ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const within = ((bits & 0x0f) << 4) + 8;
  const size = segment === 0 ? within : (within + 0x100) << (segment - 1);
  return (bits & 0x80 ? size : -size) / 32_768;
}
