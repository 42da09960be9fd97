import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkData, type CheckOptions } from '../../../../../workflows/data/check/check-data.ts';
import { RecordingChecks } from '../../../../../workflows/data/check/recordings/check-recordings.ts';
import type { CheckedSet } from '../../../../../workflows/data/check/checked-set.ts';
import type { DataFile } from '../../../../../workflows/data/check/reading/data-file.ts';
import { DataFindings } from '../../../../../workflows/data/check/data-findings.ts';
import { fileKind } from '../../../../../workflows/data/check/recordings/file-kind.ts';
import { likeness, sameRecording } from '../../../../../workflows/data/sound/fingerprint.ts';
import { type MadeFiles, type MadeWav, wavBytes, writeSet } from '../../../../data-sets/make-set.ts';
import { createDraws } from '../../../../fuzz/draws.ts';
import { mutateBytes } from '../../../../fuzz/mutate.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function checked(files: MadeFiles, options: Partial<CheckOptions> = {}, paths = ['set']): Promise<CheckedSet> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'speechops-recordings-'));
  folders.push(cwd);
  await writeSet(cwd, files);
  return await checkData(paths, { kind: 'AudioFiles', locale: 'en-US', cwd, keepsHeard: true, ...options });
}

/** Checks bytes that come in pieces, as a file of a set. */
async function found(bytes: Uint8Array, piece = 4096): Promise<readonly string[]> {
  const findings = new DataFindings();
  const checks = new RecordingChecks({
    kind: 'AudioFiles',
    locale: 'en-US',
    purpose: undefined,
    depth: 'whole',
    findings,
  });
  await checks.check([fileOf(bytes, piece)]);
  checks.conclude('set');
  const { diagnostics } = findings.found();
  for (const one of diagnostics) expect(one.path).toBe('set/a.wav');
  return diagnostics.map(({ code }) => code);
}

function fileOf(bytes: Uint8Array, piece: number): DataFile {
  return {
    name: 'a.wav',
    path: 'set/a.wav',
    bytes: bytes.length,
    async *read() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
  };
}

/** A good recording with a field of its header otherwise. */
function withField(at: number, value: number, size: 2 | 4 = 4): Buffer {
  const wav = wavBytes({ seconds: 0.6 });
  wav.writeUIntLE(value, at, size);
  return wav;
}

describe('recordings', () => {
  it.each<[string, MadeWav]>([
    ['of 8 kHz', { sampleRate: 8000 }],
    ['of 16 kHz', {}],
    ['with a chunk before the sound that is larger than what is read at once', { chunk: 700_001 }],
    ['with the size 0 of streams', { header: { data: 0, riff: 0 } }],
    ['with the other size of streams', { header: { data: 0xffffffff, riff: 0xffffffff } }],
  ])('%s are good, and known again by their samples', async (_, wav) => {
    const { diagnostics, recordings } = await checked({ 'set/a.wav': { wav } });
    expect(diagnostics).toEqual([]);
    const plain = await checked({ 'set/a.wav': { wav: { ...wav, chunk: 0, header: {} } } });
    expect(recordings).toEqual(plain.recordings);
    expect(recordings[0]).toMatchObject({ seconds: 1, heard: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  });

  it.each<[string, number, number, (2 | 4)?]>([
    ['audio-not-wav', 0, 0],
    ['audio-not-wav', 8, 0],
    ['audio-header', 12, 0],
    ['audio-sizes', 4, 77],
    ['audio-header', 16, 15],
    ['audio-encoding', 20, 7, 2],
    ['audio-channels', 22, 2, 2],
    ['audio-channels', 22, 0, 2],
    ['audio-sample-rate', 24, 44_100],
    ['audio-sizes', 28, 1],
    ['audio-sizes', 32, 4, 2],
    ['audio-bits', 34, 24, 2],
    ['audio-bits', 34, 0, 2],
    ['audio-empty', 36, 0x20202020],
    ['audio-truncated', 40, 19_202],
    ['audio-half-sample', 40, 19_199],
    ['audio-sizes', 40, 19_198],
    ['audio-sizes', 40, 1000],
  ])('say %s where byte %i of the header is %i', async (code, at, value, size) => {
    expect(await found(withField(at, value, size))).toContain(code);
  });

  it('say that they are cut off, wherever that is', async () => {
    const wav = wavBytes({ seconds: 0.6 });
    for (let length = 0; length < 60; length += 1) {
      const codes = await found(wav.subarray(0, length), 5);
      expect(codes, `${length} bytes`).toHaveLength(1);
      expect(codes[0]).toMatch(/^audio-(?:empty|not-wav|header|truncated)$/);
    }
    for (const length of [wav.length - 1, wav.length - 2, 1000, 501])
      expect(await found(wav.subarray(0, length)), `${length} bytes`).toEqual(['audio-truncated']);
  });

  it('never throw, whatever is in their bytes', async () => {
    const wav = wavBytes({ seconds: 0.02, chunk: 6 });
    for (let seed = 0; seed < 2000; seed += 1) {
      const draws = createDraws(seed);
      const bytes = draws.chance(0.9)
        ? mutateBytes(wav, draws)
        : Buffer.from(draws.several(600, () => draws.below(256)));
      const codes = await found(
        draws.chance(0.5) ? bytes : bytes.subarray(0, draws.below(bytes.length)),
        1 + draws.below(300),
      );
      expect(codes.length).toBeLessThan(8);
    }
  });

  it('are rejected once, whatever is wrong with them', async () => {
    const wav = { channels: 2, sampleRate: 44_100, bits: 24 };
    const { diagnostics, rejected, isRefused, recordings } = await checked({
      'set/a.wav': { wav },
      'set/b.wav': { wav: {} },
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['audio-bits', 'audio-channels', 'audio-sample-rate']);
    expect({ rejected, isRefused }).toEqual({ rejected: 1, isRefused: false });
    expect(recordings.map(({ name }) => name)).toEqual(['b.wav']);
  });

  it('share one warning, which names the first, also across folders and archives', async () => {
    const quiet = { wav: { amplitude: 0.004 } };
    const { diagnostics, counts } = await checked(
      {
        'set/{1..4}.wav': quiet,
        'more.zip': { zip: { '5.wav': quiet, '1.wav': { wav: { voice: 5, amplitude: 0.003 } } } },
      },
      {},
      ['set', 'more.zip'],
    );
    expect(counts).toEqual({ errors: 0, warnings: 1 });
    expect(diagnostics[0]).toMatchObject({ code: 'audio-quiet', path: 'set/1.wav' });
    expect(diagnostics[0]?.message).toContain('6 recordings are very quiet: `1.wav`, `2.wav`, `3.wav` and 3 more');
  });

  it('are told to be the same by their samples, whatever their headers and their places are', async () => {
    const { diagnostics } = await checked(
      { 'set/a.wav': { wav: { voice: 1 } }, 'b.zip': { zip: { 'b.wav': { wav: { voice: 1, chunk: 40 } } } } },
      {},
      ['set', 'b.zip'],
    );
    expect(diagnostics.map(({ code, path: file }) => [code, file])).toEqual([['recorded-twice', 'b.zip/b.wav']]);
  });

  it('have fingerprints by which others can find them again', async () => {
    const files: MadeFiles = {
      'set/a.wav': { wav: { voice: 1, seconds: 4 } },
      'set/b.wav': { wav: { voice: 1, seconds: 4, amplitude: 0.1 } },
      'set/c.wav': { wav: { voice: 2, seconds: 4 } },
    };
    // Memory would grow with each.
    const unkept = await checked(files, { keepsHeard: false });
    expect(unkept.recordings.map(({ heard }) => heard)).toEqual([undefined, undefined, undefined]);
    const { recordings } = await checked(files);
    const [a, b, c] = recordings.map(({ heard }) => heard!.fingerprint);
    expect(likeness(a!, b!)).toBeGreaterThan(sameRecording);
    expect(likeness(a!, c!)).toBeLessThan(sameRecording);
  });

  it('are not heard where headers are enough', async () => {
    const { diagnostics, recordings } = await checked(
      { 'set/a.wav': { wav: { amplitude: 0 } }, 'set/b.wav': { wav: { bits: 8 } } },
      { depth: 'quick' },
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['audio-bits']);
    expect(recordings).toEqual([{ name: 'a.wav', path: 'set/a.wav', seconds: 1, sampleRate: 16_000 }]);
  });

  it.each<[string, CheckOptions['purpose'], CheckOptions['kind']]>([
    ['a test', 'test', 'Acoustic'],
    ['training without transcripts', 'train', 'AudioFiles'],
  ])('may be longer than 40 s in %s', async (_, purpose, kind) => {
    const { diagnostics } = await checked(
      { 'set/a.wav': { wav: { seconds: 41, sampleRate: 8000 } }, 'set/trans.txt': 'a.wav\tgood morning\n' },
      { purpose, kind },
    );
    expect(diagnostics.map(({ code }) => code).filter((code) => code !== 'left-out')).toEqual([]);
  });

  it.each(['call-center', 'hospital-ward'])('of the example %s are good', async (example) => {
    const data = path.join(import.meta.dirname, '../../../../../examples', example, 'data');
    for (const folder of readdirSync(data).filter((name) => !name.includes('.'))) {
      const how = { kind: 'Acoustic', locale: 'en-US', purpose: 'test', cwd: data, keepsHeard: true } as const;
      const set = await checkData([folder], how);
      expect(set.diagnostics.filter(({ code }) => /^(?:audio|too|no-pause|recorded)/.test(code))).toEqual([]);
      expect(set.recordings.every(({ heard }) => heard !== undefined)).toBe(true);
    }
  });
});

describe('what is called .wav', () => {
  it.each<[string, string, string]>([
    ['MP3', 'fffb9064', 'sound'],
    ['AAC', 'fff15080', 'sound'],
    ['FLAC', '664c6143', 'sound'],
    ['M4A', '00000020667479704d344120', 'sound'],
    ['MP4', '000000206674797069736f6d', 'sound'],
    ['AMR', '2321414d520a', 'sound'],
    ['AIFF', '464f524d0000000041494646', 'sound'],
    ['Ogg', '4f67675300', 'sound'],
    ['WebM', '1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'sound'],
    ['RF64, which is a WAV file of more than 4 GB', '52463634ffffffff57415645', 'sound'],
    ['JSON', '7b226572726f72223a', 'other'],
    ['XML', '3c3f786d6c20', 'other'],
    ['zeros at its beginning', '00000000', 'other'],
    ['a file of DVC', Buffer.from('outs:\n- md5: 1\n').toString('hex'), 'pointer'],
    ['a pointer of git-annex', Buffer.from('/annex/objects/SHA256E-s1--2.wav\n').toString('hex'), 'pointer'],
    ['of a format that is not known: its first bytes are 01 02 03 04', '0102030405', 'sound'],
  ])('may be %s', (is, hex, holds) => {
    expect(fileKind(Buffer.from(hex, 'hex'))).toMatchObject({ is, holds });
  });
});
