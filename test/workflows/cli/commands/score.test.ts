import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../../schemas/documents.ts';
import type { ResultsDocument } from '../../../../schemas/types.gen.ts';
import { scoreCommand } from '../../../../workflows/cli/commands/score.ts';
import { reasonOfFile } from '../../../../workflows/cli/reason-of-file.ts';
import { CheckFailure, type Session, UsageError } from '../../../../workflows/cli/session.ts';
import { callMain } from '../call-main.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'score-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

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

  it('has the paths of recordings, from where the page and the document are', async () => {
    await files({ 'ref.tsv': 'u1\ta b\nu2.wav\tc\nx/u3\td\nu4\te\nx/u5.ogg\tf\n', 'hyp.tsv': 'u1\ta\n' });
    for (const of of ['recordings/in', 'out']) await mkdir(join(folder, of), { recursive: true });
    const recordings = { 'u1.wav': '', 'u2.wav': '', 'u3.wav': '', 'in/u5.ogg': '', 'u4.txt': '' };
    await files(Object.fromEntries(Object.entries(recordings).map(([name, text]) => [`recordings/${name}`, text])));
    for (const of of ['x', 'u2', 'u4']) await mkdir(join(folder, 'recordings', of));
    await files({ 'recordings/x/u5.ogg': '' });
    const { stdout } = await score('--audio', 'recordings', '--format', 'html', '--results', 'out/results.json');
    const inPage = [...stdout.matchAll(/<audio [^>]*src="([^"]*)"/g)].map(([, source]) => source);
    expect(inPage.toSorted()).toEqual([
      'recordings/u1.wav',
      'recordings/u2.wav',
      'recordings/u3.wav',
      'recordings/x/u5.ogg',
    ]);
    const document = JSON.parse(await readFile(join(folder, 'out/results.json'), 'utf8')) as ResultsDocument;
    expect(document.sets[0]?.utterances.map(({ audio }) => audio)).toEqual([
      '../recordings/u1.wav',
      '../recordings/u2.wav',
      '../recordings/u3.wav',
      undefined,
      '../recordings/x/u5.ogg',
    ]);
  });

  it('says when a folder has no recording of the references, or is none', async () => {
    await files({ 'ref.tsv': 'u1\ta b\n', 'hyp.tsv': 'u1\ta\n' });
    await mkdir(join(folder, 'empty'));
    const { stderr, exitCode } = await score('--audio', 'empty', '--format', 'html');
    expect([stderr, exitCode]).toEqual(['warning: no recording of ref.tsv is in empty, the first id is "u1"\n', 0]);
    await expect(score('--audio', 'nowhere')).rejects.toThrow(
      new UsageError('Cannot read nowhere: there is no such file or folder'),
    );
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

  it('writes the alignments in the order of the references', async () => {
    await files({
      'ref.tsv': 'u2\ta a b\nu1\ta b c k l\nu3\t\nu4\tx\n',
      'hyp.tsv': 'u1\tk l x y z\nu2\ta b\nu3\t\n',
    });
    await score('--alignments', 'out.tsv');
    expect(await readFile(join(folder, 'out.tsv'), 'utf8')).toBe(
      'id\tC\tS\tD\tI\tops\nu2\t2\t0\t1\t0\tDCC\nu1\t2\t0\t3\t3\tDDDCCIII\nu3\t0\t0\t0\t0\t\nu4\t0\t0\t1\t0\tD\n',
    );
  });

  it('counts characters with --unit char', async () => {
    await files({ 'ref.tsv': 'u1\t今天 天气\n', 'hyp.tsv': 'u1\t今天天\n' });
    expect((await score('--unit', 'char')).stdout).toMatch(
      /^Character error rate {2}25\.0 % \(profile none 1\)\n[^]*\nCharacters {12}4\n/,
    );
  });

  it('says that there is no rate where the references have no words', async () => {
    await files({ 'ref.tsv': 'u1\n', 'hyp.tsv': 'u1\ta\n' });
    const { stdout } = await score();
    expect(stdout).toContain('Word error rate       none: the references have no words (profile none 1)\n');
    expect(stdout).toContain('Insertions            1\n');
    expect(JSON.parse((await score('--format', 'json')).stdout)).toMatchObject({ words: 0, wordErrorRate: null });
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

  it('colours the difference on a terminal', async () => {
    await files({ 'ref.tsv': 'u1\ta b\n', 'hyp.tsv': 'u1\ta x\n' });
    const { stdout } = await score({ env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('a \u001B[31m[-b-]\u001B[39m\u001B[32m{+x+}\u001B[39m\n');
  });

  it('reads alternations in trn as sclite does, optional words and fragments where they are asked for', async () => {
    await files({
      'ref.trn': "{ I am / I'm } (uh) go- home (s_1)\nfar { away / @ } (s_2)\n",
      'hyp.trn': "I'm going home (s_1)\nfar (s_2)\n",
    });
    const sides = ['--ref', 'ref.trn', '--hyp', 'hyp.trn'];
    const plain = await score(...sides);
    expect(plain.stdout).toContain('Word error rate       40.0 % (profile none 1, alternations)\n');
    expect(plain.stdout).toContain("  I'm [-(uh) go--]{+going+} home\n");
    const all = await score(...sides, '--optional-words', '--fragments', '--profile', 'azure-en-US');
    expect(all.stdout).toContain(
      'Word error rate       0.0 % (profile azure-en-US 2, alternations, optional words, fragments)\n',
    );
    const json = await score(...sides, '--optional-words', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      marks: { alternations: true, optionalWords: true, fragments: false },
      details: [{ reference: "I'm (uh) go- home", hypothesis: "I'm going home", operations: 'CCSC' }, {}],
    });
  });

  it('compares models that take other ways through an alternation', async () => {
    await files({
      'ref.trn': '{ I am / we } home (s_1)\n',
      'hyp.trn': 'we hoe now (s_1)\n',
      'old.trn': 'I am hoe (s_1)\n',
    });
    const sides = ['--ref', 'ref.trn', '--hyp', 'hyp.trn', '--against', 'old.trn'];
    const { stdout } = await score(...sides);
    expect(stdout).toMatch(/Word error rate +100.0 % +33.3 %/);
    expect(stdout).toContain('Better utterances');
  });

  it('reads alternations in other forms with --alternations', async () => {
    await files({ 'ref.tsv': 'u1\t{ a / b } c\n', 'hyp.tsv': 'u1\tb c\n' });
    expect((await score()).stdout).toContain('66.7 % (profile none 1)');
    expect((await score('--alternations')).stdout).toContain('0.0 % (profile none 1, alternations)');
  });

  it('refuses alternations that are not closed, with the utterance', async () => {
    await files({ 'ref.trn': '{ a / b c (s_1)\n', 'hyp.tsv': 's_1\tb c\n' });
    await expect(score('--ref', 'ref.trn')).rejects.toThrow(
      new UsageError('Close the alternation with }, as in { a / b }: a { is not closed (reference of "s_1")'),
    );
  });

  it('counts the tokens of displayed text, and says what is wrong with them', async () => {
    await files({
      'ref.tsv': 'a.wav\tWell, take 5 mg.\n',
      'hyp.json': JSON.stringify({
        source: 'https://h/a.wav',
        combinedRecognizedPhrases: [{ channel: 0, lexical: 'well take five mg', display: 'well take 5 mg. Yes' }],
      }),
    });
    const { stdout } = await score('--hyp', 'hyp.json', '--unit', 'token');
    expect(stdout).toContain('Token error rate      50.0 % (profile none 1)\n');
    expect(stdout).toContain('Tokens                6\n');
    expect(stdout).toContain('  [-Well ,-]{+well+} take 5 mg . {+Yes+}\n');
    expect(stdout).toContain('Token errors: 42.9 % as the service divides, by all tokens of both sides\n');
    expect(stdout).toMatch(/punctuation +1 +33.3 %\ncapitals +1 +33.3 %\nnumbers +0 +0.0 %\nwords +1 +33.3 %\n/);
    const json = await score('--hyp', 'hyp.json', '--unit', 'token', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      unit: 'token',
      tokenErrorRate: 3 / 7,
      tokenErrors: { punctuation: 1, capitalization: 1, inverseTextNormalization: 0, lexical: 1 },
      details: [{ reference: 'Well , take 5 mg .' }],
    });
  });

  it('refuses tokens of normalised text', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n' });
    await expect(score('--unit', 'token', '--profile', 'lexical')).rejects.toThrow(
      new UsageError('Compare tokens as they are displayed: leave profile lexical out, or count words'),
    );
  });

  it('shows as many as are asked for, and says how many there are', async () => {
    await files({ 'ref.tsv': 'u1\ta\nu2\tb\nu3\tc d\n', 'hyp.tsv': 'u1\tx\nu2\tx\nu3\tx x\n' });
    const { stdout } = await score('--worst', '1');
    expect(stdout).toContain('\nWorst utterances (1 of 3)\nu3: 2 errors in 2 words, 100.0 %\n  [-c d-]{+x x+}\n\n');
    expect(stdout).toContain('\nConfusion pairs (1 of 4)\n');
    expect((await score('--worst', '0')).stdout).not.toMatch(/Worst|Confusion/);
  });

  it('counts terms where they were said', async () => {
    await files({
      'ref.tsv': 'u1\task Smith about Cox\n',
      'hyp.tsv': 'u1\task Smyth about Cox Cox\n',
      'terms.txt': '# names\nSmith\nCox\nJones\n',
    });
    expect((await score('--terms', 'terms.txt')).stdout).toContain(
      [
        'Terms: term error rate 100.0 %; 1 of 3 never said',
        'term         said  hits  misses  false alarms',
        'Smith        1     0     1       0',
        'Cox          1     1     0       1',
        'Jones        0     0     0       0',
        '(all terms)  2     1     1       1',
        '',
      ].join('\n'),
    );
    await files({ 'terms.txt': 'Smith|\n' });
    await expect(score('--terms', 'terms.txt')).rejects.toThrow(
      new UsageError('terms.txt:1: Write a spelling on each side of |: there is none on one side'),
    );
    await files({ 'terms.txt': 'Smith\n?\n' });
    await expect(score('--terms', 'terms.txt', '--profile', 'lexical')).rejects.toThrow(
      new UsageError('terms.txt:2: Write the term in words: profile lexical leaves nothing of "?"'),
    );
  });

  it('counts terms for both models, in every format', async () => {
    await files({
      'ref.tsv': 'u1\task Smith about Cox\n',
      'hyp.tsv': 'u1\task Smyth about Cox Cox\n',
      'old.tsv': 'u1\task Smith about\n',
      'terms.txt': 'Smith\nCox\nJones\n',
    });
    const args = ['--against', 'old.tsv', '--terms', 'terms.txt'];
    expect((await score(...args)).stdout).toContain(
      [
        'Terms: term error rate 100.0 %, against 50.0 %; 1 of 3 never said',
        'term         said  hits  misses  false alarms  against hits  against misses  against false alarms',
        'Smith        1     0     1       0             1             0               0',
        'Cox          1     1     0       1             0             1               0',
        'Jones        0     0     0       0             0             0               0',
        '(all terms)  2     1     1       1             1             1               0',
        '',
      ].join('\n'),
    );
    expect((await score(...args, '--format', 'markdown')).stdout).toContain(
      '| term | said | hits | misses | false alarms | against hits | against misses | against false alarms |',
    );
    const json = await score(...args, '--format', 'json', '--results', 'results.json');
    const ofSmith = {
      name: 'Smith',
      hits: 0,
      misses: 1,
      falseAlarms: 0,
      against: { hits: 1, misses: 0, falseAlarms: 0 },
    };
    expect(JSON.parse(json.stdout)).toMatchObject({
      terms: {
        misses: 1,
        against: { hits: 1, misses: 1, falseAlarms: 0, termErrorRate: 0.5 },
        each: [ofSmith, {}, {}],
      },
    });
    const document: unknown = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'));
    expect(document).toMatchObject({ sets: [{ terms: [ofSmith, {}, {}] }] });
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultsSchema);
    validate(document);
    expect(validate.errors).toBe(null);
    const page = await score(...args, '--format', 'html');
    expect(page.stdout).toContain('Terms: error rate 100.0 %, by B 50.0 %, 1 of 3 never said');
    expect(page.stdout.replaceAll(/\s+/g, ' ')).toContain('misses by B');
  });

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
    expect((await readFile(join(folder, 'results.json'), 'utf8')).includes('"deltaLow"')).toBe(given);
    const both = JSON.parse(stdout) as { interval?: object; against: { significance: { after: object } } };
    if (given) expect(both.against.significance.after).toMatchObject(both.interval ?? {});
  });

  it('says of two models that are equal that there is no difference beyond chance', async () => {
    const text = Array.from({ length: 60 }, (_, index) => `u${index}\t${'a '.repeat(12)}\n`).join('');
    await files({ 'ref.tsv': text, 'hyp.tsv': text });
    const { stdout } = await score('--against', 'hyp.tsv', '--results', 'results.json');
    expect(stdout).toContain('\nVerdict                     no difference beyond chance\n');
    const { verdict } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as ResultsDocument;
    expect(verdict.reasons).toContain('hyp.tsv has 0.0 %: no difference beyond chance');
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
    expect(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))).toMatchObject({
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
    await truncate(join(folder, 'hyp.tsv'), 3 * 2 ** 30);
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

  it('refuses to write the alignments over a file that it reads', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n' });
    await expect(score('--alignments', './hyp.tsv')).rejects.toThrow(
      new UsageError('Write the alignments to another file: ./hyp.tsv is read by this command'),
    );
    expect(await readFile(join(folder, 'hyp.tsv'), 'utf8')).toBe('u1\ta\n');
  });

  it('passes nothing where nothing is to be checked', async () => {
    await files({ 'ref.tsv': 'u1\ta b\nu2\tc d\n', 'hyp.tsv': 'u1\ta b\nu2\tc\n', 'old.tsv': 'u1\ta b\nu2\tc d\n' });
    const { stdout: page } = await score('--against', 'old.tsv', '--format', 'html', '--results', 'results.json');
    const { verdict } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as ResultsDocument;
    expect(verdict).toEqual({
      passed: null,
      sentence: 'Word error rate 25.0 %.',
      reasons: ['1 error in 4 words of 2 utterances', 'old.tsv has 0.0 %: too few utterances or words to tell'],
    });
    expect(page).not.toMatch(/[✓✗]/);
    expect((await callMain(['report', 'results.json'], { cwd: folder })).stdout).toMatch(/^[^\n]*: measured\n/);
  });

  it('says that there is no rate where the references have no words', async () => {
    await files({ 'ref.tsv': 'u1\t\n', 'hyp.tsv': 'u1\ta\n' });
    await score('--results', 'results.json');
    const { verdict } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as ResultsDocument;
    expect(verdict).toEqual({
      passed: null,
      sentence: 'There is no word error rate: the references have no words.',
      reasons: ['1 error in 0 words of 1 utterance'],
    });
    await expect(score('--max-wer', '10%', '--results', 'results.json')).rejects.toThrow('There is no error rate');
    expect(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'))).toMatchObject({
      verdict: {
        passed: false,
        sentence: 'There is no word error rate: the references have no words, allowed is 10.0 %.',
      },
    });
  });

  it('shows and keeps no signature of the recordings that ids and fields name', async () => {
    const url = (name: string, secret: string): string =>
      `https://me:PASSWORD@a.blob.core.windows.net/c/${name}.wav?set=1&sv=2026&sig=${secret}%3D`;
    const line = (name: string, said: string, heard: string): string =>
      `${JSON.stringify({ audio_filepath: url(name, 'SECRET1'), speaker: url('s', 'SECRET2'), text: said, pred_text: heard })}\n`;
    await files({
      'both.jsonl': line('a-1', 'one two', 'one') + line('a-2', 'three', 'three'),
      'old.tsv': `${url('a-1', 'SECRET3')}\tone two\n`,
      'twice.jsonl': line('a-1', 'one', 'one').repeat(2),
    });
    const args = ['--ref', 'both.jsonl', '--hyp', 'both.jsonl', '--against', 'old.tsv', '--by', 'speaker'];
    const told = await score(...args, '--results', 'results.json', '--alignments', 'alignments.jsonl');
    const written = await Promise.all(
      ['results.json', 'alignments.jsonl'].map(async (file) => await readFile(join(folder, file), 'utf8')),
    );
    const all = [told.stdout, told.stderr, ...written];
    for (const text of all) expect(text).not.toMatch(/SECRET|PASSWORD/);
    expect(all.filter((text) => text.includes('https://a.blob.core.windows.net/c/a-1.wav?set=1'))).not.toEqual([]);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      sets: [{ utterances: [{ recognised: {}, against: {} }, {}] }],
    });
    const twice = await score('--ref', 'twice.jsonl').catch(String);
    expect(twice).toMatch(/Give each id once: "https:/);
    expect(twice).not.toMatch(/SECRET|PASSWORD/);
  });

  it('leaves the document of all that it found, above the bound as well', async () => {
    await files({
      'ref.jsonl': '{"id":"a-1","text":"one two"}\n{"id":"b-1","text":"three"}\n',
      'hyp.tsv': 'a-1\tone two\nb-1\tfree\n',
      'old.tsv': 'a-1\tone\nb-1\tfree three\n',
    });
    const args = ['--ref', 'ref.jsonl', '--against', 'old.tsv', '--by', 'speaker', '--results', 'results.json'];
    await expect(
      score(...args, '--max-wer', '10%', { env: { GITHUB_RUN_ID: '7', GITHUB_ACTOR: 'mona' } }),
    ).rejects.toThrow('The error rate is above --max-wer');
    const document: unknown = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultsSchema);
    validate(document);
    expect(validate.errors).toBe(null);
    expect(document).toMatchObject({
      source: 'score',
      verdict: { passed: false, sentence: 'Word error rate 33.3 %, allowed is 10.0 %.' },
      made: { by: 'mona', host: 'GitHub Actions, run 7' },
      sets: [
        {
          title: 'ref.jsonl',
          model: 'hyp.tsv',
          against: 'old.tsv',
          bound: 0.1,
          slices: [
            { value: 'a', rate: { value: 0 }, againstRate: { value: 0.5 } },
            { value: 'b', rate: { value: 1 } },
          ],
          utterances: [
            { id: 'a-1', group: 'a', recognised: { operations: 'CC' }, against: { text: 'one', operations: 'CD' } },
            { id: 'b-1', group: 'b', reference: 'three', recognised: { text: 'free', operations: 'S' } },
          ],
        },
      ],
    });
    await expect(score(...args.slice(0, -1), 'x.json', '--alignments', './x.json')).rejects.toThrow(
      new UsageError('Write the results to another file: x.json is for the alignments'),
    );
    await expect(score(...args.slice(0, -1), './hyp.tsv')).rejects.toThrow(
      new UsageError('Write the results to another file: ./hyp.tsv is read by this command'),
    );
  });

  it('refuses to write the alignments into a folder that is not there', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n' });
    await expect(score('--alignments', 'no/out.tsv')).rejects.toThrow(
      new UsageError('Cannot write no/out.tsv: there is no such file or folder'),
    );
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

/** Writes the files into the test's folder; undefined is a file that is not there. */
async function files(contents: Readonly<Record<string, string | Uint8Array | undefined>>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    if (content !== undefined) await writeFile(join(folder, name), content);
  }
}

interface Call {
  readonly env?: Readonly<Record<string, string>>;
  /** Filled while the command runs. */
  readonly written?: { stdout: string; stderr: string };
}

/** Runs the command in the test's folder on ref.tsv and hyp.tsv unless others are given. */
async function score(...given: readonly (Call | string)[]) {
  const { env = {}, written = { stdout: '', stderr: '' } }: Call = given.find((part) => typeof part === 'object') ?? {};
  const args = given.filter((part) => typeof part === 'string');
  const session: Session = {
    io: {
      stdout: { write: (text) => void (written.stdout += text) },
      stderr: { write: (text) => void (written.stderr += text) },
      env,
      cwd: folder,
      signal: new AbortController().signal,
    },
    exitCode: 3,
  };
  const command = scoreCommand(session).exitOverride().configureOutput({ writeErr: session.io.stderr.write });
  const program = new Command('speechops').addCommand(command);
  const sides = ['ref', 'hyp'].flatMap((side) => (args.includes(`--${side}`) ? [] : [`--${side}`, `${side}.tsv`]));
  await program.parseAsync(['score', ...sides, ...args], { from: 'user' });
  return { ...written, exitCode: session.exitCode };
}
