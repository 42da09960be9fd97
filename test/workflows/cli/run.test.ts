import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { resultsSchema, runSchema } from '../../../schemas/documents.ts';
import type { ResultsDocument } from '../../../schemas/index.ts';
import { reportHtml } from '../../../workflows/report/html/report-html.ts';
import { resultsJunit } from '../../../workflows/report/commands/results-junit.ts';
import { resultsMarkdown } from '../../../workflows/report/commands/results-markdown.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { bootedState } from '../../crash/booted-state.ts';
import { callMain, type Called } from './call-main.ts';
import { callProgram } from './call-program.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';
import { writeWardPipeline } from './ward-pipeline.ts';
import { controlEmulator } from '../../emulator/control-emulator.ts';

const key = 'a-key-that-nobody-may-print';
const speed = 3000;
let folder: string;
let pipeline: string;
let emulator: Emulator;
let home: AnyHome;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-run-'));
  home = await openAnyHome(folder);
  pipeline = await writeWardPipeline(folder);
  emulator = await startEmulator({
    key,
    speed,
    dataDirectory: path.join(folder, 'emulator'),
    audioDirectories: [path.join(folder, 'smoke')],
  });
});

afterEach(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(...args: readonly string[]): Promise<Called> {
  return await call(args);
}

async function call(args: readonly string[], options: Partial<Parameters<typeof callMain>[1]> = {}): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: key, ...home.env };
  return await callMain(args, { cwd: folder, env, ...options });
}

async function run(...args: readonly string[]): Promise<Called & { readonly record: RunRecord }> {
  const called = await speechops('run', pipeline, '--format', 'json', ...args);
  return { ...called, record: JSON.parse(called.stdout) as RunRecord };
}

function statuses(record: RunRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record.steps).map(([id, { status }]) => [id, status]));
}

async function fault(...orders: readonly object[]): Promise<void> {
  const response = await controlEmulator(emulator, '/faults', { body: orders });
  expect(response.status).toBe(201);
}

/** Display names of everything in the resource. */
async function objects(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const collection of ['projects', 'datasets', 'models', 'evaluations', 'endpoints']) {
    const response = await fetch(`${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`, {
      headers: { 'Ocp-Apim-Subscription-Key': key },
    });
    const { values } = (await response.json()) as { values: { displayName: string }[] };
    found[collection] = values.map(({ displayName }) => displayName);
  }
  return found;
}

const once = {
  projects: ['Ward'],
  datasets: [expect.any(String), expect.any(String)],
  models: ['retrain'],
  evaluations: ['baseline', 'candidate'],
  endpoints: ['ward'],
};

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

describe('speechops run', () => {
  it('uploads, evaluates, retrains and swaps, and a second run creates nothing', async () => {
    const first = await run('--run-id', 'first');
    expect(first.stderr).toContain('ward on http://127.0.0.1');
    expect(statuses(first.record)).toEqual({
      calls: 'succeeded',
      // They have the same content: whichever comes first uploads it.
      text: expect.stringMatching(/succeeded|reused/),
      'same-text': expect.stringMatching(/succeeded|reused/),
      baseline: 'succeeded',
      retrain: 'succeeded',
      candidate: 'succeeded',
      'go-live': 'succeeded',
    });
    const { baseline, candidate, 'go-live': goLive } = first.record.steps;
    expect(first.record.steps['calls']?.outputs).toMatchObject({ accepted: 24, rejected: 0 });
    expect(candidate?.outputs).toMatchObject({ better: true, againstWer: baseline?.outputs['wer'] });
    expect(goLive?.outputs).toMatchObject({
      model: first.record.steps['retrain']?.outputs['model'],
      probeFailures: 0,
      rolledBack: false,
    });
    const after = await objects();
    expect(after).toEqual(once);

    const second = await run('--input', 'bound=90%');
    expect(second.code).toBe(0);
    expect(statuses(second.record)).toEqual({
      calls: 'reused',
      text: 'reused',
      'same-text': 'reused',
      baseline: 'reused',
      retrain: 'skipped',
      candidate: 'skipped',
      'go-live': 'skipped',
    });
    expect(await objects()).toEqual(after);
  });

  it('refuses a swap of an endpoint that does not exist before anything is made, as plan does', async () => {
    await writeFile(pipeline, (await readFile(pipeline, 'utf8')).replace(/^ +create: true\n/m, ''));
    const message = 'Correct the name, or set `create: true` to make a new endpoint, which is charged: endpoint ward';
    const planned = await speechops('plan', pipeline);
    expect([planned.code, planned.stdout]).toEqual([1, expect.stringMatching(/, 1 that would fail\n/)]);
    expect(planned.stdout).toContain(`  go-live    ! fail         ${message} does not exist\n`);
    expect((await speechops('plan', pipeline, '--detailed-exitcode')).code).toBe(1);
    const refused = await speechops('run', pipeline);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(`error: ${message} does not exist (step go-live would fail, and nothing was done)\n`);
    expect(Object.values(await objects()).flat()).toEqual([]);
  });

  it('leaves the record in run.json as its schema says', async () => {
    const { record } = await run('--run-id', 'kept');
    const stored: unknown = JSON.parse(
      await readFile(path.join(folder, '.speechops', 'runs', 'kept', 'run.json'), 'utf8'),
    );
    expect(stored).toEqual(record);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(runSchema);
    expect(validate(stored), JSON.stringify(validate.errors)).toBe(true);
    const again = await speechops('run', pipeline, '--run-id', 'kept');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('Choose another --run-id')]);
  });

  it('leaves the evidence of what was measured, decided and served, and its reports', async () => {
    const summary = path.join(folder, 'summary.md');
    await writeFile(summary, 'of a step before\n');
    const env = {
      SPEECHOPS_ENDPOINT: emulator.url,
      SPEECHOPS_KEY: key,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_RUN_ID: '7',
      GITHUB_JOB: 'speech',
      GITHUB_REPOSITORY: 'contoso/wards',
      GITHUB_ACTOR: 'mona',
      GITHUB_SHA: '8c1f0e2',
      ...home.env,
    };
    expect((await call(['run', pipeline, '--run-id', 'kept'], { env })).code).toBe(0);
    const at = path.join(folder, '.speechops', 'runs', 'kept');
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
      path.join(folder, 'beds.csv'),
      `recording,floor\n${Array.from({ length: 24 }, (_, index) => `calls/${index},${index < 12 ? 'upper' : 'lower'}`).join('\n')}\n`,
    );
    const file = path.join(folder, 'bounded.yaml');
    await writeFile(file, boundedPipeline);
    expect(await speechops('lint', file)).toMatchObject({ code: 0, stdout: '' });
    const first = await speechops('run', file, '--run-id', 'first', '--format', 'json');
    expect(statuses(JSON.parse(first.stdout) as RunRecord)).toEqual({
      calls: 'succeeded',
      smoke: 'succeeded',
      measure: 'succeeded',
    });
    const at = path.join(folder, '.speechops', 'runs', 'first');
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
    await writeFile(path.join(folder, 'beds.csv'), 'recording,flor\n0,upper\n');
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

  it('finishes with a fifth of all calls failing in every way, and makes nothing twice', async () => {
    const kinds = [
      { kind: 'status', status: 429, retryAfterSeconds: 0 },
      { kind: 'status', status: 503 },
      { kind: 'cut' },
      { kind: 'lost' },
      { kind: 'truncated' },
    ];
    await fault(
      ...['*', 'Recognise'].flatMap((operation, turn) =>
        kinds.map((kind, index) => ({ operation, ...kind, rate: 0.05, seed: 100 + turn * 10 + index })),
      ),
    );
    const { code, record, stderr } = await run();
    expect(statuses(record), stderr).toMatchObject({
      calls: 'succeeded',
      retrain: 'succeeded',
      'go-live': 'succeeded',
    });
    expect(code).toBe(0);
    await controlEmulator(emulator, '/faults', { method: 'DELETE' });
    expect(await objects()).toEqual(once);
  });

  it('looks up every kind of object whose create was answered by silence', async () => {
    const creates = [
      'Projects_Create',
      'Datasets_Create',
      'Models_Create',
      'Evaluations_Create',
      'Endpoints_Create',
      'Datasets_CommitBlocks',
    ];
    await fault(...creates.map((operation) => ({ operation, kind: 'lost', count: 1 })));
    const { code } = await run();
    expect(code).toBe(0);
    expect(await objects()).toEqual(once);
  });

  it('fails with the reason of the service, skips what needs the step and exits 1', async () => {
    await fault({
      operation: 'Models_Create',
      kind: 'entity-failed',
      code: 'PipelineError',
      message: 'Training ran out of luck',
    });
    const { code, record, stderr } = await run();
    expect(code).toBe(1);
    expect(statuses(record)).toMatchObject({ retrain: 'failed', candidate: 'skipped', 'go-live': 'skipped' });
    expect(record.steps['retrain']?.error).toContain('Training ran out of luck');
    expect(stderr).toContain('error: retrain: ');
  });

  it.each([
    ['the deployment fails', { kind: 'entity-failed', code: 'DeployNotAllowed', message: 'No room' }, 'No room'],
    ['the endpoint settles on its old model', { kind: 'wrong-model' }, 'and not the model it was given'],
  ])('goes back to the previous model when %s', async (_, broken, reason) => {
    const created = await call(['run', 'endpoint.yaml'], { cwd: await endpointPipeline() });
    expect(created.code, created.stderr).toBe(0);
    // An endpoint that says at once that it has another model is not seen to settle on the old one: it is heard, after a while.
    await controlEmulator(emulator, '/redeployment', { body: { redeployment: 'shown-previous' } });
    await fault({ operation: 'Endpoints_Update', count: 1, ...broken });
    const { code, record } = await run();
    const goLive = record.steps['go-live'];
    expect([code, goLive?.status]).toEqual([1, 'failed']);
    expect(goLive?.error).toContain(reason);
    expect(goLive?.error).toContain('went back to the previous model and verified it');
    expect(goLive?.outputs).toMatchObject({
      rolledBack: true,
      probeFailures: 0,
      model: goLive?.outputs['previousModel'],
    });
  });

  it('leaves a swap without proof when recognitions get no answer in its time, with exit 3, and resume proves it', async () => {
    await writeFile(
      pipeline,
      (await readFile(pipeline, 'utf8')).replace('    uses: swap\n', '    uses: swap\n    timeout: 10s\n'),
    );
    await fault({ operation: 'Recognise', kind: 'status', status: 503 });
    const broken = await run('--run-id', 'unanswered');
    expect([broken.code, broken.record.steps['go-live']]).toEqual([
      3,
      expect.objectContaining({
        status: 'failed',
        failure: 'world',
        error: expect.stringMatching(
          /^The step did not end within 10 s \(timeout\): Cannot recognise .* 503.*; endpoint ward serves retrain, which is not proved there: resume the run/,
        ),
      }),
    ]);
    await controlEmulator(emulator, '/faults', { method: 'DELETE' });
    const { code, stdout } = await speechops('resume', 'unanswered', '--format', 'json');
    const goLive = (JSON.parse(stdout) as RunRecord).steps['go-live'];
    // What the endpoint serves was never proved: it does not count as good, and the run proves it.
    expect([code, goLive?.status]).toEqual([0, 'succeeded']);
    expect(goLive?.outputs).toMatchObject({ heard: true, probeFailures: 0, probeRepeats: 0 });
    expect(await objects()).toEqual(once);
  });

  it('makes an endpoint whose creation failed serve the model in the next run', async () => {
    await fault({ operation: 'Endpoints_Create', kind: 'entity-failed', count: 1 });
    expect((await run()).code).toBe(1);
    const { code, record } = await run();
    expect([code, record.steps['go-live']?.status]).toEqual([0, 'succeeded']);
    expect(await objects()).toEqual(once);
  });

  it('goes on with a swap whose answer was lost on the way', async () => {
    await call(['run', 'endpoint.yaml'], { cwd: await endpointPipeline() });
    await fault({ operation: 'Endpoints_Update', kind: 'lost', count: 1 });
    const { code, record } = await run();
    expect([code, record.steps['go-live']?.outputs]).toEqual([
      0,
      expect.objectContaining({ rolledBack: false, probeFailures: 0 }),
    ]);
  });

  it('prints control characters of pipelines and of the service as escapes', async () => {
    await fault({ operation: 'Models_Create', kind: 'entity-failed', message: 'red \u001B[31malert\nsecond line' });
    await writeFile(pipeline, (await readFile(pipeline, 'utf8')).replace('name: ward', 'name: "ward\\e[31m"'));
    const { stdout, stderr } = await speechops('run', pipeline);
    expect(stdout + stderr).toContain('red \\u001B[31malert');
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
  });

  it('ends with exit 3 and a clear error when the resource goes away, and a re-run finishes', async () => {
    const { port } = new URL(emulator.url);
    let stopping: Promise<void> | undefined;
    const cut = await call(['run', pipeline], {
      onError(text) {
        if (text.includes('retrain') && text.includes('started')) stopping ??= emulator.close();
      },
    });
    await stopping;
    expect(cut.code).toBe(3);
    expect(cut.stderr).toMatch(/error: retrain: .*nothing answers at http:\/\/127\.0\.0\.1.*check SPEECHOPS_ENDPOINT/);
    expect(cut.stderr).not.toContain('    at ');
    emulator = await startEmulator({
      key,
      speed,
      port: Number(port),
      dataDirectory: path.join(folder, 'emulator'),
      audioDirectories: [path.join(folder, 'smoke')],
    });
    const { code, record } = await run();
    expect([code, statuses(record)]).toEqual([0, expect.objectContaining({ calls: 'reused', 'go-live': 'succeeded' })]);
    expect(await objects()).toEqual(once);
  }, 300_000);

  it('stops on Ctrl-C with the line that goes on with the run, and that line finishes it', async () => {
    const interrupt = new AbortController();
    const stopped = await call(['run', pipeline, '--run-id', 'stopped', '--format', 'json'], {
      signal: interrupt.signal,
      onError: (text) => text.includes('baseline') && interrupt.abort(new Error('Stopped')),
    });
    expect([stopped.code, stopped.stdout]).toEqual([3, '']);
    expect(stopped.stderr).toContain('Resume it: speechops resume stopped');
    const resumed = await speechops('resume', 'stopped', '--format', 'json');
    expect([resumed.code, (JSON.parse(resumed.stdout) as RunRecord).status]).toEqual([0, 'succeeded']);
    expect(await objects()).toEqual(once);
  });

  it('prints the key nowhere, also when every call fails', async () => {
    await fault(
      { operation: '*', kind: 'status', status: 401, rate: 0.3, seed: 5 },
      { operation: '*', kind: 'truncated', rate: 0.3, seed: 6 },
    );
    // Where the store is a folder, whatever is kept is found in it.
    await bootedState().copyTo(folder);
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: key };
    const { stdout, stderr } = await callProgram(['run', pipeline], { cwd: folder, env });
    const state = path.join(folder, '.speechops');
    const files = existsSync(state) ? await readdir(state, { recursive: true, withFileTypes: true }) : [];
    const written = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
    );
    expect([stdout, stderr, ...written].join('\n')).not.toContain(key);
    expect(stdout + stderr).not.toMatch(/sig=|Authorization|Subscription-Key/i);
  });

  it.each([
    [['run', 'no-such.yaml'], 2, 'Give the path of a pipeline file'],
    [['run', 'ward.yaml', '--input', 'bound'], 2, 'Write --input NAME=VALUE'],
    [['run', 'ward.yaml', '--input', 'bund=10%'], 1, 'bund'],
    [['run', 'ward.yaml', '--run-id', '../x'], 2, 'Name the run with letters'],
    [['run', 'ward.yaml', '--frobnicate'], 2, 'unknown option'],
  ] as const)('explains wrong use: %j', async (args, code, message) => {
    const called = await speechops(...args);
    expect([called.code, called.stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  it('says which variable is missing when no resource is named', async () => {
    const { code, stderr } = await call(['run', pipeline], { env: {} });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Set SPEECHOPS_ENDPOINT')]);
  });
});

it('decides by the clock of the service what has expired, in plan and run', async () => {
  const first = await run();
  const { 'days-left': daysLeft, expires } = first.record.steps['go-live']?.outputs ?? {};
  const trained = first.record.steps['retrain']?.outputs ?? {};
  expect(trained['expires']).toBe(expires);
  // At this speed midnight may pass between the two steps.
  expect([Number(daysLeft), Number(daysLeft) + 1]).toContain(trained['days-left']);
  const advanceSeconds = (Number(daysLeft) + 2) * 86_400;
  expect((await controlEmulator(emulator, '/clock', { body: { advanceSeconds } })).status).toBe(200);
  const expired = 'newest base model, the model of endpoint ward has expired';
  expect((await speechops('plan', pipeline)).stdout).toContain(expired);
  const { code, record } = await run();
  expect([code, record.steps['baseline']?.outputs['standIn']]).toEqual([0, expired]);
  expect(record.steps['go-live']?.status).toBe('succeeded');
  expect(record.steps['go-live']?.outputs['previousModel']).toBe(first.record.steps['retrain']?.outputs['model']);
  expect(record.steps['go-live']?.outputs['days-left']).toBeGreaterThan(30);
});

describe('speechops plan', () => {
  it('creates nothing, and says with --detailed-exitcode whether there is something to do', async () => {
    const before = await speechops('plan', pipeline, '--detailed-exitcode');
    expect([before.code, before.stdout]).toEqual([2, expect.stringContaining('calls      + create')]);
    expect(await objects()).toEqual({ projects: [], datasets: [], models: [], evaluations: [], endpoints: [] });
    await run();
    const after = await speechops('plan', pipeline, '--detailed-exitcode', '--input', 'bound=90%');
    expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('- skip')]);
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: key, ...home.env, FORCE_COLOR: '1' };
    const inColor = async (...args: readonly string[]): Promise<string> => (await call(args, { env })).stdout;
    expect(await inColor('plan', pipeline)).toContain('\u001B[2m= reuse');
    expect(await inColor('runs')).toContain('\u001B[32msucceeded\u001B[39m');
    expect(await inColor('show', 'last')).toContain('\u001B[32msucceeded\u001B[39m');
    expect(await inColor('run', pipeline)).toContain('\u001B[32mreused   \u001B[39m');
    await emulator.close();
    expect((await speechops('plan', pipeline, '--detailed-exitcode')).code).toBe(1);
    expect((await speechops('plan', pipeline)).code).toBe(3);
  });
});

async function endpointPipeline(): Promise<string> {
  const at = path.join(folder, 'provision');
  await mkdir(at);
  await writeFile(
    path.join(at, 'endpoint.yaml'),
    'name: endpoint\nlocale: en-US\nsteps:\n  - id: endpoint\n    uses: swap\n    with: { endpoint: ward, model: base, create: true }\n',
  );
  return at;
}
