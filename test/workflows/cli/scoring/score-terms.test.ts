import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../../schemas/documents.ts';
import { UsageError } from '../../../../workflows/cli/session.ts';
import { useScoreFolder } from './score-folder.ts';

const { files, folder, score } = useScoreFolder();

describe('speechops score with terms', () => {
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
    const document: unknown = JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8'));
    expect(document).toMatchObject({ sets: [{ terms: [ofSmith, {}, {}] }] });
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultsSchema);
    validate(document);
    expect(validate.errors).toBe(null);
    const page = await score(...args, '--format', 'html');
    expect(page.stdout).toContain('Terms: error rate 100.0 %, by B 50.0 %, 1 of 3 never said');
    expect(page.stdout.replaceAll(/\s+/g, ' ')).toContain('misses by B');
  });
});
