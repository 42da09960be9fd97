import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { espeakSpeech } from '../../../../workflows/data/synthesis/espeak.ts';
import { skipWithout } from '../../../skip-without.ts';

const withoutEspeak = skipWithout({
  isThere: spawnSync('espeak-ng', ['--version']).status === 0,
  name: 'espeak-ng',
  install: "Install Debian's package espeak-ng",
});

describe('espeak-ng', () => {
  it.skipIf(withoutEspeak !== undefined)(
    `speaks with 16 kHz in voices that differ ${withoutEspeak ?? ''}`,
    async () => {
      const speech = espeakSpeech({ toolPath: process.env['PATH'] });
      const voices = await speech.voices();
      expect(voices).toContainEqual({ name: 'en-us+f2', locale: 'en-us', isGeneral: true });
      expect(voices).toContainEqual({ name: 'cmn', locale: 'zh', isGeneral: true });
      const text = 'how much [[ramipril is left --help';
      const said = await speech.speak(text, { voice: 'en-us', locale: 'en-US' });
      const seconds = said.length / 32_000;
      expect(seconds).toBeGreaterThan(1);
      expect(seconds).toBeLessThan(6);
      const again = await speech.speak(text, { voice: 'en-us', locale: 'en-US' });
      expect(Buffer.from(again).equals(Buffer.from(said))).toBe(true);
      const other = await speech.speak(text, { voice: 'en-us+f2', locale: 'en-US' });
      expect(Buffer.from(other).equals(Buffer.from(said))).toBe(false);
      await expect(speech.speak(text, { voice: 'xx-nobody', locale: 'en-US' })).rejects.toThrow(
        'Look at espeak-ng: it says Error: The specified espeak-ng voice does not exist.',
      );
    },
  );

  it('that is not there, or gives no sound, is told', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-espeak-'));
    onTestFinished(async () => await rm(folder, { recursive: true }));
    const speech = espeakSpeech({ toolPath: folder });
    await expect(speech.voices()).rejects.toThrow('Install espeak-ng, or leave out --engine espeak-ng');
    await writeFile(path.join(folder, 'espeak-ng'), '#!/bin/sh\necho hello\n');
    await chmod(path.join(folder, 'espeak-ng'), 0o755);
    await expect(speech.speak('a', { voice: 'b', locale: 'c' })).rejects.toThrow('it wrote no sound');
  });

  it('is ended with the reason of the signal', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-espeak-'));
    onTestFinished(async () => await rm(folder, { recursive: true }));
    await writeFile(path.join(folder, 'espeak-ng'), '#!/bin/sh\nexec /bin/sleep 60\n');
    await chmod(path.join(folder, 'espeak-ng'), 0o755);
    const ended = new AbortController();
    const saying = espeakSpeech({ toolPath: folder }).speak('a', { voice: 'b', locale: 'c', signal: ended.signal });
    ended.abort(new Error('enough'));
    await expect(saying).rejects.toThrow('enough');
  });
});
