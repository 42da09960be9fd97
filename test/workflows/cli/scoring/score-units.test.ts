import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../workflows/cli/session.ts';
import { useScoreFolder } from './score-folder.ts';

const { files, score } = useScoreFolder();

describe('what speechops score counts', () => {
  it('counts characters with --unit char', async () => {
    await files({ 'ref.tsv': 'u1\t今天 天气\n', 'hyp.tsv': 'u1\t今天天\n' });
    expect((await score('--unit', 'char')).stdout).toMatch(
      /^Character error rate {2}25\.0 % \(profile none 1\)\n[^]*\nCharacters {12}4\n/,
    );
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
});
