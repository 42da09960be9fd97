import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkData } from '../../../../workflows/data/check/check-data.ts';
import { statisticsOf } from '../../../../workflows/data/statistics/set-statistics.ts';
import { WordCounts } from '../../../../workflows/data/statistics/word-counts.ts';
import { type MadeFiles, writeSet } from '../../../data-sets/make-set.ts';
import { callMain } from '../../cli/call-main.ts';

let cwd: string;
beforeEach(async () => (cwd = await mkdtemp(path.join(tmpdir(), 'speechops-statistics-'))));
afterEach(async () => await rm(cwd, { recursive: true }));

async function counted(files: MadeFiles, kind: 'Language' | 'LanguageMarkdown' | 'Acoustic'): Promise<WordCounts> {
  await writeSet(cwd, files);
  const words = new WordCounts();
  const from = kind === 'Acoustic' ? 'set' : (Object.keys(files)[0] ?? '');
  await checkData([from], { kind, locale: 'en-US', cwd, words });
  return words;
}

const calls: MadeFiles = {
  'set/a.wav': { wav: { seconds: 0.5 } },
  'set/b.wav': { wav: { seconds: 6 } },
  'set/c.wav': { wav: { seconds: 12 } },
  'set/trans.txt': 'a.wav\tGood morning, Dorvick!\nb.wav\tgood night\nc.wav\tthe Dorvick rings\nd.wav\tnever counted\n',
};

describe('statistics of a set', () => {
  it('count the words of the lines that are taken, whatever their case and punctuation', async () => {
    const { words, vocabulary } = await counted(
      { 'text.txt': 'Good morning, madam.\ngood MORNING\nhttps://example.com is no line that is taken\n' },
      'Language',
    );
    expect(words).toBe(5);
    expect(vocabulary).toEqual([
      ['good', 2],
      ['morning', 2],
      ['madam', 1],
    ]);
  });

  it('count the items of lists once, and no names of lists', async () => {
    const { vocabulary } = await counted(
      { 'text.md': '@ list drug =\n- aspirin\n- codeine\n# Orders\n- I take {@drug} daily\n- no {@drug} for me\n' },
      'LanguageMarkdown',
    );
    expect(Object.fromEntries(vocabulary)).toEqual(
      Object.fromEntries(['aspirin', 'codeine', 'daily', 'for', 'i', 'me', 'no', 'take'].map((word) => [word, 1])),
    );
  });

  it('have the durations of recordings, and the words that a text does not have', async () => {
    await writeSet(cwd, calls);
    const [counts, known] = [new WordCounts(), new WordCounts()];
    const set = await checkData(['set'], { kind: 'Acoustic', locale: 'en-US', cwd, words: counts });
    known.add('good morning and the rings');
    const { recordings, outOfVocabulary, ...rest } = statisticsOf(set, { counts, known });
    expect(rest).toEqual({ lines: 4, words: 8, differentWords: 6 });
    expect(recordings).toMatchObject({ count: 3, shortest: 0.5, median: 6, longest: 12 });
    expect(recordings?.durations).toEqual([
      { below: 1, count: 1 },
      { below: 5, count: 0 },
      { below: 10, count: 1 },
      { below: 20, count: 1 },
      { below: 40, count: 0 },
      { count: 0 },
    ]);
    expect(outOfVocabulary).toEqual({
      words: 3,
      share: 3 / 8,
      differentWords: 2,
      examples: [
        { word: 'dorvick', count: 2 },
        { word: 'night', count: 1 },
      ],
    });
  });

  it('are told by `data check` in each form, beside a training text', async () => {
    await writeSet(cwd, { ...calls, 'set/trans.txt': 'a.wav\tgood morning Dorvick\nb.wav\tgood night\nc.wav\tgood\n' });
    await writeSet(cwd, { 'text.txt': 'good morning\ngood night\n' });
    const check = async (...args: string[]): ReturnType<typeof callMain> =>
      await callMain(['data', 'check', 'set', '--kind', 'Acoustic', '--locale', 'en-US', ...args], { cwd });
    const { stdout } = await check('--vocabulary', 'text.txt');
    expect(stdout).toMatch(/recordings +3, 0\.01 h\ndurations +0\.5 s to 12\.0 s, median 6\.0 s/);
    expect(stdout).toMatch(/out of vocabulary +1 \(16\.7 %\), 1 different\n +dorvick\n/);
    const markdown = await check('--statistics', '--format', 'markdown');
    expect(markdown.stdout).toContain('| `words` | `6, 4 different` |');
    const json = await check('--statistics', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ statistics: { words: 6, recordings: { count: 3 } } });
    expect((await check()).stdout).not.toContain('durations');
    const none = await check('--vocabulary', 'set/a.wav');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Give a training text after --vocabulary')]);
  });
});
