import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../../schemas/documents.ts';
import type { ResultsDocument } from '../../../../schemas/types.gen.ts';
import { UsageError } from '../../../../workflows/cli/session.ts';
import { useScoreFolder } from './score-folder.ts';

const { files, folder, score } = useScoreFolder();

describe('what speechops score writes', () => {
  it('has the paths of recordings, from where the page and the document are', async () => {
    await files({ 'ref.tsv': 'u1\ta b\nu2.wav\tc\nx/u3\td\nu4\te\nx/u5.ogg\tf\n', 'hyp.tsv': 'u1\ta\n' });
    for (const of of ['recordings/in', 'out']) await mkdir(join(folder(), of), { recursive: true });
    const recordings = { 'u1.wav': '', 'u2.wav': '', 'u3.wav': '', 'in/u5.ogg': '', 'u4.txt': '' };
    await files(Object.fromEntries(Object.entries(recordings).map(([name, text]) => [`recordings/${name}`, text])));
    for (const of of ['x', 'u2', 'u4']) await mkdir(join(folder(), 'recordings', of));
    await files({ 'recordings/x/u5.ogg': '' });
    const { stdout } = await score('--audio', 'recordings', '--format', 'html', '--results', 'out/results.json');
    const inPage = [...stdout.matchAll(/<audio [^>]*src="([^"]*)"/g)].map(([, source]) => source);
    expect(inPage.toSorted()).toEqual([
      'recordings/u1.wav',
      'recordings/u2.wav',
      'recordings/u3.wav',
      'recordings/x/u5.ogg',
    ]);
    const document = JSON.parse(await readFile(join(folder(), 'out/results.json'), 'utf8')) as ResultsDocument;
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
    await mkdir(join(folder(), 'empty'));
    const { stderr, exitCode } = await score('--audio', 'empty', '--format', 'html');
    expect([stderr, exitCode]).toEqual(['warning: no recording of ref.tsv is in empty, the first id is "u1"\n', 0]);
    await expect(score('--audio', 'nowhere')).rejects.toThrow(
      new UsageError('Cannot read nowhere: there is no such file or folder'),
    );
  });

  it('writes the alignments in the order of the references', async () => {
    await files({
      'ref.tsv': 'u2\ta a b\nu1\ta b c k l\nu3\t\nu4\tx\n',
      'hyp.tsv': 'u1\tk l x y z\nu2\ta b\nu3\t\n',
    });
    await score('--alignments', 'out.tsv');
    expect(await readFile(join(folder(), 'out.tsv'), 'utf8')).toBe(
      'id\tC\tS\tD\tI\tops\nu2\t2\t0\t1\t0\tDCC\nu1\t2\t0\t3\t3\tDDDCCIII\nu3\t0\t0\t0\t0\t\nu4\t0\t0\t1\t0\tD\n',
    );
  });

  it('refuses to write the alignments over a file that it reads', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n' });
    await expect(score('--alignments', './hyp.tsv')).rejects.toThrow(
      new UsageError('Write the alignments to another file: ./hyp.tsv is read by this command'),
    );
    expect(await readFile(join(folder(), 'hyp.tsv'), 'utf8')).toBe('u1\ta\n');
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
      ['results.json', 'alignments.jsonl'].map(async (file) => await readFile(join(folder(), file), 'utf8')),
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
    const document: unknown = JSON.parse(await readFile(join(folder(), 'results.json'), 'utf8'));
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
});
