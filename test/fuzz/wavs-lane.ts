import { RecordingChecks } from '../../workflows/data/check/recordings/check-recordings.ts';
import { DataFindings, type FoundInData } from '../../workflows/data/check/data-findings.ts';
import { readWavFormat, whyNotShortAudio } from '../../workflows/data/wav-format.ts';
import { readWav } from '../../emulator/recognition/read-wav.ts';
import { makeChunk, makeWav } from '../emulator/recognition/make-wav.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { mutateBytes, smallerBytes } from './mutate.ts';

/**
 * WAV files with headers that lie: reading one never throws, and gives no more samples than there are bytes. What checks audio before it
 * is sent, alone or in a set, agrees with the service about every one.
 */
export const fuzzWavs: FuzzLane = async (options) =>
  await fuzzDocuments(
    { draw: drawWav, check, smaller: smallerBytes, show: (bytes) => `${bytes.toString('hex')} (hex)` },
    options,
  );

function drawWav(draws: Draws): Buffer {
  const samples = Int16Array.from(draws.several(64, () => draws.below(0x1_0000) - 0x8000));
  const wav = makeWav(samples, {
    sampleRate: draws.pick([8000, 16_000, 44_100, 0]),
    channels: draws.pick([1, 1, 1, 2, 0]),
    bits: draws.pick([16, 16, 16, 8, 24, 0]),
    encoding: draws.pick([1, 1, 1, 3, 6, 0xfffe]),
    formatSize: draws.pick([16, 40]),
    ...(draws.chance(0.2) ? { dataSize: draws.pick([0, 1, 0x7fffffff, 0xffffffff]) } : {}),
    ...(draws.chance(0.3)
      ? { before: makeChunk(draws.pick(['LIST', 'fact', 'data', 'fmt ', '\0\0\0\0']), Buffer.alloc(draws.below(9))) }
      : {}),
  });
  return draws.chance(0.8) ? mutateBytes(wav, draws) : wav;
}

async function check(bytes: Buffer): Promise<string | undefined> {
  const wav = readWav(bytes);
  const format = readWavFormat({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) });
  const problem = typeof format === 'string' ? format : whyNotShortAudio(format);
  const { rejected, diagnostics } = await checkedInSet(bytes);
  if (rejected !== (wav.kind === 'fault' ? 1 : 0))
    return `the check of a set finds ${diagnostics.map(({ code }) => code).join(', ') || 'nothing'}, the service ${wav.kind === 'fault' ? wav.message : 'takes it'}`;
  if (wav.kind === 'fault') {
    if (problem === undefined) return `sent to a service that answers: ${wav.message}`;
    return wav.message === '' || problem === '' ? 'a fault without words' : undefined;
  }
  if (problem !== undefined) return `refused, and the service takes it: ${problem}`;
  if (wav.sampleRate !== 8000 && wav.sampleRate !== 16_000) return `a sample rate of ${wav.sampleRate}`;
  const isInside = wav.samples.length > 0 && wav.samples.byteLength <= bytes.length - 44;
  return isInside ? undefined : `${wav.samples.length} samples of ${bytes.length} bytes`;
}

async function checkedInSet(bytes: Buffer): Promise<FoundInData> {
  const findings = new DataFindings();
  const checks = new RecordingChecks({
    kind: 'AudioFiles',
    locale: 'en-US',
    purpose: undefined,
    depth: 'whole',
    findings,
  });
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
  };
  await checks.check([{ name: 'a.wav', path: 'a.wav', bytes: bytes.length, read: pieces }]);
  checks.conclude('.');
  return findings.found();
}
