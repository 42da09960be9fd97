import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { checkData } from '../../../../workflows/data/check/check-data.ts';
import { linesOfTranscript } from '../../../../workflows/data/check/lines-of-recordings.ts';
import type { MendOptions } from '../../../../workflows/data/mend/mend-context.ts';
import { type MendedData, mendData } from '../../../../workflows/data/mend/mend-data.ts';
import { wavBytes, writeSet } from '../../../data-sets/make-set.ts';
import { withoutFfmpeg } from './without-ffmpeg.ts';
import { soxProgram, withoutSox } from './without-sox.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'speechops-mend-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
});

const mend = async (options: Partial<MendOptions> = {}): Promise<MendedData> =>
  await mendData(['set'], {
    kind: 'Acoustic',
    locale: 'en-US',
    out: 'fixed',
    cwd,
    toolPath: process.env['PATH'],
    ...options,
  });

/** Speech of so many seconds each, with a second of silence between. */
function spoken(seconds: readonly number[]): Buffer {
  const parts = seconds.flatMap((one, index) => [
    wavBytes({ seconds: one, voice: index, pause: 0 }).subarray(44),
    Buffer.alloc(32_000),
  ]);
  const sound = Buffer.concat(parts.slice(0, -1));
  const whole = wavBytes({ seconds: sound.length / 32_000, sparse: true });
  return Buffer.concat([whole.subarray(0, 44), sound]);
}

describe('mending recordings', () => {
  it('divides a long one for training, with a line for each part, and loses no sample', async () => {
    await writeSet(cwd, { 'set/b.wav': { wav: {} } });
    writeFileSync(path.join(cwd, 'set/a.wav'), spoken([20, 15, 15]));
    const [one, two, three] = [words(30), words(24), words(22)];
    writeFileSync(path.join(cwd, 'set/trans.txt'), `a.wav\t${one}. ${two}? ${three}.\r\nb.wav\thello\r\n`);
    const { left, paths } = await mend({ purpose: 'train' });
    expect(left).toEqual([]);
    const lines = await linesOfTranscript('fixed', { cwd });
    expect(lines.map(({ recording, text }) => [recording, text])).toEqual([
      ['a-1.wav', `${one}. ${two}?`],
      ['a-2.wav', `${three}.`],
      ['b.wav', 'hello'],
    ]);
    const sound = (name: string): Buffer => readFileSync(path.join(cwd, name)).subarray(44);
    expect(Buffer.concat([sound('fixed/a-1.wav'), sound('fixed/a-2.wav')])).toEqual(sound('set/a.wav'));
    const set = await checkData(paths, { kind: 'Acoustic', locale: 'en-US', purpose: 'train', cwd });
    expect(set.diagnostics.map(({ code }) => code)).not.toContain('too-long-for-training');
  });

  it('leaves a long one as it is where its words are not known to be in a part, and for tests', async () => {
    await writeSet(cwd, { 'set/trans.txt': `a.wav\t${words(60)}\n` });
    writeFileSync(path.join(cwd, 'set/a.wav'), spoken([20, 15, 15]));
    const { left } = await mend({ purpose: 'train' });
    expect(left).toEqual([
      'set/a.wav has 52.0 s and is not divided: its text is one sentence, and which words are in which part is not known',
    ]);
    expect(readFileSync(path.join(cwd, 'fixed/a.wav'))).toEqual(readFileSync(path.join(cwd, 'set/a.wav')));
    expect((await mend({ purpose: 'test', out: 'test' })).left).toEqual([]);
  });

  it.skipIf(withoutFfmpeg !== undefined)(
    `converts other formats by ffmpeg, also those that are called WAV${withoutFfmpeg ?? ''}`,
    async () => {
      await writeSet(cwd, {
        'set/a.wav': { wav: { sampleRate: 16_000 } },
        'set/trans.txt': 'a.mp3\thello\nb.wav\tthere\nc\tyou\n',
      });
      const convert = (...args: readonly string[]): unknown =>
        execFileSync('ffmpeg', ['-v', 'error', '-i', 'a.wav', ...args], { cwd: path.join(cwd, 'set') });
      convert('-ar', '44100', '-ac', '2', 'a.mp3');
      convert('b.flac');
      convert('-c:a', 'adpcm_ima_wav', 'c.wav');
      renameSync(path.join(cwd, 'set/b.flac'), path.join(cwd, 'set/b.wav'));
      rmSync(path.join(cwd, 'set/a.wav'));
      const { changes, left } = await mend();
      expect(left).toEqual([]);
      expect(changes.shown).toContain(
        'a.mp3: MP3 → WAV by ffmpeg, 44,100 Hz → 16,000 Hz, 2 channels mixed to one, called a.wav [left-out',
      );
      expect(changes.shown).toContain('b.wav: FLAC → WAV by ffmpeg [audio-not-wav]');
      expect(readdirSync(path.join(cwd, 'fixed'))).toEqual(['a.wav', 'b.wav', 'c.wav', 'trans.txt']);
      const set = await checkData(['fixed'], { kind: 'Acoustic', locale: 'en-US', cwd });
      expect(set.counts.errors).toBe(0);
      expect(set.spoken.map(({ recording, text }) => `${recording} ${text}`)).toEqual([
        'a.wav hello',
        'b.wav there',
        'c.wav you',
      ]);
    },
  );

  it.skipIf(withoutSox !== undefined)(
    `converts other formats by sox where there is no ffmpeg${withoutSox ?? ''}`,
    async () => {
      await writeSet(cwd, {
        'set/a.wav': { wav: { sampleRate: 16_000 } },
        'set/trans.txt': 'a.flac\thello\nb.wav\tthere\nc.wav\tyou\n',
      });
      const convert = (...args: readonly string[]): unknown =>
        execFileSync('sox', ['a.wav', ...args], { cwd: path.join(cwd, 'set') });
      convert('-r', '44100', '-c', '2', 'a.flac');
      convert('-t', 'aiff', 'b.wav');
      convert('-e', 'ms-adpcm', 'c.wav');
      rmSync(path.join(cwd, 'set/a.wav'));
      // A folder with sox alone is the PATH.
      const toolPath = path.join(cwd, 'tools');
      mkdirSync(toolPath);
      symlinkSync(soxProgram ?? '', path.join(toolPath, 'sox'));
      const { changes, left } = await mend({ toolPath });
      expect(left).toEqual([]);
      expect(changes.shown).toContain('a.flac: FLAC → WAV by sox, 44,100 Hz → 16,000 Hz, 2 channels mixed to one');
      expect(changes.shown).toContain('b.wav: AIFF → WAV by sox [audio-not-wav]');
      expect(readdirSync(path.join(cwd, 'fixed'))).toEqual(['a.wav', 'b.wav', 'c.wav', 'trans.txt']);
      const set = await checkData(['fixed'], { kind: 'Acoustic', locale: 'en-US', cwd });
      expect(set.counts.errors).toBe(0);
      expect(set.spoken.map(({ recording }) => recording)).toEqual(['a.wav', 'b.wav', 'c.wav']);
    },
  );

  it('says what is missing where no program is there to convert', async () => {
    await writeSet(cwd, {
      'set/a.wav': { wav: {} },
      'set/b.mp3': { hex: '4944330400000000' },
      'set/trans.txt': 'a.wav\tyes\n',
    });
    const { left } = await mend({ toolPath: '' });
    expect(left).toEqual(['set/b.mp3 is MP3, and neither ffmpeg nor sox is on the PATH to convert it']);
    expect(readdirSync(path.join(cwd, 'fixed'))).toEqual(['a.wav', 'trans.txt']);
  });
});

function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `word${'abcdefghij'[index % 10]}`).join(' ');
}
