import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../../emulator/start-emulator.ts';
import type { UploadWith } from '../../../../schemas/types.gen.ts';
import { checkData } from '../../../../workflows/data/check/check-data.ts';
import { createSpeechClient } from '../../../../workflows/speech/speech-client.ts';
import { findSampleData } from '../../../data-sets/sample-data.ts';

/** What Microsoft's documents say of what is refused of Microsoft's own samples. */
const documented: Readonly<Record<string, string>> = {
  repetition:
    'Training and testing datasets: "Avoid repeating characters, words, or groups of words more than three times. […] The Speech service might drop lines with too many repetitions."',
  'long-sentence':
    'Human-labeled transcriptions: "In Japanese (ja-JP), there\'s a maximum length of 90 characters for each sentence. Lines with longer sentences are discarded."',
};

/** How many lines of each file are refused. */
const refused: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'en-US/media-entities/training/structured-text.md': { repetition: 2 },
  'ja-JP/testing/audio-and-trans.zip': { 'long-sentence': 1 },
  'ja-JP/training/audio-and-trans.zip': { 'long-sentence': 1 },
};

/** Large archives that were not there when the list above was made. */
function isUnseen(name: string): boolean {
  return /^en-US\/(?:biology|display formatting|media-entities)\/testing\//.test(name);
}

describe("Microsoft's sample data for Custom Speech", () => {
  it('are taken by the check as by the emulator, but for lines that the documents refuse', async (context) => {
    const scratch = await mkdtemp(path.join(tmpdir(), 'speechops-samples-'));
    onTestFinished(async () => await rm(scratch, { recursive: true, force: true }));
    const samples = await findSampleData(scratch);
    if ('absent' in samples) {
      process.stderr.write(`${samples.absent}\n`);
      context.skip(samples.absent);
      return;
    }
    const { folder, files } = samples;
    expect(new Set(files.map((file) => file.split('/')[0])).size).toBe(9);
    expect(files.length).toBeGreaterThanOrEqual(43);
    const emulator = await startEmulator({ speed: 100_000 });
    onTestFinished(() => emulator.close());
    const client = createSpeechClient({
      endpoint: emulator.url,
      credential: { key: emulator.key },
      pollFloorMilliseconds: 20,
    });
    for (const name of files) {
      const file = path.join(folder, name);
      const kind = kindOf(name);
      const locale = name.split('/')[0] ?? '';
      const purpose = name.includes('/testing/') ? 'test' : 'train';
      const set = await checkData([file], { kind, locale, purpose, cwd: folder });
      const errors = set.diagnostics.filter(({ severity }) => severity === 'error');
      for (const { code, message } of errors) expect(documented, `${name}: ${message}`).toHaveProperty(code);
      const counts = Object.fromEntries(
        Object.entries(Object.groupBy(errors, ({ code }) => code)).map(([code, all = []]) => [code, all.length]),
      );
      if (!isUnseen(name)) expect(counts, name).toEqual(refused[name] ?? {});
      const { self } = await client.datasets.create({ displayName: name, locale, kind });
      await client.datasets.uploadContent(self, createReadStream(file));
      const { status, properties } = await client.datasets.wait(self);
      const { acceptedLineCount = 0, rejectedLineCount = 0 } = properties ?? {};
      expect(status, name).toBe(set.isRefused ? 'Failed' : 'Succeeded');
      if (!set.isRefused)
        expect([acceptedLineCount, rejectedLineCount], name).toEqual([set.lines - set.rejected, set.rejected]);
    }
  }, 300_000);
});

function kindOf(name: string): UploadWith['kind'] {
  if (name.endsWith('/audio-and-trans.zip')) return 'Acoustic';
  if (name.endsWith('/audio.zip')) return 'AudioFiles';
  if (name.endsWith('/pronunciation.txt')) return 'Pronunciation';
  if (name.endsWith('/structured-text.md')) return 'LanguageMarkdown';
  return name.endsWith('display format.txt') ? 'OutputFormatting' : 'Language';
}
