import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reasonOfFile } from '../../../../workflows/cli/reason-of-file.ts';
import { UsageError } from '../../../../workflows/cli/session.ts';
import { useScoreFolder } from './score-folder.ts';

const { files, folder, score } = useScoreFolder();

describe('what speechops score reads', () => {
  it('warns of ids on one side only, and names the first of many', async () => {
    await files({
      'ref.tsv': 'r0\ta\nr1\ta\nr2\ta\nr3\ta\nr4\ta\nr5\ta\nr6\ta\nr7\ta\n',
      'hyp.tsv': 'other\tb\nr7\t\n',
    });
    const { stdout, stderr, exitCode } = await score();
    expect(stderr).toBe(
      'warning: 7 utterances of ref.tsv not in hyp.tsv, counted as deleted: "r0", "r1", "r2", "r3", "r4", and 2 more\n' +
        'warning: 1 utterance of hyp.tsv not in ref.tsv, not counted: "other"\n',
    );
    expect(stdout).toContain('Word error rate       100.0 % (profile none 1)\n');
    expect(exitCode).toBe(0);
  });

  it('reads files with a byte order mark, CRLF, blank lines, no last line end and further tabs in the text', async () => {
    await files({
      'ref.tsv': '\ufeffu1\ta b\tc\r\n\r\n \t\nu2\r\nu 3\td',
      'hyp.tsv': 'u1\ta b c\nu2\t\nu 3\td\r\n',
    });
    const { stdout, stderr } = await score('--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ utterances: 3, words: 4, correct: 4, errors: 0 });
    expect(stderr).toBe('');
  });

  it('reads what tools write, in any form on either side', async () => {
    await files({
      'ref.tsv': 'a b c (s1-1)\nd e (s2-1)\n',
      'hyp.tsv': 's1-1 a x c\ns2-1 d e\n',
      'more.jsonl': '{"id":"s1-1","pred_text":"a b c"}\n{"id":"s2-1","pred_text":"d"}\n',
    });
    const { stdout, stderr } = await score('--by', 'speaker', '--against', 'more.jsonl');
    expect(stderr).toBe('');
    expect(stdout.split('\nConfusion pairs\n')[0]?.split('\n')).toEqual([
      'Word error rate       20.0 % (profile none 1)',
      'Utterances            2',
      'Words                 5',
      '',
      'Side by side',
      '                     hyp.tsv  more.jsonl',
      'Word error rate      20.0 %   20.0 %',
      'Sentence error rate  50.0 %   50.0 %',
      'Correct              4        4',
      'Substitutions        1        0',
      'Deletions            0        1',
      'Insertions           0        0',
      'Errors               1        1',
      'Better utterances    1        1',
      '',
      'Difference',
      '                            hyp.tsv',
      'Verdict                     too few to decide: 2 utterances, 5 words',
      'Difference                  0.00 points',
      'Probability of improvement  25.1 %',
      'p-value                     1.0000 (permutation test), 1.0000 (MAPSSWE)',
      'Drawn                       utterances, 10,000 times, seed 1',
      '',
      'Became worse',
      's1-1: 1 error, 0 in more.jsonl',
      '  hyp.tsv     a [-b-]{+x+} c',
      '  more.jsonl  a b c',
      '',
      'Became better',
      's2-1: 0 errors, 1 in more.jsonl',
      '  hyp.tsv     d e',
      '  more.jsonl  d [-e-]',
      '',
      'Groups',
      'speaker  rate    rate against  utterances  words  C  S  D  I',
      's1       33.3 %  0.0 %         1           3      2  1  0  0',
      's2       0.0 %   50.0 %        1           2      2  0  0  0',
      '',
    ]);
  });

  it('reads many files of one side, such as the results of a batch transcription', async () => {
    const result = (source: string, lexical: string) =>
      JSON.stringify({ source, combinedRecognizedPhrases: [{ channel: 0, lexical, display: '' }] });
    await files({
      'ref.tsv': 'a.wav\tone two\nb.wav\tthree\n',
      'hyp.tsv': result('https://host/c/a.wav?sig=x', 'one two'),
      'b.json': result('https://host/c/b.wav?sig=x', 'three'),
    });
    expect(await score('--hyp', 'hyp.tsv', 'b.json')).toMatchObject({
      stdout: expect.stringContaining('Errors                0\n') as string,
      stderr: '',
    });
    await files({ 'b.json': result('a.wav', 'three') });
    await expect(score('--hyp', 'hyp.tsv', 'b.json')).rejects.toThrow(
      new UsageError('b.json:1: Give each id once: "a.wav" is also in hyp.tsv'),
    );
  });

  it('refuses two files that have no id in common, and says how each was read', async () => {
    await files({ 'ref.tsv': 'u1 a\n', 'hyp.tsv': 'a (s-1)\n' });
    await expect(score()).rejects.toThrow(
      new UsageError(
        'Give utterances the same ids on both sides, none is: ref.tsv was read as kaldi, the first id is "u1"; hyp.tsv was read as trn, the first id is "s-1". --ref-format and --hyp-format say another form',
      ),
    );
  });

  it('says which form it took a file for that is none of it', async () => {
    await files({ 'ref.tsv': 'the cat sat\nthe mat\n', 'hyp.tsv': 'the cat\n' });
    await expect(score()).rejects.toThrow(
      new UsageError(
        'ref.tsv:1: Give each line an id: "the" looks like a part of the text (read as kaldi; --ref-format says which form it is)',
      ),
    );
    await expect(score('--ref-format', 'tab')).rejects.toThrow(
      new UsageError('ref.tsv:1: Write id<TAB>text: this line has words and no tab, other lines have one'),
    );
  });

  it('pairs ids without folder and .wav where that is the only difference, and says so', async () => {
    await files({ 'ref.tsv': 'u1.wav\ta\nu2.wav\tb\n', 'hyp.tsv': 'u2\tb\nu1\ta\n' });
    const { stdout, stderr } = await score();
    expect(stdout).toContain('Errors                0\n');
    expect(stderr).toBe(
      'warning: ids are compared without folder and audio extension, as none is the same with them: "u2" is "u2.wav"\n',
    );
    await files({ 'ref.tsv': 'u1\ta\nu2.wav\tb\n' });
    expect((await score()).stderr).toContain(
      'warning: Write ids alike: "u2" differs from "u2.wav" in folder or audio extension alone\n',
    );
  });

  it.each([
    ['an id given twice', { 'ref.tsv': 'u1\ta\n\nu1\tb\n' }, 'ref.tsv:3: Give each id once: "u1" is also on line 1'],
    [
      'a line without an id',
      { 'hyp.tsv': 'u1\ta\n\ttext\n' },
      'hyp.tsv:2: Begin the line with an id: there is nothing before the tab',
    ],
    [
      'bytes that are not UTF-8',
      { 'hyp.tsv': Buffer.from('u1\ta\nu2\tcaf\xe9\n', 'latin1') },
      'hyp.tsv:2: Save the file as UTF-8: this line has other bytes',
    ],
    [
      'UTF-16',
      { 'ref.tsv': Buffer.from('\ufeffu1\ta\n', 'utf16le') },
      'ref.tsv:1: Save the file as UTF-8: this line has other bytes',
    ],
    ['a missing file', { 'hyp.tsv': undefined }, 'Cannot read hyp.tsv: there is no such file or folder'],
  ])('refuses %s as wrong usage', async (_, changed, message) => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n', ...changed });
    await expect(score()).rejects.toThrow(new UsageError(message));
  });

  it('refuses a file that is too large, and says how large one may be', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': '' });
    // Without content, which takes no room on the disk.
    await truncate(join(folder(), 'hyp.tsv'), 3 * 2 ** 30);
    await expect(score()).rejects.toThrow(
      new UsageError('Cannot read hyp.tsv: it is larger than 512 MB, the most that one file may have'),
    );
    const tooLong = Object.assign(new Error('Cannot create a string'), { code: 'ERR_STRING_TOO_LONG' });
    expect(reasonOfFile(tooLong)).toMatch(/^it is larger than 512 MB/);
    expect(() => 'a'.repeat(2 ** 29)).toThrow(expect.toSatisfy((error) => /larger than/.test(reasonOfFile(error))));
  });

  it('refuses a folder in place of a file', async () => {
    await files({ 'hyp.tsv': '' });
    await expect(score('--ref', '.')).rejects.toThrow(new UsageError('Cannot read .: it is a folder, not a file'));
  });
});
