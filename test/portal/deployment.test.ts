import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AsCode } from '../../portal/api/as-code.ts';
import type { Deployment, EndpointDetail } from '../../portal/api/deployment.ts';
import type { RepositoryPipeline } from '../../portal/server/sources.ts';
import type { ReleaseDocument, ResultsDocument } from '../../schemas/types.gen.ts';
import { releaseText } from '../../workflows/plan/release-document.ts';
import { swapMark } from '../../workflows/plan/endpoint-proof.ts';
import type { Endpoint } from '../../workflows/plan/speech-entities.ts';
import { sampleResults } from '../workflows/report/html/sample-results.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel } from '../workflows/steps/fake-world.ts';
import { fakeResource } from './fake-resource.ts';
import { type GitRepository, gitRepository } from './git-repository.ts';
import { noRepository } from './portal-on.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';

const base = fakeBaseModel('base-1', { created: '2026-01-01T00:00:00Z' });
const first = fakeModel('first-model', { displayName: 'First', baseModel: { self: base.self } });
const second = fakeModel('second-model', { displayName: 'Second', baseModel: { self: base.self } });

function line(change: Partial<Endpoint> = {}): Endpoint {
  return fakeEndpoint('line', second.self, {
    customProperties: { 'speechops-swap': swapMark('proved', second.self), 'speechops-previous-model': 'first-model' },
    links: { webSocket: 'wss://westeurope.stt.speech.microsoft.com/stt/speech/universal/v2?cid=id-of-line' },
    ...change,
  });
}

async function portalOf(
  repository: Pick<GitRepository, 'source'>,
  endpoints: readonly Endpoint[] = [line()],
): Promise<TestPortal> {
  const world = createFakeWorld();
  world.objects.baseModels.push(base);
  world.objects.models.push(first, second);
  world.objects.endpoints.push(...endpoints);
  return await startTestPortal({ sources: { resources: [fakeResource(world.ports)], repository: repository.source } });
}

async function detailOf(portal: TestPortal): Promise<EndpointDetail> {
  return (await (await portal.ask('resources/contoso/deployment/endpoints/id-of-line')).json()) as EndpointDetail;
}

function release(model: Omit<ReleaseDocument['model'], 'data'>, change: Partial<ReleaseDocument>): string {
  const document: ReleaseDocument = {
    endpoint: { id: 'id-of-line', name: 'line', locale: 'en-US' },
    model: { ...model, data: [] },
    measured: [{ evaluation: 'e', dataset: { id: 'd', name: 'calls' }, wer: 0.08 }],
    proof: { heard: true, afterFinalP50Seconds: 0.4, afterFinalP95Seconds: 0.9 },
    run: { id: 'run-1', pipeline: 'calls', commit: 'c'.repeat(40) },
    writtenAt: '2026-03-01T00:00:00.000Z',
    ...change,
  };
  return releaseText(document, { by: 'a test' });
}

/** What a run has left that swapped the endpoint to a model. */
function results(model: string, change: Partial<ResultsDocument> = {}): string {
  const document: ResultsDocument = {
    ...sampleResults(),
    runId: 'run-2',
    title: 'calls',
    sets: [],
    made: { finishedAt: '2026-05-01T00:10:00.000Z', program: 'speechops', commit: 'd'.repeat(40) },
    swaps: [
      {
        step: 'go-live',
        endpoint: 'line',
        model: 'Second',
        proof: 'proved',
        changedAt: '2026-05-01T00:00:00.000Z',
        probes: [100, 200, 300, 9000].map((milliseconds) => ({
          at: '2026-05-01T00:01:00.000Z',
          milliseconds,
          answeredBy: milliseconds === 9000 ? 'previous' : 'model',
        })),
      },
    ],
    lineage: [
      { id: 'run', kind: 'run', name: 'run-2', from: [] },
      { id: 'id-of-line', kind: 'endpoint', name: 'line', from: [model] },
    ],
    ...change,
  };
  return JSON.stringify(document);
}

describe('GET deployment', () => {
  it('has each endpoint with its model, proof, previous model and end', async () => {
    const repository = await gitRepository();
    const portal = await portalOf(repository, [
      line(),
      line({ self: 'https://speech/endpoints/other', displayName: 'by hand', customProperties: {} }),
      line({
        self: 'https://speech/endpoints/third',
        displayName: 'unproved',
        customProperties: {
          'speechops-swap': swapMark('unproved', second.self, { after: ['old-model'] }),
          'speechops-previous-model': 'first-model',
        },
      }),
    ]);
    const { endpoints } = (await (await portal.ask('resources/contoso/deployment')).json()) as Deployment;
    expect(endpoints.map(({ name, proof, mayAnswer }) => [name, proof, mayAnswer.map((one) => one.name)])).toEqual([
      ['by hand', 'none', []],
      ['line', 'proved', []],
      ['unproved', 'unproved', ['Second', 'First', 'old-model']],
    ]);
    expect(endpoints[1]).toMatchObject({
      id: 'id-of-line',
      model: { id: 'second-model', name: 'Second' },
      previousModel: { id: 'first-model', name: 'First' },
      life: { ends: '2028-01-15T00:00:00Z', daysLeft: 593, state: 'lasting' },
      logsContent: false,
    });
    expect(endpoints[1]).not.toHaveProperty('givenBy');
  });

  it('says which base model answers in place of an expired one, and refuses a roll back to an expired one with the date', async () => {
    const world = createFakeWorld();
    const over = { deprecationDates: { transcriptionDateTime: '2026-05-01T00:00:00Z' } };
    world.objects.baseModels.push(base);
    world.objects.models.push({ ...first, properties: over }, { ...second, properties: over });
    world.objects.endpoints.push(line());
    const { source: repository } = await gitRepository();
    const portal = await startTestPortal({ sources: { resources: [fakeResource(world.ports)], repository } });
    const { endpoints } = (await (await portal.ask('resources/contoso/deployment')).json()) as Deployment;
    expect(endpoints[0]?.expired).toEqual({
      at: '2026-05-01T00:00:00Z',
      answers: { id: 'base/base-1', name: 'base-1' },
    });
    const { wishes } = (await (await portal.ask('resources/contoso/as-code/endpoint/id-of-line')).json()) as AsCode;
    expect(wishes).toContainEqual({ label: 'Roll back to First', choices: [], whyNot: 'It expired on 2026-05-01' });
  });

  it('says since when, by which run and commit, by the release file', async () => {
    const repository = await gitRepository();
    await repository.write({ 'releases/line.yaml': release({ id: 'second-model', name: 'Second' }, {}) });
    const { endpoints } = (await (
      await (await portalOf(repository)).ask('resources/contoso/deployment')
    ).json()) as Deployment;
    expect(endpoints[0]).toMatchObject({
      givenBy: { run: 'run-1', pipeline: 'calls', commit: 'c'.repeat(40), at: '2026-03-01T00:00:00.000Z' },
      latency: { p50Milliseconds: 400, p95Milliseconds: 900 },
    });
  });

  it('takes no run for the one that gave a model which somebody has given by another way since', async () => {
    const repository = await gitRepository();
    await repository.write({ 'releases/line.yaml': release({ id: 'first-model', name: 'First' }, {}) });
    const portal = await portalOf(repository);
    const { endpoints } = (await (await portal.ask('resources/contoso/deployment')).json()) as Deployment;
    expect(endpoints[0]).not.toHaveProperty('givenBy');
    expect((await detailOf(portal)).releaseFile).toEqual({
      file: 'releases/line.yaml',
      model: 'First',
      isOfServed: false,
    });
  });

  it('says since when by the results of a run, and how soon the model answered then', async () => {
    const repository = await gitRepository();
    await repository.write({ '.speechops/runs/run-2/results.json': results('second-model') });
    const detail = await detailOf(await portalOf(repository));
    expect(detail.endpoint).toMatchObject({
      givenBy: { run: 'run-2', pipeline: 'calls', commit: 'd'.repeat(40), at: '2026-05-01T00:00:00.000Z' },
      latency: { p50Milliseconds: 200, p95Milliseconds: 300, recognitions: 3 },
    });
    expect(detail.swap?.probes).toHaveLength(4);
  });
});

describe('the history of an endpoint', () => {
  it('is of the commits of its release file and of runs on this machine, each run once', async () => {
    const repository = await gitRepository();
    const ofFirst = release({ id: 'first-model', name: 'First' }, {});
    await repository.write({ 'releases/line.yaml': ofFirst, '.gitignore': '.speechops\n' });
    const brought = await repository.commit('Release first');
    await repository.write({ 'releases/line.yaml': `# touched\n${ofFirst}` });
    await repository.commit('Touch it');
    const run = { id: 'run-2', pipeline: 'calls' };
    const west = 'https://west.example';
    await repository.write({
      'releases/line.yaml': release(
        {
          id: 'second-model',
          name: 'Second',
          copyOf: { id: 's', self: `${west}/models/s`, resource: west, name: 'Theirs' },
        },
        { run, writtenAt: '2026-05-01T00:02:00.000Z' },
      ),
      '.speechops/runs/run-2/results.json': results('second-model'),
      '.speechops/runs/run-3/results.json': results('second-model', {
        runId: 'run-3',
        made: { finishedAt: '2026-02-01T00:00:00.000Z', program: 'speechops' },
        swaps: [{ step: 's', endpoint: 'line', model: 'Zero', proof: 'taken back', probes: [] }],
      }),
      '.speechops/runs/run-4/results.json': '{ "version": 1, "half": "written"',
    });
    const { history } = await detailOf(await portalOf(repository));
    expect(history).toEqual([
      {
        at: '2026-05-01T00:02:00.000Z',
        model: 'Second',
        copyOf: { model: 'Theirs', resource: west },
        proof: 'proved',
        run: 'run-2',
        recorded: {},
        measured: { dataset: 'calls', rate: 0.08 },
      },
      {
        at: '2026-03-01T00:00:00.000Z',
        model: 'First',
        proof: 'proved',
        run: 'run-1',
        commit: 'c'.repeat(40),
        recorded: { commit: brought, author: 'Ada', subject: 'Release first' },
        measured: { dataset: 'calls', rate: 0.08 },
      },
      { at: '2026-02-01T00:00:00.000Z', model: 'Zero', proof: 'taken back', run: 'run-3' },
    ]);
  });

  it('reads no release file through a link that leads out of the repository', async () => {
    const outside = await gitRepository();
    await outside.write({ 'line.yaml': release({ id: 'second-model', name: 'Second' }, {}) });
    const repository = await gitRepository();
    await repository.write({ 'README.md': '' });
    await symlink(path.join(outside.source.root, 'line.yaml'), path.join(repository.source.root, 'line.yaml'));
    expect(await detailOf(await portalOf(repository))).not.toHaveProperty('releaseFile');
  });
});

describe('the consumers of an endpoint', () => {
  it('are steps of pipelines, lines of files, evaluations and other endpoints', async () => {
    const step = { id: 'go-live', name: 'go-live', uses: 'swap', with: { endpoint: 'line' }, needs: [] };
    const pipeline = {
      name: 'calls',
      locale: 'en-US',
      inputs: {},
      layers: [],
      steps: [
        step,
        { ...step, id: 'measure', uses: 'evaluate', with: { model: 'endpoint/line' } },
        { ...step, id: 'german', locale: 'de-DE' },
        { ...step, id: 'elsewhere', resource: 'https://fabrikam.cognitiveservices.azure.com' },
        { ...step, id: 'fixed', with: { model: 'second-model' } },
      ],
    } as unknown as RepositoryPipeline['pipeline'];
    const file: RepositoryPipeline = {
      file: 'calls/pipeline.yaml',
      folder: '/nowhere',
      text: '',
      pipeline: pipeline!,
      diagnostics: { errors: 0, warnings: 0 } as RepositoryPipeline['diagnostics'],
      lines: new Map([['go-live', 12]]),
    };
    const repository = await gitRepository({ pipelines: async () => [file] });
    await repository.write({
      'src/client.ts': 'const a = 1;\nconst id = "ID-of-line";\n',
      'src/batch.py': 'second-model\n',
    });
    await repository.commit('Clients');
    const portal = await portalOf(repository, [
      line(),
      line({ self: 'https://speech/endpoints/twin', displayName: 'twin' }),
    ]);
    const { consumers } = await detailOf(portal);
    expect(consumers.steps.map((one) => [one.step, one.line, one.does])).toEqual([
      ['go-live', 12, 'swaps it'],
      ['measure', undefined, 'takes the model that it serves'],
      ['fixed', undefined, 'has the id of its model'],
    ]);
    expect(consumers.places).toEqual([
      { file: 'src/batch.py', line: 1, id: 'second-model' },
      { file: 'src/client.ts', line: 2, id: 'id-of-line' },
    ]);
    expect(consumers.endpoints).toEqual([{ id: 'twin', name: 'twin' }]);
    const { code = '' } = consumers.snippets.find(({ name }) => name.startsWith('REST, at most')) ?? {};
    expect(code).toContain(
      "'https://westeurope.stt.speech.microsoft.com/speech/recognition/conversation/cognitiveservices/v1?language=en-US&cid=id-of-line",
    );
    expect(consumers.snippets.map(({ by }) => by)).toEqual(['endpoint', 'endpoint', 'endpoint', 'model']);
  });

  it('are not known without Git, and the rest is there', async () => {
    const detail = await detailOf(await portalOf({ source: noRepository }));
    expect(detail).toMatchObject({ history: [], consumers: { steps: [], places: [] }, endpoint: { name: 'line' } });
  });
});
