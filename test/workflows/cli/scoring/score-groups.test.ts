import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../workflows/cli/session.ts';
import { useScoreFolder } from './score-folder.ts';

const { files, folder, score } = useScoreFolder();

describe('speechops score by groups', () => {
  it('has rates by group beside those of the other model alone where there is one', async () => {
    await files({ 'ref.tsv': 's1-1\ta b c\ns2-1\td e\n', 'hyp.tsv': 's1-1\ta x c\ns2-1\td e\n' });
    const { stdout } = await score('--by', 'speaker');
    expect(stdout).toContain(
      [
        'Groups',
        'speaker  rate    utterances  words  C  S  D  I',
        's1       33.3 %  1           3      2  1  0  0',
        's2       0.0 %   1           2      2  0  0  0',
        '',
      ].join('\n'),
    );
  });

  it('refuses to group by what no utterance has', async () => {
    await files({ 'ref.tsv': '{"id":"u1","text":"a","room":"x"}', 'hyp.tsv': 'u1\ta\n' });
    expect((await score('--by', 'room')).stdout).toContain('\nx     0.0 %  1');
    await expect(score('--by', 'rom')).rejects.toThrow(
      new UsageError(
        'No utterance has the field "rom": there are id, text, room; --manifest reads a column of a table',
      ),
    );
    await expect(score('--by', 'speaker')).rejects.toThrow(
      new UsageError('Name the speakers: there is no field "speaker", and no id has a - or _ behind the name of one'),
    );
  });

  it('groups by a column of a manifest, and calls those of which it says nothing (none)', async () => {
    await files({
      'ref.tsv': 'in/u1.wav\ta b\nin/u2.wav\tc\nin/u3.wav\td\n',
      'hyp.tsv': 'in/u1.wav\ta x\nin/u2.wav\tc\nin/u3.wav\td\n',
      'm.tsv': 'file\taccent\nu1.wav\tscottish\nu2\t\n',
      'm.csv': 'file,accent\nother,"welsh"\n',
    });
    const { stdout } = await score('--by', 'accent', '--manifest', 'm.tsv', '--results', 'results.json');
    expect(stdout).toContain(
      [
        'Groups',
        'accent    rate    utterances  words  C  S  D  I',
        'scottish  50.0 %  1           2      1  1  0  0',
        '(none)    0.0 %   2           2      2  0  0  0',
        '',
      ].join('\n'),
    );
    expect(JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8'))).toMatchObject({
      sets: [{ slices: [{ by: 'accent', value: 'scottish' }, { value: null }] }],
    });
    const refused = async (...args: readonly string[]): Promise<string> =>
      await score(...args).then(
        () => '',
        (error: unknown) => (error as UsageError).message,
      );
    expect(await refused('--by', 'age', '--manifest', 'm.tsv')).toBe(
      'm.tsv:1: Name one of its columns: "age" is none, there are "accent"',
    );
    expect(await refused('--by', 'accent', '--manifest', 'm.csv')).toBe(
      'Name recordings in m.csv as the ids, and what "accent" of them is: it tells of none, the first id is "in/u1.wav"',
    );
    expect(await refused('--manifest', 'm.tsv')).toBe('Name a column of m.tsv with --by');
    expect(await refused('--by', 'accent', '--manifest', 'm.tsv', '--results', 'm.tsv')).toMatch(/^Write the results/);
  });

  it('takes an empty field for none', async () => {
    await files({
      'ref.tsv': '{"id":"u1","text":"a","room":"x"}\n{"id":"u2","text":"a","room":" "}\n',
      'hyp.tsv': 'u1\ta\nu2\ta\n',
    });
    expect((await score('--by', 'room')).stdout).toContain('\n(none)  0.0 %  1 ');
    await files({ 'ref.tsv': '{"id":"u1","text":"a","room":""}\n' });
    await expect(score('--by', 'room')).rejects.toThrow('Say what "room" of an utterance is: it is empty in all');
  });

  it('refuses --by twice', async () => {
    await files({ 'ref.tsv': 's-1\ta\n', 'hyp.tsv': 's-1\ta\n' });
    await expect(score('--by', 'speaker', '--by', 'accent')).rejects.toThrow(
      'Give it once, and score again for another field: rates are by one at a time.',
    );
  });
});
