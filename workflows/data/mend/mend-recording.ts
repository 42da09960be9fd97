import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ByteStream } from '../check/recordings/byte-stream.ts';
import { checkHeader } from '../check/recordings/check-header.ts';
import type { DataFile } from '../check/reading/data-file.ts';
import { DataFindings } from '../check/data-findings.ts';
import { fileKind } from '../check/recordings/file-kind.ts';
import { openFile } from '../check/reading/open-source.ts';
import { hasRemains, scanHeader } from '../check/recordings/scan-header.ts';
import { isDecodable, MonoDecoder } from '../sound/decode-samples.ts';
import { type Pause, PauseFinder } from '../sound/pauses.ts';
import { Resampler } from '../sound/resampler.ts';
import { isStreamedSize, PCM, type WavHeader } from '../wav-header.ts';
import { type AudioTool, endingOf } from './audio-tool.ts';
import type { Part } from './divide-recording.ts';
import { WavWriter } from './wav-writer.ts';

/** What became of a recording. */
export type MendedRecording =
  | {
      readonly kind: 'same' | 'mended' | 'divided';
      readonly changes: readonly string[];
      readonly codes: readonly string[];
      readonly parts?: readonly Part[];
    }
  /** It is copied as it is; `why` is the end of a sentence about it. */
  | { readonly kind: 'left'; readonly why: string };

export interface MendRecordingOptions {
  /** The absolute path of the recording that is written; of a part the path with its number. */
  readonly targetOf: (part?: number) => string;
  /** Where something may be written and removed again. */
  readonly scratch: string;
  readonly tool: () => Promise<AudioTool | undefined>;
  /** In seconds: a recording that is longer is divided. */
  readonly longest: number;
  /** The parts of one that is too long, or why it cannot be divided, as the end of a sentence. */
  readonly divide: (sound: { readonly seconds: number; readonly pauses: readonly Pause[] }) => readonly Part[] | string;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a recording as the service takes it: PCM of 16 bits, one channel, 8 or 16 kHz. One that nothing is wrong with keeps its bytes. */
export async function mendRecording(file: DataFile, options: MendRecordingOptions): Promise<MendedRecording> {
  const found = await lookAt(file);
  if (found.kind === 'foreign') return await convert(file, { ...options, is: found.is });
  if (found.kind === 'left') {
    await copy(file, options.targetOf());
    return found;
  }
  const { header, codes } = found;
  const seconds = secondsOf(header);
  if (seconds > options.longest) {
    const { parts, why } = await partsOf(file, { header, seconds, divide: options.divide });
    if (parts !== undefined) {
      for (const [index, part] of parts.entries())
        await write(file, { header, target: options.targetOf(index + 1), part, signal: options.signal });
      return {
        kind: 'divided',
        changes: [
          `${clock(seconds)} → ${parts.length} recordings of ${parts.map(({ from, to }) => clock(to - from)).join(', ')}`,
          ...changesOf(header),
        ],
        codes: ['too-long', ...codes],
        parts,
      };
    }
    if (codes.length === 0) await copy(file, options.targetOf());
    else await write(file, { header, target: options.targetOf(), signal: options.signal });
    return { kind: 'left', why: `has ${clock(seconds)} and is not divided: ${why}` };
  }
  if (codes.length === 0) {
    await copy(file, options.targetOf());
    return { kind: 'same', changes: [], codes: [] };
  }
  await write(file, { header, target: options.targetOf(), signal: options.signal });
  return { kind: 'mended', changes: changesOf(header), codes };
}

type Looked =
  | { readonly kind: 'wav'; readonly header: WavHeader; readonly codes: readonly string[] }
  | { readonly kind: 'foreign'; readonly is: string }
  | { readonly kind: 'left'; readonly why: string };

async function lookAt(file: DataFile): Promise<Looked> {
  const bytes = new ByteStream(file.read());
  try {
    const beginning = await bytes.beginning(512);
    const header = await scanHeader(bytes, file.bytes);
    if (typeof header === 'string') {
      const kind = fileKind(beginning);
      if (header === 'not-wav' && kind.holds === 'sound' && beginning.length > 0)
        return { kind: 'foreign', is: kind.is };
      return {
        kind: 'left',
        why: beginning.length === 0 ? 'is empty' : header === 'not-wav' ? `is ${kind.is}` : 'has a damaged header',
      };
    }
    const findings = new DataFindings();
    const format = checkHeader(header, { file, findings });
    const codes = [...new Set(findings.found().diagnostics.map(({ code }) => code))];
    if (codes.includes('audio-truncated')) return { kind: 'left', why: 'is cut off' };
    if (codes.includes('audio-empty')) return { kind: 'left', why: 'has no sound' };
    if (header.sampleRate < fewestHertz || header.sampleRate > mostHertz)
      return { kind: 'left', why: `has ${hertz(header.sampleRate)}, which is no rate of speech` };
    if (!isDecodable(header)) return { kind: 'foreign', is: `WAV of the encoding ${header.encoding}` };
    const isUneven =
      format !== undefined &&
      (format.isUneven || (!isStreamedSize(header.dataSize) && (await hasRemains(bytes, header, file.bytes))));
    return { kind: 'wav', header, codes: isUneven ? [...codes, 'audio-sizes'] : codes };
  } finally {
    await bytes.close();
  }
}

const fewestHertz = 1000;
const mostHertz = 768_000;

async function copy(file: DataFile, target: string): Promise<void> {
  await pipeline(file.read(), createWriteStream(target, { flags: 'wx' }));
}

/** What another program has to decode: first as it is, then as any other recording. */
async function convert(
  file: DataFile,
  options: MendRecordingOptions & { readonly is: string },
): Promise<MendedRecording> {
  const { is, scratch, signal, targetOf } = options;
  const leave = async (why: string): Promise<MendedRecording> => {
    if (/\.wav$/i.test(file.name)) await copy(file, targetOf());
    return { kind: 'left', why: `is ${is}, ${why}` };
  };
  const tool = await options.tool();
  if (tool === undefined) return await leave('and neither ffmpeg nor sox is on the PATH to convert it');
  const source = `${scratch}.source${endingOf(file, { is })}`;
  const decoded = `${scratch}.wav`;
  try {
    await copy(file, source);
    const fault = await tool.decode(source, { target: decoded, signal });
    if (fault !== undefined) return await leave(`and ${tool.name} ${fault.replaceAll(source, file.name)}`);
    const mended = await mendRecording(await openFile(decoded, { name: file.name, shown: file.path }), options);
    if (mended.kind === 'left') return mended;
    return {
      ...mended,
      kind: mended.kind === 'divided' ? 'divided' : 'mended',
      changes: [`${is} → WAV by ${tool.name}`, ...mended.changes],
      codes: [/\.wav$/i.test(file.name) ? 'audio-not-wav' : 'left-out', ...mended.codes],
    };
  } finally {
    await rm(source, { force: true });
    await rm(decoded, { force: true });
  }
}

function soundBytes({ dataSize, available, channels, bits }: WavHeader): number {
  const length = isStreamedSize(dataSize) ? available : Math.min(dataSize, available);
  return length - (length % ((channels * bits) / 8));
}

function secondsOf(header: WavHeader): number {
  return soundBytes(header) / ((header.channels * header.bits) / 8) / header.sampleRate;
}

/** Below 16 kHz it is 8 kHz: what is not in the sound does not come back. */
function targetRate({ sampleRate }: WavHeader): number {
  return sampleRate < 16_000 ? 8000 : 16_000;
}

async function partsOf(
  file: DataFile,
  {
    header,
    seconds,
    divide,
  }: Pick<MendRecordingOptions, 'divide'> & { readonly header: WavHeader; readonly seconds: number },
): Promise<{ readonly parts?: readonly Part[]; readonly why: string }> {
  const finder = new PauseFinder(header);
  for await (const samples of samplesOf(file, header)) finder.push(samples);
  const divided = divide({ seconds, pauses: finder.pauses() });
  return typeof divided === 'string' ? { why: divided } : { parts: divided, why: '' };
}

/** The sound of one channel, or a part of it. */
async function* samplesOf(file: DataFile, header: WavHeader, part?: Part): AsyncGenerator<Float64Array> {
  const bytes = new ByteStream(file.read());
  const decoder = new MonoDecoder(header);
  try {
    for await (const piece of bytes.parts(placeOf(header, part))) yield decoder.samplesOf(piece);
  } finally {
    await bytes.close();
  }
}

function placeOf(header: WavHeader, part: Part | undefined): { readonly at: number; readonly length: number } {
  const frameBytes = (header.channels * header.bits) / 8;
  const all = soundBytes(header);
  if (part === undefined) return { at: header.dataAt, length: all };
  const at = (seconds: number): number => Math.min(all, Math.round(seconds * header.sampleRate) * frameBytes);
  return { at: header.dataAt + at(part.from), length: at(part.to) - at(part.from) };
}

async function write(
  file: DataFile,
  {
    header,
    target,
    part,
    signal,
  }: {
    readonly header: WavHeader;
    readonly target: string;
    readonly part?: Part;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const sampleRate = targetRate(header);
  const writer = await WavWriter.open(target, { sampleRate });
  try {
    if (isTaken(header)) {
      // Not one sample is another.
      const bytes = new ByteStream(file.read());
      for await (const piece of bytes.parts(placeOf(header, part))) await writer.writeBytes(piece);
      await bytes.close();
      return;
    }
    const resampler =
      sampleRate === header.sampleRate ? undefined : new Resampler({ from: header.sampleRate, to: sampleRate });
    for await (const samples of samplesOf(file, header, part)) {
      signal?.throwIfAborted();
      await writer.write(resampler?.push(samples) ?? samples);
    }
    if (resampler !== undefined) await writer.write(resampler.end());
  } finally {
    await writer.close();
  }
}

/** Whether the samples are as the service takes them. */
function isTaken(header: WavHeader): boolean {
  const { encoding, bits, channels, sampleRate } = header;
  return encoding === PCM && bits === 16 && channels === 1 && sampleRate === targetRate(header);
}

function changesOf(header: WavHeader): readonly string[] {
  const { encoding, bits, channels, sampleRate } = header;
  const to = targetRate(header);
  const changes: string[] = [];
  if (sampleRate !== to) changes.push(`${hertz(sampleRate)} → ${hertz(to)}`);
  if (channels > 1) changes.push(`${channels} channels mixed to one`);
  if (encoding === 3) changes.push(`floating point of ${bits} bits → 16 bits`);
  else if (encoding !== PCM) changes.push(`${encoding === 7 ? 'mu-law' : 'A-law'} → PCM of 16 bits`);
  else if (bits !== 16) changes.push(`${bits} bits → 16 bits`);
  return changes.length === 0 ? ['header written anew'] : changes;
}

function hertz(rate: number): string {
  return `${rate.toLocaleString('en-US')} Hz`;
}

function clock(seconds: number): string {
  return seconds < 100
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')} min`;
}
