import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Corrected, EvaluationList, Measured } from '../../portal/api/testing.ts';
import { exportOf } from '../../portal/server/testing/exports.ts';
import { BusyResource, type RepositorySource } from '../../portal/server/sources.ts';
import type { ResultsSet } from '../../schemas/types.gen.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import { loadPipeline } from '../../workflows/language/load-pipeline.ts';
import { readResults } from '../../workflows/evidence/read-results.ts';
import { readUtterances } from '../../workflows/scoring/readers/read-utterances.ts';
import { scoreUtterances } from '../../workflows/scoring/score-utterances.ts';
import { startClient } from '../emulator/client.ts';
import { emulatedResource } from './emulated-resource.ts';
import { noRepository } from './portal-on.ts';
import type { PortalSources } from '../../portal/server/sources.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';
import { testedModels, type TestedModels } from './tested-models.ts';

let tested: TestedModels;
let folder: string;
let portal: TestPortal;
let measuredPath: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-testing-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  tested = await testedModels(await startClient());
  execFileSync('git', ['init', '-q'], { cwd: folder });
  await mkdir(path.join(folder, 'data', 'test'), { recursive: true });
  await writeFile(path.join(folder, 'data', 'test', 'trans.txt'), tested.transcript);
  portal = await startTestPortal({
    sources: { resources: [emulatedResource(tested.client)], repository: repository() },
  });
  measuredPath = `resources/emulator/evaluations/${tested.first}`;
});

function repository(): RepositorySource {
  const git: RepositorySource['git'] = async (args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  return { ...noRepository, root: folder, runsFolder: path.join(folder, 'runs'), git };
}

async function json<T>(url: string, body?: unknown): Promise<T> {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await portal.ask(url, body === undefined ? {} : init);
  const answer = (await response.json()) as T & { readonly error?: string };
  if (!response.ok) throw new Error(`${response.status} ${answer.error}`);
  return answer;
}

function setOf({ set }: Measured): ResultsSet {
  return set as ResultsSet;
}

describe('evaluations', () => {
  it('are listed with their models, rates and words, the newest first', async () => {
    const { evaluations } = await json<EvaluationList>('resources/emulator/evaluations');
    expect(new Set(evaluations.map(({ id }) => id))).toEqual(new Set([tested.first, tested.second]));
    const ward = evaluations.find(({ id }) => id === tested.first);
    expect(ward).toMatchObject({
      name: 'Ward against base',
      status: 'Succeeded',
      dataset: { id: tested.dataset, name: 'Calls' },
      pipeline: 'call-center-en-us',
    });
    expect(ward?.models).toHaveLength(2);
    for (const { rate = 0, words = 0, errors = 0 } of ward?.models ?? []) expect(rate).toBe(errors / words);
    expect(ward?.models[1]?.name).toBe('Ward words');
  });

  it('name the newest run that judged by them, of as many as are looked at, and read no run that has ended twice', async () => {
    const outputs = {
      evaluation: `https://speech.example/evaluations/${tested.first}`,
      model: 'https://speech.example/models/base/one',
    };
    const steps = { baseline: { uses: 'evaluate', status: 'succeeded', outputs } };
    const runs = Array.from({ length: 101 }, (_, index) => ({
      runId: `r-${index}`,
      pipeline: 'p',
      status: 'succeeded',
      startedAt: '2026-01-02T03:04:05Z',
      finishedAt: '2026-01-02T03:05:05Z',
      format: '1',
    }));
    const read: string[] = [];
    const access = {
      runs: async ({ limit }: { readonly limit: number }) => runs.slice(0, limit),
      details: async (runId: string) => {
        read.push(runId);
        return { steps };
      },
    };
    const source: PortalSources['runs'] = {
      borrow: async (act) => await act(access as never),
      version: async () => '',
      start: async () => ({}),
    };
    const other = await startTestPortal({ sources: { runs: source } });
    const ask = async (): Promise<unknown> => await (await other.ask('evaluation-runs')).json();
    expect(await ask()).toMatchObject({ most: 100, runs: [{ runId: 'r-0', evaluation: tested.first }] });
    expect(read).toHaveLength(100);
    await ask();
    expect(read).toHaveLength(100);
    // A run that is resumed has another end, and is read again.
    runs[0] = { ...runs[0]!, finishedAt: '2026-01-02T04:05:05Z' };
    runs.splice(50);
    expect(await ask()).not.toHaveProperty('most');
    expect(read.slice(100)).toEqual(['r-0']);
  });

  it('name the run that judged by them', async () => {
    const terms = [{ name: 'ward', hits: 1, misses: 2, falseAlarms: 0 }];
    const outputs = {
      evaluation: `https://speech.example/evaluations/${tested.first}`,
      model: 'https://speech.example/models/base/one',
      terms: JSON.stringify(terms),
    };
    const run = { runId: 'r-1', pipeline: 'p', status: 'succeeded', startedAt: '2026-01-02T03:04:05Z', format: '1' };
    const steps = { baseline: { uses: 'evaluate', status: 'succeeded', outputs } };
    const other = await startTestPortal({
      sources: {
        runs: {
          borrow: async (act) =>
            await act({ runs: async () => [run], details: async () => ({ ...run, steps }) } as never),
          version: async () => '',
          start: async () => ({}),
        },
      },
    });
    const answer = await other.ask('evaluation-runs');
    const judged = { evaluation: tested.first, runId: 'r-1', step: 'baseline', model: 'base/one', terms };
    expect(await answer.json()).toMatchObject({ runs: [judged] });
    expect(await json('evaluation-runs')).toEqual({ runs: [] });
  });
});

describe('a test set', () => {
  it('has what both models recognised of every recording, with rates, comparison and audio', async () => {
    const measured = await json<Measured>(measuredPath);
    const set = setOf(measured);
    expect(set.utterances.map(({ id }) => id)).toEqual(tested.names.toSorted());
    expect(measured.written[0]).toMatch(/^[A-Z].*\.$/);
    expect(set.rate.value).toBe((set.rate.errors ?? 0) / (set.rate.words ?? 1));
    expect(set.comparison?.verdict).toBeDefined();
    expect(measured.models.map(({ rate }) => rate)).toEqual([set.rate, set.againstRate]);
    expect(set.slices.map(({ value }) => value)).toEqual(['ann', 'bob']);
    for (const { audio, id } of set.utterances)
      expect(audio).toMatch(new RegExp(`^/api/resources/emulator/datasets/${tested.dataset}/audio/${id}\\?ticket=`));
    expect(measured.transcripts).toEqual(['data/test/trans.txt']);
  });

  it('has a third model beside the two, and any of them as A and B', async () => {
    const alone = await json<Measured>(measuredPath);
    expect(alone.candidates).toMatchObject([{ id: tested.second, models: [{ name: 'Everyday words' }] }]);
    const three = await json<Measured>(`${measuredPath}?with=${tested.second}`);
    expect(three.models.map(({ name }) => name)).toEqual([...alone.models.map(({ name }) => name), 'Everyday words']);
    expect(three.candidates).toEqual([]);
    const [base, ward, day] = three.models.map(({ id }) => id) as [string, string, string];
    const turned = await json<Measured>(`${measuredPath}?with=${tested.second}&a=${day}&b=${encodeURIComponent(base)}`);
    expect(turned.models.map(({ id }) => id)).toEqual([day, base, ward]);
    expect(setOf(turned).model).toBe('Everyday words');
    expect(setOf(turned).utterances.map(({ recognised }) => recognised)).toEqual(three.others[0]);
    expect(turned.others[0]).toEqual(setOf(three).utterances.map(({ against }) => against));
  });

  it('knows how much models and reference differ, and what all models have against it', async () => {
    const measured = await json<Measured>(measuredPath);
    const { utterances } = setOf(measured);
    for (const [index, { recognised, against, id }] of utterances.entries()) {
      const isCertain = measured.uncertainty[index] === 0;
      expect(isCertain).toBe(!/[SDI]/.test(recognised.operations) && !/[SDI]/.test(against?.operations ?? ''));
      if (isCertain) expect(measured.agreed[id]).toBeUndefined();
    }
    expect(Object.keys(measured.agreed).length).toBeGreaterThan(0);
  });

  it('is refused with a reason when an evaluation is not there, or is of another dataset', async () => {
    await expect(json('resources/emulator/evaluations/none')).rejects.toThrow('404 Choose another evaluation');
    const other = await testedModels(tested.client, { displayName: 'Others' });
    await json('refresh', {});
    await expect(json(`${measuredPath}?with=${other.first}`)).rejects.toThrow('409 Choose evaluations of one dataset');
  });

  it('is cut by speaker, and by the columns of manifests that the evaluating steps of its pipeline name', async () => {
    const accents = tested.names.map((name, index) => `${name}\t${['north', 'south', ''][index % 3]}\n`);
    await writeFile(path.join(folder, 'data', 'calls.tsv'), `recording\taccent\n${accents.join('')}`);
    await writeFile(path.join(folder, 'data', 'others.tsv'), 'recording\tage\nelsewhere.wav\t40\n');
    const { pipeline } = loadPipeline(
      `name: call-center-en-us
locale: en-US
steps:
  - { id: baseline, uses: evaluate, with: { dataset: 7d1c3b0e-52a4-4b6f-9f0e-2f3c1a5d8e42, model: base, slices: [
      { by: accent, manifest: data/calls.tsv }, { by: age, manifest: data/others.tsv }, { by: sex, manifest: data/none.tsv }] } }
`,
      { path: 'pipeline.yaml' },
    );
    const own = repository();
    const pipelines: RepositorySource['pipelines'] = async () => [
      {
        file: 'pipeline.yaml',
        folder,
        text: '',
        ...(pipeline && { pipeline }),
        diagnostics: { errors: 0, warnings: 0, hints: 0 },
        lines: new Map(),
      },
    ];
    const data = createLocalData({ roots: [folder] });
    portal = await startTestPortal({
      sources: { resources: [emulatedResource(tested.client)], repository: { ...own, pipelines, data } },
    });
    const bySpeaker = await json<Measured>(measuredPath);
    expect([bySpeaker.cut, bySpeaker.cuts]).toEqual(['speaker', ['speaker', 'accent']]);
    const byAccent = await json<Measured>(`${measuredPath}?by=accent`);
    const set = setOf(byAccent);
    expect(byAccent.cut).toBe('accent');
    expect(new Set(set.slices.map(({ value }) => value))).toEqual(new Set(['north', 'south', null]));
    expect(new Set(set.utterances.map(({ group }) => group))).toEqual(new Set(['north', 'south', '(none)']));
    const words = set.slices.map(({ rate }) => rate.words ?? 0);
    expect(words.reduce((sum, count) => sum + count, 0)).toBe(set.rate.words);
    expect(byAccent.downloads[0]?.address).toContain('by=accent');
    expect((await json<Measured>(`${measuredPath}?by=age`)).cut).toBe('speaker');
  });

  it('goes on with what it has read when a run has taken the emulator meanwhile', async () => {
    const whole = emulatedResource(tested.client);
    let reads = 0;
    const borrow: typeof whole.borrow = async (act) =>
      await whole.borrow(async (ports, turn) => {
        const readOne: typeof ports.speech.readFile = async (file, how) => {
          reads += 1;
          if (reads === 6) throw new BusyResource('A run has the embedded emulator for itself');
          return await ports.speech.readFile(file, how);
        };
        return await act({ ...ports, speech: { ...ports.speech, readFile: readOne } }, turn);
      });
    const { ask } = await startTestPortal({ sources: { resources: [{ ...whole, borrow }], repository: repository() } });
    expect((await ask(measuredPath)).ok).toBe(false);
    expect((await ask(measuredPath)).ok).toBe(true);
    const [recordings, models] = [tested.names.length, 2];
    expect(reads).toBe(recordings * models + 1);
  });
});

describe('corrections', () => {
  it('change the rates as scoring the corrected transcript does, and come as a patch of the file', async () => {
    const measured = await json<Measured>(measuredPath);
    const corrections = measured.agreed;
    const corrected = await json<Corrected>(`${measuredPath}/corrected`, { corrections });
    const references = setOf(measured).utterances.map(({ id }, index) => ({
      id,
      text: corrections[id] ?? measured.written[index]!,
    }));
    const expected = scoreUtterances({
      references,
      hypotheses: setOf(measured).utterances.map(({ id, recognised }) => ({ id, text: recognised.text })),
      profile: 'azure-en-US',
      unit: 'word',
    });
    expect(corrected.models[0]?.before).toBe(setOf(measured).rate.value);
    expect(corrected.models[0]?.after).toBe(expected.wordErrorRate);
    expect(corrected.models[0]?.after).toBeLessThan(corrected.models[0]?.before ?? 0);
    expect(corrected.utterances.map(({ id }) => id).toSorted()).toEqual(Object.keys(corrections).toSorted());
    expect(corrected.patch).toMatch(/^--- a\/data\/test\/trans\.txt\n/);
    execFileSync('git', ['apply', '--check', '-'], { cwd: folder, input: corrected.patch });
  });

  it('are written into the file that is the transcript, once', async () => {
    const [name = ''] = tested.names;
    const body = {
      evaluation: tested.first,
      file: 'data/test/trans.txt',
      corrections: { [name]: ' Said\totherwise. ' },
    };
    expect(await json('resources/emulator/corrections', body)).toEqual({ file: body.file, lines: 1 });
    const written = await readFile(path.join(folder, body.file), 'utf8');
    expect(written.split('\n')[0]).toBe(`\uFEFF${name}\tSaid otherwise.`);
    expect(written.split('\n').slice(1)).toEqual(tested.transcript.split('\n').slice(1));
    await expect(json('resources/emulator/corrections', body)).rejects.toThrow('409 Correct the file by hand');
  });

  it('reach no file elsewhere, none that is another one, and none when the portal is read-only', async () => {
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'speechops-elsewhere-'));
    onTestFinished(async () => await rm(elsewhere, { recursive: true, force: true }));
    await writeFile(path.join(elsewhere, 'trans.txt'), tested.transcript);
    await symlink(path.join(elsewhere, 'trans.txt'), path.join(folder, 'data', 'trans.txt'));
    await symlink(elsewhere, path.join(folder, 'linked'));
    await writeFile(path.join(folder, 'other-trans.txt'), tested.transcript);
    expect((await json<Measured>(measuredPath)).transcripts).toEqual(['data/test/trans.txt']);
    const corrections = { [tested.names[0]!]: 'otherwise' };
    for (const file of [
      'data/trans.txt',
      'linked/trans.txt',
      `../${path.basename(elsewhere)}/trans.txt`,
      'other-trans.txt',
    ])
      await expect(
        json('resources/emulator/corrections', { evaluation: tested.first, file, corrections }),
      ).rejects.toThrow('409');
    expect(await readFile(path.join(elsewhere, 'trans.txt'), 'utf8')).toBe(tested.transcript);
    const readOnly = await startTestPortal({
      readOnly: true,
      sources: { resources: [emulatedResource(tested.client)], repository: repository() },
    });
    expect((await readOnly.ask('resources/emulator/corrections', { method: 'POST' })).status).toBe(403);
  });

  it('are refused for a recording that is not there, and for nothing', async () => {
    const url = `${measuredPath}/corrected`;
    await expect(json(url, { corrections: { 'none.wav': 'a' } })).rejects.toThrow('409 Open the evaluation again');
    await expect(json(url, { corrections: { [tested.names[0]!]: ' \n' } })).rejects.toThrow('422 Leave');
  });
});

describe('exports', () => {
  async function exported(name: string, url = measuredPath): Promise<string> {
    const { downloads } = await json<Measured>(url);
    const { address = '' } = downloads.find((one) => one.name === name) ?? {};
    const response = await fetch(`${portal.url}${address}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
    return await response.text();
  }

  it('are a table of all utterances and models, in which no cell is a formula', async () => {
    const cells = { name: '=1+1-x.wav', transcript: 'said, "so"' };
    const table = await exported('utterances.csv', `${measuredPath}?with=${tested.second}`);
    const lines = table.trimEnd().split('\r\n');
    expect(lines).toHaveLength(tested.names.length + 1);
    expect(lines[0]).toContain('Everyday words: errors');
    const side = { text: '@home', operations: 'SC' };
    const own = exportOf('utterances.csv', {
      texts: { lines: [{ file: cells.name, text: cells.transcript, line: 1 }] },
      compared: {
        ordered: [{ name: '+model' }],
        others: [],
        uncertainty: [0.5],
        set: { utterances: [{ id: cells.name, reference: '-so', recognised: side }] },
      },
    } as never);
    expect(own?.split('\r\n').slice(0, 2)).toEqual([
      "recording,group,transcript,reference,uncertainty,'+model: recognised,'+model: errors,'+model: substitutions,'+model: deletions,'+model: insertions",
      `'=1+1-x.wav,,"said, ""so""",'-so,0.5,'@home,1,1,0,0`,
    ]);
  });

  it('are a table in which no cell is a formula for a program that takes semicolons for commas, either', async () => {
    const cells = ['one; two', 'one;=1+1', 'one;"=1+1', 'one\t@x', '\uFF1D1', 'two\nlines', 'a-b = c+d'];
    const table = exportOf('utterances.csv', {
      texts: { lines: cells.map((text) => ({ file: '', text, line: 1 })) },
      compared: {
        ordered: [{ name: 'model' }],
        others: [],
        uncertainty: [],
        set: { utterances: cells.map(() => ({ id: 'a', reference: '', recognised: { text: '', operations: '' } })) },
      },
    } as never);
    const transcripts = table
      ?.split('\r\n')
      .slice(1, -1)
      .map((line) => line.slice('a,,'.length, -',,,,0,0,0,0'.length));
    expect(transcripts).toEqual([
      '"one; two"',
      `"one;'=1+1"`,
      `"one;""'=1+1"`,
      `"one\t'@x"`,
      "'\uFF1D1",
      '"two\nlines"',
      'a-b = c+d',
    ]);
    const table2 = await portal.ask(`${measuredPath}/exports/utterances.csv`);
    expect(table2.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  });

  it('are results.json, which report reads', async () => {
    const { results } = readResults(await exported('results.json')) as unknown as { results: { sets: ResultsSet[] } };
    expect(results.sets[0]?.rate).toEqual(setOf(await json<Measured>(measuredPath)).rate);
  });

  it("are texts in sclite's form, which score as the page does", async () => {
    const read = async (name: string) => readUtterances(await exported(name), { side: 'reference' }).utterances;
    const [references, hypotheses] = [await read('reference.trn'), await read('model-b.trn')];
    expect(references).toHaveLength(tested.names.length);
    const { wordErrorRate } = scoreUtterances({ references, hypotheses, profile: 'none', unit: 'word' });
    expect(wordErrorRate).toBe(setOf(await json<Measured>(measuredPath)).againstRate?.value);
  });

  it('are for who has a ticket', async () => {
    const refused = await fetch(`${portal.url}/api/${measuredPath}/exports/utterances.csv`);
    expect(refused.status).toBe(401);
    expect((await portal.ask(`${measuredPath}/exports/none.csv`)).status).toBe(404);
    const { downloads } = await json<Measured>(`${measuredPath}?with=${tested.second}`);
    const { address = '' } = downloads.find(({ name }) => name === 'utterances.csv') ?? {};
    expect((await fetch(`${portal.url}${address}`)).status).toBe(200);
    // The ticket is of these models, and of no others.
    for (const other of [address.replace(/with=[^&]*&/, ''), address.replace('?', '?a=other&'), `${address}&b=other`])
      expect([other, (await fetch(`${portal.url}${other}`)).status]).toEqual([other, 401]);
  });
});
