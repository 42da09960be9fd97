import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResultsDocument } from '../../../../schemas/types.gen.ts';
import { CheckFailure } from '../../../../workflows/cli/session.ts';
import { callMain } from '../call-main.ts';
import { useScoreFolder } from './score-folder.ts';

const { files, folder, score } = useScoreFolder();

describe('what speechops score says of a rate', () => {
  it('does not pass above --max-wer, and prints the report all the same', async () => {
    await files({ 'ref.tsv': 'u1\ta b c d e f g h i j\n', 'hyp.tsv': 'u1\tx b c d e f g h i j\n' });
    expect(await score('--max-wer', '10%')).toMatchObject({ exitCode: 0 });
    const written = { stdout: '', stderr: '' };
    await expect(score({ written }, '--max-wer', '0.0999')).rejects.toThrow(
      new CheckFailure('The error rate is above --max-wer: 10.00 %, allowed is 9.99 %'),
    );
    expect(written.stdout).toMatch(/^Word error rate {7}10\.00 % \(profile none 1\)\n/);
    await files({ 'ref.tsv': 'u1\t\n' });
    await expect(score('--max-wer', '100%')).rejects.toThrow(
      new CheckFailure('There is no error rate to compare with --max-wer: the references have no words'),
    );
  });

  it('says the bound in text and Markdown, and whether the rate is within it', async () => {
    await files({ 'ref.tsv': 'u1\ta b c d\n', 'hyp.tsv': 'u1\ta b c x\n' });
    const shown = async (...args: readonly string[]): Promise<string> => {
      const written = { stdout: '', stderr: '' };
      await score({ written }, ...args).catch(() => undefined);
      return written.stdout;
    };
    expect(await shown('--max-wer', '30%')).toMatch(/^[^\n]*\nBound {17}passed: 25\.0 %, allowed is 30\.0 %\n/);
    const above = 'not passed: 25.0 % is above the 5.0 % that are allowed';
    expect(await shown('--max-wer', '5%')).toContain(`\nBound                 ${above}\n`);
    expect(await shown('--max-wer', '5%', '--format', 'markdown')).toContain(`(profile none 1)\n\nBound: ${above}\n\n`);
    expect(await shown()).not.toContain('Bound');
    await files({ 'ref.tsv': 'u1\t\n' });
    expect(await shown('--max-wer', '5%')).toContain('not passed: there is no rate, allowed is 5.0 %\n');
  });

  it.each([
    [9, false],
    [10, true],
  ])('of %i utterances gives intervals in any format: %s', async (utterances, given) => {
    const lines = (text: (index: number) => string): string =>
      Array.from({ length: utterances }, (_, index) => `u${index}\t${text(index)}\n`).join('');
    await files({
      'ref.tsv': lines(() => 'a b c'),
      'hyp.tsv': lines((index) => (index % 3 === 0 ? 'a b' : 'a b c')),
      'old.tsv': lines((index) => (index % 2 === 0 ? 'a x' : 'a b c')),
    });
    const one = await score();
    expect(/^Word error rate[^\n]*\n95 % interval {9}[\d.]+ % to [\d.]+ %\n/.test(one.stdout)).toBe(given);
    for (const format of ['text', 'markdown', 'junit', 'html']) {
      const { stdout } = await score('--against', 'old.tsv', '--format', format);
      expect([format, stdout.replaceAll(/<script[^]*?<\/script>/g, '').includes('points, 95 % interval')]).toEqual([
        format,
        given,
      ]);
    }
    const { stdout } = await score('--against', 'old.tsv', '--format', 'json', '--results', 'results.json');
    expect(stdout.includes('"low"')).toBe(given);
    expect((await readFile(join(folder(), 'results.json'), 'utf8')).includes('"deltaLow"')).toBe(given);
    const both = JSON.parse(stdout) as { interval?: object; against: { significance: { after: object } } };
    if (given) expect(both.against.significance.after).toMatchObject(both.interval ?? {});
  });

  it('says of two models that are equal that there is no difference beyond chance', async () => {
    const text = Array.from({ length: 60 }, (_, index) => `u${index}\t${'a '.repeat(12)}\n`).join('');
    await files({ 'ref.tsv': text, 'hyp.tsv': text });
    const { stdout } = await score('--against', 'hyp.tsv', '--results', 'results.json');
    expect(stdout).toContain('\nVerdict                     no difference beyond chance\n');
    const { verdict } = JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8')) as ResultsDocument;
    expect(verdict.reasons).toContain('hyp.tsv has 0.0 %: no difference beyond chance');
  });

  it('passes nothing where nothing is to be checked', async () => {
    await files({ 'ref.tsv': 'u1\ta b\nu2\tc d\n', 'hyp.tsv': 'u1\ta b\nu2\tc\n', 'old.tsv': 'u1\ta b\nu2\tc d\n' });
    const { stdout: page } = await score('--against', 'old.tsv', '--format', 'html', '--results', 'results.json');
    const { verdict } = JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8')) as ResultsDocument;
    expect(verdict).toEqual({
      passed: null,
      sentence: 'Word error rate 25.0 %.',
      reasons: ['1 error in 4 words of 2 utterances', 'old.tsv has 0.0 %: too few utterances or words to tell'],
    });
    expect(page).not.toMatch(/[✓✗]/);
    expect((await callMain(['report', 'results.json'], { cwd: folder() })).stdout).toMatch(/^[^\n]*: measured\n/);
  });

  it('says that there is no rate where the references have no words', async () => {
    await files({ 'ref.tsv': 'u1\t\n', 'hyp.tsv': 'u1\ta\n' });
    await score('--results', 'results.json');
    const { verdict } = JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8')) as ResultsDocument;
    expect(verdict).toEqual({
      passed: null,
      sentence: 'There is no word error rate: the references have no words.',
      reasons: ['1 error in 0 words of 1 utterance'],
    });
    await expect(score('--max-wer', '10%', '--results', 'results.json')).rejects.toThrow('There is no error rate');
    expect(JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8'))).toMatchObject({
      verdict: {
        passed: false,
        sentence: 'There is no word error rate: the references have no words, allowed is 10.0 %.',
      },
    });
  });
});
