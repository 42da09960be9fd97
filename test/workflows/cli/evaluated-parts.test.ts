import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { packSet } from '../../../workflows/data/sets/pack-set.ts';
import { writeSet } from '../../data-sets/make-set.ts';
import { callMain, type Called } from './call-main.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 1000 });
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-parts-'));
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(args, { cwd: folder, env });
}

/** Two speakers say sentences, of which a related text has a part. */
const sentences = Array.from({ length: 12 }, (_, index) => ({
  name: `${index % 2 === 0 ? 'ada' : 'bob'}-${index + 1}.wav`,
  text: `the patient in bed ${['one', 'two', 'three', 'four'][index % 4]} takes metoprolol and amiodarone today`,
}));

const pipeline = (name: string, from: string): string => `name: ${name}
locale: en-US
steps:
  - { id: test, uses: upload, with: { kind: Acoustic, check: warn, name: ${name}, from: "${from}" } }
  - { id: text, uses: upload, with: { kind: Language, check: warn, from: text.txt } }
  - { id: model, uses: train, with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
  - id: measured
    uses: evaluate
    with:
      dataset: \${{ steps.test.outputs.dataset }}
      model: \${{ steps.model.outputs.model }}
      against: base
      slices: { by: speaker }
      terms: terms.txt
      noise: 2
      sets: [{ dataset: "\${{ steps.test.outputs.dataset }}", name: again }]
`;

async function ran(
  name: string,
): Promise<{ readonly outputs: Readonly<Record<string, unknown>>; readonly results: ResultsDocument }> {
  const { code, stderr } = await call('run', `${name}.yaml`, '--run-id', name);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const runs = path.join(folder, '.speechops/runs', name);
  expect(await readdir(runs)).toContain('results.json');
  const record = JSON.parse(await readFile(path.join(runs, 'run.json'), 'utf8')) as {
    steps: Readonly<Record<string, { outputs: Readonly<Record<string, unknown>> }>>;
  };
  const results = JSON.parse(await readFile(path.join(runs, 'results.json'), 'utf8')) as ResultsDocument;
  return { outputs: record.steps['measured']?.outputs ?? {}, results };
}

describe('an evaluation of a set with parts', () => {
  it('counts and decides as one of the same set in one dataset', async () => {
    await writeSet(folder, {
      ...Object.fromEntries(
        sentences.map(({ name }, index) => [`set/${name}`, { wav: { seconds: 3, tone: 200 + index * 10 } }]),
      ),
      'set/trans.txt': sentences.map(({ name, text }) => `${name}\t${text}\n`).join(''),
      'text.txt': sentences
        .slice(0, 2)
        .map(({ text }) => `${text}\n`)
        .join(''),
      'terms.txt': 'metoprolol\namiodarone\n',
    });
    const options = { isTranscribed: true, locale: 'en-US', cwd: folder, name: 'set', out: 'packed' } as const;
    await packSet(['set'], { ...options, mostFiles: 5 });
    expect((await readdir(path.join(folder, 'packed'))).length).toBe(3);
    await writeFile(path.join(folder, 'whole.yaml'), pipeline('whole', 'set'));
    await writeFile(path.join(folder, 'parted.yaml'), pipeline('parted', 'packed/*.zip'));
    const whole = await ran('whole');
    const parted = await ran('parted');
    expect(String(parted.outputs['evaluation']).split(' ')).toHaveLength(3);
    const counted = [
      'wer',
      'words',
      'substitutions',
      'deletions',
      'insertions',
      'utterances',
      'againstWer',
      'termErrorRate',
      'termsSaid',
      'better',
      'evaluations',
      'unstable',
      'delta',
    ];
    for (const name of counted) expect([name, parted.outputs[name]]).toEqual([name, whole.outputs[name]]);
    expect(parted.outputs['words']).toBe(12 * 10);
    const slicesOf = ({ outputs }: typeof whole): unknown =>
      (
        JSON.parse(String(outputs['slices'])) as readonly { value: string; rate: { words: number; value: number } }[]
      ).map(({ value, rate }) => [value, rate.words, rate.value]);
    expect(slicesOf(parted)).toEqual(slicesOf(whole));

    const [set, again] = parted.results.sets;
    expect([set?.title, set?.utterances.length, again?.utterances.length]).toEqual(['parted', 12, 12]);
    expect(set?.rate).toMatchObject({ value: whole.results.sets[0]?.rate.value, words: 120 });
    const kinds = parted.results.lineage.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'dataset').length).toBe(4);
    const planned = await call('plan', 'parted.yaml');
    expect(planned.stdout).toContain('word error rate of model');
    expect(planned.stdout).toContain('is known');
    const before = await evaluations();
    const repeated = await call('run', 'parted.yaml');
    expect([repeated.code, await evaluations()]).toEqual([0, before]);
  });
});

async function evaluations(): Promise<number> {
  const url = `${emulator.url}/speechtotext/evaluations?api-version=2025-10-15`;
  const answer = await fetch(url, { headers: { 'Ocp-Apim-Subscription-Key': emulator.key } });
  return ((await answer.json()) as { values: readonly unknown[] }).values.length;
}
