import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument, SavedStep } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { readResults } from '../../../workflows/evidence/read-results.ts';
import { Client, idOf } from '../../emulator/client.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';
import { makeTwoModels } from './two-models.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;

/** An evaluation of two models is there; whether the first is surely above the bound, its recordings tell. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-evidence-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator({ speed: 3000 });
  const client = new Client(emulator);
  const { first, second } = await makeTwoModels(client);
  const datasets = (await client.get('/datasets')).body.values as readonly { self: string; kind: string }[];
  const measured = idOf(datasets.find(({ kind }) => kind === 'Acoustic')?.self ?? '');
  await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: known, uses: evaluate, with: { dataset: ${measured}, model: ${second}, against: ${first} } }
  - id: renew
    uses: train
    with: { datasets: ["\${{ steps.text.outputs.dataset }}"], if-wer-above: 1%, measured-by: known }
  - { id: ask, uses: approve, if: "\${{ steps.known.outputs.better }}", with: { message: "Shall it go live?" } }
`,
  );
});

afterAll(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env });
}

async function planned(...args: readonly string[]): Promise<ReadonlyMap<string, SavedStep>> {
  const { code, stdout } = await speechops('plan', 'p.yaml', '--format', 'json', ...args);
  expect(code).toBe(0);
  const [pipeline] = (JSON.parse(stdout) as PlanDocument).pipelines;
  return new Map(pipeline?.steps.map((step) => [step.id, step]));
}

describe('a plan with the evidence of evaluations that are there', () => {
  it('leaves to the run what only their recordings tell, where it does not read them', async () => {
    const plan = await planned();
    expect(plan.get('renew')?.condition).toMatch(/^WER > 1\.0 %, now \d+\.\d %, with its whole interval$/);
    expect(plan.get('known')?.undecided).toContain('werLow');
    expect([...plan.values()].map(({ action }) => action)).toEqual(['create', 'reuse', 'at-run-time', 'at-run-time']);
  });

  it('says intervals, decides what depends on them, and leaves the evidence', async () => {
    const plan = await planned('--out', 'plan.json', '--results', 'results.json');
    const { action, undecided, summary, outputs } = plan.get('known')!;
    expect([action, undecided]).toEqual(['reuse', undefined]);
    expect(summary).toMatch(/is known: \d+\.\d % \[\d+\.\d, \d+\.\d\] against \d+\.\d %, too few to tell/);
    expect(outputs).toMatchObject({ better: false });
    expect(plan.get('renew')?.condition).toMatch(/^WER > 1\.0 %, now \d+\.\d % \[\d+\.\d, \d+\.\d\]$/);
    expect(plan.get('ask')?.action).toBe('skip');

    const read = readResults(await readFile(path.join(folder, 'results.json'), 'utf8'));
    if ('fault' in read) throw new Error(read.fault);
    const { source, verdict, sets } = read.results;
    expect([source, verdict.passed, verdict.sentence]).toEqual([
      'plan',
      null,
      'Nothing has run. This is what 1 evaluation of before told.',
    ]);
    expect(verdict.reasons).toEqual([
      expect.stringMatching(/^text: upload /),
      expect.stringMatching(/^renew: train if /),
    ]);
    expect(sets).toMatchObject([{ id: 'known', rate: { value: outputs['wer'], low: outputs['werLow'] } }]);
    expect(sets[0]?.utterances).toHaveLength(12);
    const report = await speechops('report', 'results.json', '--format', 'markdown');
    expect(report.stdout).toContain('# `p`: measured\n\n`Nothing has run.');
  });

  it('is done as it was saved, with what was read', async () => {
    await planned('--out', 'plan.json', '--evidence');
    const { code, stdout } = await speechops('run', '--plan', 'plan.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('renew  succeeded')]);
    const stale = await speechops('run', '--plan', 'plan.json');
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('is stale and nothing was done')]);
  });

  it('is of one pipeline', async () => {
    const { code, stderr } = await speechops('plan', 'p.yaml', './q.yaml', '--results', 'x.json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Plan one pipeline at a time with --results')]);
  });
});
