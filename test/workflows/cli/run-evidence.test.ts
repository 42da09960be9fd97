import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../schemas/documents.ts';
import type { ResultsDocument } from '../../../schemas/index.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { resultsJunit } from '../../../workflows/report/commands/results-junit.ts';
import { resultsMarkdown } from '../../../workflows/report/commands/results-markdown.ts';
import { reportHtml } from '../../../workflows/report/html/report-html.ts';
import { useWard, key, statuses } from './ward.ts';

const ward = useWard();
const { call, objects, run, speechops } = ward;

const boundedPipeline = `name: bounded
locale: en-US
steps:
  - id: calls
    uses: upload
    with: { kind: Acoustic, from: calls }
  - id: smoke
    uses: upload
    with: { kind: Acoustic, from: smoke }
  - id: measure
    uses: evaluate
    with:
      dataset: \${{ steps.calls.outputs.dataset }}
      model: base
      slices: [{ by: floor, manifest: beds.csv, max-wer: 90%, min-words: 100 }]
      sets: [{ dataset: "\${{ steps.smoke.outputs.dataset }}", name: mornings, max-wer: 90%, min-words: 10 }]
`;

describe('what speechops run leaves', () => {
  it('leaves the evidence of what was measured, decided and served, and its reports', async () => {
    const summary = path.join(ward.folder, 'summary.md');
    await writeFile(summary, 'of a step before\n');
    const env = {
      SPEECHOPS_ENDPOINT: ward.emulator.url,
      SPEECHOPS_KEY: key,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_RUN_ID: '7',
      GITHUB_JOB: 'speech',
      GITHUB_REPOSITORY: 'contoso/wards',
      GITHUB_ACTOR: 'mona',
      GITHUB_SHA: '8c1f0e2',
      ...ward.home.env,
    };
    expect((await call(['run', ward.pipeline, '--run-id', 'kept'], { env })).code).toBe(0);
    const at = path.join(ward.folder, '.speechops', 'runs', 'kept');
    const read = async (name: string): Promise<string> => await readFile(path.join(at, name), 'utf8');
    const document = JSON.parse(await read('results.json')) as ResultsDocument;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultsSchema);
    validate(document);
    expect(validate.errors).toBe(null);
    expect(document).toMatchObject({
      source: 'run',
      title: 'ward',
      status: 'succeeded',
      verdict: { passed: true, sentence: 'retrain serves endpoint ward.' },
      made: { by: 'mona', host: 'GitHub Actions, contoso/wards run 7, job speech', commit: '8c1f0e2' },
      inputs: { bound: 0.05 },
      swaps: [{ step: 'go-live', endpoint: 'ward', model: 'retrain', proof: 'proved', failures: 0 }],
    });
    const [baseline, candidate] = document.sets;
    expect([baseline?.id, candidate?.id, candidate?.title, candidate?.model]).toEqual([
      'baseline',
      'candidate',
      'calls',
      'retrain',
    ]);
    // The same model on the same recordings; each evaluation draws the interval from a seed of its own.
    const { low, high, ...counts } = baseline?.rate ?? {};
    expect(candidate?.againstRate).toMatchObject(counts);
    expect(candidate?.againstRate?.low).toBeCloseTo(low ?? NaN, 2);
    expect(candidate?.againstRate?.high).toBeCloseTo(high ?? NaN, 2);
    // The emulator counts by the same rules, so that nothing is said to differ.
    expect([baseline?.incomplete, candidate?.incomplete]).toEqual([undefined, undefined]);
    expect(candidate?.utterances).toHaveLength(24);
    const heard = candidate?.utterances.find(({ id }) => id === '0.wav');
    expect(heard?.reference).toBe('please give the patient in bed four ten milligrams of apixaban this evening');
    expect(heard?.recognised.operations).toMatch(/^[CSDI]{13,}$/);
    expect(existsSync(path.resolve(at, heard?.audio ?? ''))).toBe(true);
    const names = new Map(document.lineage.map(({ id, name }) => [id, name]));
    const from = (name: string): readonly (string | undefined)[] =>
      document.lineage.find((one) => one.name === name)?.from.map((id) => names.get(id)) ?? [];
    expect(from('kept')).toEqual(['8c1f0e2']);
    expect(from('calls')).toEqual(['kept']);
    expect(from('retrain')).toEqual(expect.arrayContaining(['kept', baseline?.model]));
    expect(from('candidate')).toEqual(expect.arrayContaining(['calls', 'retrain', baseline?.model]));
    expect(from('ward')).toEqual(['retrain']);
    expect(document.expiry).toContainEqual(expect.objectContaining({ kind: 'endpoint', name: 'ward' }));
    const report = await read('report.md');
    expect(report).toBe(resultsMarkdown(document));
    expect(await read('junit.xml')).toBe(resultsJunit(document));
    expect(await read('report.html')).toBe(reportHtml(document));
    expect(await readFile(summary, 'utf8')).toBe(`of a step before\n${report}\n`);
    for (const name of ['results.json', 'report.md', 'junit.xml', 'report.html'])
      expect(await read(name)).not.toMatch(/a-key-that-nobody-may-print|api-version|[?&]sig=/);
  });

  it('holds parts that a manifest tells and further sets to their bounds, and shows both', async () => {
    await writeFile(
      path.join(ward.folder, 'beds.csv'),
      `recording,floor\n${Array.from({ length: 24 }, (_, index) => `calls/${index},${index < 12 ? 'upper' : 'lower'}`).join('\n')}\n`,
    );
    const file = path.join(ward.folder, 'bounded.yaml');
    await writeFile(file, boundedPipeline);
    expect(await speechops('lint', file)).toMatchObject({ code: 0, stdout: '' });
    const first = await speechops('run', file, '--run-id', 'first', '--format', 'json');
    expect(statuses(JSON.parse(first.stdout) as RunRecord)).toEqual({
      calls: 'succeeded',
      smoke: 'succeeded',
      measure: 'succeeded',
    });
    const at = path.join(ward.folder, '.speechops', 'runs', 'first');
    const document = JSON.parse(await readFile(path.join(at, 'results.json'), 'utf8')) as ResultsDocument;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultsSchema);
    validate(document);
    expect(validate.errors).toBe(null);
    const [own, further] = document.sets;
    expect(own?.slices.map(({ by, value, rate }) => [by, value, rate.utterances])).toEqual(
      expect.arrayContaining([
        ['floor', 'upper', 12],
        ['floor', 'lower', 12],
      ]),
    );
    expect(further).toMatchObject({ id: 'measure/mornings', title: 'mornings', passed: true });
    expect(further?.utterances.map(({ reference }) => reference)).toContain(
      'good morning how did you sleep last night',
    );
    expect(existsSync(path.resolve(at, further?.utterances[0]?.audio ?? ''))).toBe(true);
    expect(document.cost).toHaveLength(2);
    expect(await readFile(path.join(at, 'report.html'), 'utf8')).toContain('measure/mornings');
    expect((await speechops('plan', file)).stdout).toContain('and on mornings (not above 90.0 %)');
    const second = await speechops('run', file, '--run-id', 'second', '--format', 'json');
    expect(statuses(JSON.parse(second.stdout) as RunRecord)).toMatchObject({ measure: 'reused' });
    expect((await objects())['evaluations']).toEqual(['measure: mornings', 'measure']);
    await writeFile(path.join(ward.folder, 'beds.csv'), 'recording,flor\n0,upper\n');
    expect((await speechops('lint', file)).stdout).toContain('[invalid-manifest]');
  });

  it('leaves what happened for show: the steps with their needs, and the log', async () => {
    const { record } = await run('--run-id', 'shown');
    const { code, stdout } = await speechops('show', 'shown', '--lines', '100');
    expect(code).toBe(0);
    const { steps } = record;
    expect(Object.keys(steps).every((id) => stdout.includes(`  ${id} `))).toBe(true);
    const [shown = '', log = ''] = stdout.split('\nlog:\n');
    expect(shown).toMatch(/candidate .* <- .*retrain/);
    expect(log).toMatch(/Z {2}executed by process \d+ on /);
    expect(log).toMatch(/Z {2}retrain: started\b.*\n(?:.*\n)*.*Z {2}retrain: succeeded\n/);
    const last = await speechops('show', 'shown', '--format', 'json', '--lines', '1');
    expect(JSON.parse(last.stdout)).toMatchObject({
      runId: 'shown',
      status: 'succeeded',
      log: [{ stepId: 'go-live' }],
    });
  });
});
