import type { Sound } from '../../sound/sound-meter.ts';
import { isStreamedSize, type WavFault } from '../../wav-header.ts';
import { ByteStream } from './byte-stream.ts';
import type { CheckContext } from '../check-context.ts';
import { checkHeader } from './check-header.ts';
import type { CheckedRecording } from '../checked-set.ts';
import type { DataFile } from '../reading/data-file.ts';
import { fileKind } from './file-kind.ts';
import { hear } from './hear.ts';
import { reportLeakOfRecording } from '../report-leaks.ts';
import { hasRemains, scanHeader } from './scan-header.ts';
import { SharedWarnings } from './shared-warnings.ts';

const hour = 3600;
/** In seconds. */
const most = { recording: 2 * hour, smoke: 60, training: 40 };
const fewestSeconds = 0.1;
/** In hours. */
const mostUsed = 100;
const mostTested = 5;

/** Checks the recordings of a set, one after the other, each in a stream; then what can be said of all of them together. */
export class RecordingChecks {
  readonly #context: CheckContext;
  readonly #warnings = new SharedWarnings();
  /** The name of the first recording of each sound. */
  readonly #digests = new Map<string, string>();
  #taken = 0;
  #seconds = 0;
  #secondsToTrain = 0;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  /** Checks recordings, and answers those that the service takes. */
  async check(files: readonly DataFile[]): Promise<readonly CheckedRecording[]> {
    const taken: CheckedRecording[] = [];
    for (const file of files) {
      this.#context.signal?.throwIfAborted();
      const bytes = new ByteStream(file.read());
      try {
        const recording = await this.#checkOne(file, bytes);
        if (recording !== undefined) taken.push(recording);
      } finally {
        await bytes.close();
      }
      this.#context.onProgress?.(file.bytes);
    }
    return taken;
  }

  /** Reports what recordings share, and what is to be said of all of them, once all of them have been checked. */
  conclude(path: string): void {
    const { findings, purpose, kind } = this.#context;
    const tooLong = this.#warnings.count('too-long-for-training');
    const isAllTooLong = purpose === 'train' && kind === 'Acoustic' && tooLong > 0 && tooLong === this.#taken;
    if (isAllTooLong) findings.report('all-too-long', { path }, { recordings: tooLong });
    this.#warnings.report(findings, { except: isAllTooLong ? ['too-long-for-training'] : [] });
    const used = this.#secondsToTrain / hour;
    if (purpose === 'train' && used > mostUsed) findings.report('too-much-to-train', { path }, { hours: used });
    const tested = this.#seconds / hour;
    if (purpose === 'test' && tested > mostTested) findings.report('too-much-to-test', { path }, { hours: tested });
  }

  async #checkOne(file: DataFile, bytes: ByteStream): Promise<CheckedRecording | undefined> {
    const { findings, depth } = this.#context;
    const at = { path: file.path, unit: file.name };
    const beginning = await bytes.beginning(512);
    if (beginning.length === 0) {
      findings.report('audio-empty', at, { bytes: 0 });
      return undefined;
    }
    const header = await scanHeader(bytes, file.bytes);
    if (typeof header === 'string') {
      this.#reportFault(header, { file, beginning });
      return undefined;
    }
    const format = checkHeader(header, { file, findings });
    if (format === undefined || !this.#checkDuration(format.seconds, file)) return undefined;
    if (format.isUneven) this.#warnings.add('audio-sizes', file);
    const { seconds } = format;
    const { sampleRate } = header;
    const recording = { name: file.name, path: file.path, seconds, sampleRate };
    if (depth === 'quick') return recording;
    const { tests, keepsHeard = false } = this.#context;
    const isCompared = keepsHeard || tests !== undefined;
    const heard = await hear(bytes, { at: header.dataAt, length: format.bytes, sampleRate, isCompared });
    if (!format.isUneven && !isStreamedSize(header.dataSize) && (await hasRemains(bytes, header, file.bytes)))
      this.#warnings.add('audio-sizes', file);
    this.#checkSound(heard.sound, recording);
    this.#checkDigest(heard.digest, recording);
    const { digest, fingerprint } = heard;
    if (fingerprint === undefined) return recording;
    const compared = { ...recording, heard: { digest, fingerprint } };
    if (tests !== undefined) reportLeakOfRecording(compared, { tests, findings });
    return keepsHeard ? compared : recording;
  }

  #reportFault(
    fault: WavFault,
    { file, beginning }: { readonly file: DataFile; readonly beginning: Uint8Array },
  ): void {
    const { findings } = this.#context;
    const at = { path: file.path, unit: file.name };
    if (fault === 'no-sound') {
      findings.report('audio-empty', at, { bytes: file.bytes });
    } else if (fault !== 'not-wav') {
      findings.report('audio-header', at, { is: headerFaults[fault] });
    } else if (Buffer.from(beginning).toString('latin1').startsWith('RIFF') && beginning.length < 12) {
      findings.report('audio-header', at, { is: headerFaults['cut-before-sound'] });
    } else {
      const { is, holds, get = '' } = fileKind(beginning);
      if (holds === 'pointer') findings.report('audio-pointer', at, { is, get });
      else findings.report('audio-not-wav', at, { name: file.name, is, isSound: holds === 'sound' });
    }
  }

  /** Whether the service takes a recording of that length. */
  #checkDuration(seconds: number, { name, path }: DataFile): boolean {
    const { findings, purpose, kind } = this.#context;
    const at = { path, unit: name };
    if (purpose === 'smoke' && seconds > most.smoke) {
      findings.report('too-long-for-smoke', at, { seconds });
      return false;
    }
    if (seconds > most.recording) {
      findings.report('too-long', at, { seconds });
      return false;
    }
    this.#taken += 1;
    this.#seconds += seconds;
    // Of recordings without a transcript there is no text that could be used in their place.
    const isUsed = kind === 'AudioFiles' || seconds <= most.training;
    if (isUsed) this.#secondsToTrain += seconds;
    else if (purpose === 'train' || purpose === undefined)
      this.#warnings.add('too-long-for-training', { name, path, size: seconds });
    if (seconds < fewestSeconds) this.#warnings.add('too-short', { name, path });
    return true;
  }

  #checkSound(sound: Sound, { name, path, seconds }: CheckedRecording): void {
    const add = (code: Parameters<SharedWarnings['add']>[0], size?: number): void =>
      this.#warnings.add(code, { name, path, ...(size === undefined ? {} : { size }) });
    if (Math.abs(sound.offset) > mostOffset) add('audio-offset', Math.abs(sound.offset));
    const isEven = seconds >= evenSeconds && sound.range < evenRange;
    if (isEven || sound.speechLevel < nothingHeard) {
      // Of a tenth of a second nothing is known.
      if (seconds >= fewestSeconds) add('audio-silent');
      return;
    }
    if (sound.speechLevel < quiet) add('audio-quiet', -sound.speechLevel);
    if (sound.clipped > mostClipped) add('audio-clipped', sound.clipped);
    if (seconds >= pauseSeconds && (sound.isCut.atStart || sound.isCut.atEnd)) add('no-pause');
    const { aboveTelephone = 0 } = sound;
    if (seconds >= bandSeconds && aboveTelephone < leastAboveTelephone) add('audio-upsampled');
  }

  #checkDigest(digest: string, { name, path }: CheckedRecording): void {
    const first = this.#digests.get(digest);
    if (first === undefined) this.#digests.set(digest, name);
    else this.#warnings.add('recorded-twice', { name: `${name} = ${first}`, path });
  }
}

/** The share of samples at full scale. */
const mostClipped = 0.001;
const mostOffset = 0.02;
/** Levels in decibels of full scale. */
const nothingHeard = -65;
const quiet = -45;
/** Speech has pauses: what is even for so long, within so many decibels, is none. */
const evenSeconds = 2;
const evenRange = 3;
/** Shorter recordings are words that were cut out on purpose. */
const pauseSeconds = 0.5;
/** In shorter ones there may be no fricative. */
const bandSeconds = 1;
/** Speech has about -30 dB above 4 kHz; what filters leave of 8 kHz, and the rounding to 16 bits, is less than -60. */
const leastAboveTelephone = -60;

const headerFaults: Readonly<Record<Exclude<WavFault, 'not-wav' | 'no-sound'>, string>> = {
  'cut-before-sound': 'is cut off before its sound',
  'cut-within-header': 'is cut off within its header, or that is no header',
  'no-format': 'has no format before its sound',
  'too-many-chunks': 'has more than 1,000 chunks before its sound',
};
