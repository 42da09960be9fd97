import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { useScoreFolder } from '../scoring/score-folder.ts';

const { files, score } = useScoreFolder();

describe('speechops score', () => {
  it('prints the rate with its profile, and the counts it is made of', async () => {
    await files({
      'ref.tsv': 'u1\tHow are you doing today\nu2\tIt costs $5.50.\n',
      'hyp.tsv': 'u2\tit costs five dollars and sixty cents\nu1\thow are you doing today\n',
    });
    const { stdout, stderr, exitCode } = await score('--profile', 'azure-en-US');
    expect(stdout).toBe(
      [
        'Word error rate       8.3 % (profile azure-en-US 2)',
        'Sentence error rate   50.0 %',
        'Utterances            2',
        'Words                 12',
        'Correct               11',
        'Substitutions         1',
        'Deletions             0',
        'Insertions            0',
        'Errors                1',
        '',
        'Worst utterances',
        'u2: 1 error in 7 words, 14.3 %',
        '  it costs five dollars and [-fifty-]{+sixty+} cents',
        '',
        'Confusion pairs',
        'said   recognised  times',
        'fifty  sixty       1',
        '',
        'Most missed words',
        'word   times  deleted  substituted',
        'fifty  1      0        1',
        '',
      ].join('\n'),
    );
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('warns of ids without steering the terminal, in one line each', async () => {
    await files({ 'ref.tsv': 'u1\u202Ex\ta\nu2\u001B[2J\tb\nu3\t\n', 'hyp.tsv': '##vso[task.complete]\tx\nu3\t\n' });
    const { stderr } = await score();
    expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|##vso/u);
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining(String.raw`"u1\u202Ex"`),
      expect.stringContaining(String.raw`"\u0023#vso[task.complete]"`),
      '',
    ]);
  });

  it('prints a page of the same for people', async () => {
    await files({ 'ref.tsv': 'u1\ta b c\nu2\td\n', 'hyp.tsv': 'u1\ta x c c\nu2\td\n' });
    const { stdout } = await score('--format', 'html');
    expect(stdout.startsWith('<!doctype html>')).toBe(true);
    expect(stdout).toContain('Word error rate 50.0 %.');
    expect(stdout).toContain('a <ins>x</ins> <b><del>b</del> <ins>c</ins></b> c');
  });

  it('prints fractions and every id that has no partner as JSON', async () => {
    await files({
      'ref.tsv': 'u1\ta b c\nu2\td\nu3\te\n',
      'hyp.tsv': 'u9\tx\nu1\ta x c c\nu3\te\n',
    });
    const { stdout } = await score('--format', 'json');
    expect(JSON.parse(stdout)).toEqual({
      profile: 'none',
      profileVersion: 1,
      mergeCompounds: false,
      unit: 'word',
      utterances: 3,
      words: 5,
      correct: 3,
      substitutions: 1,
      deletions: 1,
      insertions: 1,
      errors: 3,
      wordErrorRate: 0.6,
      sentenceErrorRate: 2 / 3,
      missing: ['u2'],
      unmatched: ['u9'],
      confusions: [{ reference: 'b', hypothesis: 'c', count: 1 }],
      missedWords: [
        { word: 'b', count: 1, deleted: 0, substituted: 1 },
        { word: 'd', count: 1, deleted: 1, substituted: 0 },
      ],
      insertedWords: [{ word: 'x', count: 1 }],
      details: [
        {
          id: 'u1',
          correct: 2,
          substitutions: 1,
          deletions: 0,
          insertions: 1,
          operations: 'CISC',
          reference: 'a b c',
          hypothesis: 'a x c c',
        },
        {
          id: 'u2',
          correct: 0,
          substitutions: 0,
          deletions: 1,
          insertions: 0,
          operations: 'D',
          reference: 'd',
          hypothesis: '',
        },
        {
          id: 'u3',
          correct: 1,
          substitutions: 0,
          deletions: 0,
          insertions: 0,
          operations: 'C',
          reference: 'e',
          hypothesis: 'e',
        },
      ],
    });
  });

  it('says that there is no rate where the references have no words', async () => {
    await files({ 'ref.tsv': 'u1\n', 'hyp.tsv': 'u1\ta\n' });
    const { stdout } = await score();
    expect(stdout).toContain('Word error rate       none: the references have no words (profile none 1)\n');
    expect(stdout).toContain('Insertions            1\n');
    expect(JSON.parse((await score('--format', 'json')).stdout)).toMatchObject({ words: 0, wordErrorRate: null });
  });

  it('colours the difference on a terminal', async () => {
    await files({ 'ref.tsv': 'u1\ta b\n', 'hyp.tsv': 'u1\ta x\n' });
    const { stdout } = await score({ env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('a \u001B[31m[-b-]\u001B[39m\u001B[32m{+x+}\u001B[39m\n');
  });

  it('shows as many as are asked for, and says how many there are', async () => {
    await files({ 'ref.tsv': 'u1\ta\nu2\tb\nu3\tc d\n', 'hyp.tsv': 'u1\tx\nu2\tx\nu3\tx x\n' });
    const { stdout } = await score('--worst', '1');
    expect(stdout).toContain('\nWorst utterances (1 of 3)\nu3: 2 errors in 2 words, 100.0 %\n  [-c d-]{+x x+}\n\n');
    expect(stdout).toContain('\nConfusion pairs (1 of 4)\n');
    expect((await score('--worst', '0')).stdout).not.toMatch(/Worst|Confusion/);
  });

  it.each([
    ['--profile', 'azure', 'Allowed choices are none, lexical, azure-en-US, azure-de-DE, '],
    ['--unit', 'phone', 'Allowed choices are word, char, token.'],
    ['--format', 'xml', 'Allowed choices are text, json, markdown, junit, html.'],
    ['--ref-format', 'csv', 'Allowed choices are tab, trn, kaldi, json, azure, azure-display.'],
    ['--max-wer', '10', 'Write a rate as 10% or 0.1: did you mean 10%.'],
    ['--max-wer', 'ten', 'Write a rate as 10% or 0.1.'],
    ['--worst', '-1', 'Allowed is a whole number from 0.'],
  ])('refuses another %s and names those that are allowed', async (option, value, allowed) => {
    await expect(score(option, value)).rejects.toThrow(allowed);
    await expect(score(option, value)).rejects.toBeInstanceOf(CommanderError);
  });
});
