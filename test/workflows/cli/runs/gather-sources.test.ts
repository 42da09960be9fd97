import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunDocument } from '../../../../schemas/index.ts';
import { type EndedRun, gatherSources } from '../../../../workflows/cli/runs/gather-sources.ts';
import type { Ports } from '../../../../workflows/engine/ports.ts';
import type { Dataset } from '../../../../workflows/plan/speech-entities.ts';
import { createFakeWorld, fakeBaseModel, fakeModel, type FakeWorld } from '../../steps/fake-world.ts';

const dataset: Dataset = {
  self: 'https://speech/datasets/calls',
  displayName: 'Calls',
  locale: 'en-US',
  kind: 'Acoustic',
  createdDateTime: '2026-01-01T00:00:00Z',
  lastActionDateTime: '2026-01-01T00:00:00Z',
  status: 'Succeeded',
};
const [ours, base] = ['https://speech/models/ours', 'https://speech/models/base/new'];
const evaluation = {
  ...dataset,
  self: 'https://speech/evaluations/e',
  dataset: { self: dataset.self },
  model1: { self: ours },
  model2: { self: base },
};

const record: RunDocument = {
  runId: 'r',
  pipeline: 'ward',
  status: 'succeeded',
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:04:06.000Z',
  steps: {
    calls: { uses: 'upload', status: 'succeeded', outputs: { dataset: dataset.self, digest: 'd' } },
    candidate: {
      uses: 'evaluate',
      status: 'succeeded',
      outputs: { evaluation: evaluation.self, model: ours, againstModel: base, wer: 0.1 },
    },
  },
};

function world(): FakeWorld {
  const made = createFakeWorld();
  made.objects.datasets.push(dataset);
  made.objects.models.push(fakeModel('ours'));
  made.objects.baseModels.push(fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }));
  made.objects.evaluations.push(evaluation);
  made.texts[ours] = { 'a.wav': 'stop ramipril' };
  made.texts[base] = { 'a.wav': 'stop rum' };
  return made;
}

/** The ports of a fake resource, some of whose answers are others. */
function portsOf({ ports }: FakeWorld, speech: Partial<Ports['speech']> = {}): Ports {
  const transcript = new TextEncoder().encode('a.wav\tstop ramipril\nb.wav\tgood morning\n');
  const readRecordings = async (): Promise<ReadonlyMap<string, Uint8Array>> => new Map([['trans.txt', transcript]]);
  return { ...ports, speech: { ...ports.speech, readRecordings, ...speech } };
}

async function gather(ports: Ports | undefined, more: Partial<EndedRun & { signal: AbortSignal }> = {}) {
  return await gatherSources(record, {
    folder: '/runs/r',
    signal: new AbortController().signal,
    report: () => undefined,
    ...(ports && {
      connection: {
        portsOf: () => ports,
        resources: [ports],
        addresses: ['https://speech'],
        endpoint: 'https://speech',
      },
    }),
    ...more,
  });
}

describe('what a run has left at the service', () => {
  it('is what was said and what both models recognised, with the audio where the data lies here', async () => {
    const ports = portsOf(world());
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-sources-'));
    onTestFinished(async () => await rm(folder, { recursive: true }));
    await mkdir(path.join(folder, 'calls'));
    await writeFile(path.join(folder, 'calls', 'a.wav'), '');
    const steps = [{ id: 'calls', uses: 'upload', with: { from: 'calls' } }];
    const plan = { folder, pipeline: { steps } } as unknown as NonNullable<EndedRun['plan']>;
    const { known, texts, audioOf } = await gatherSources(record, {
      folder: path.join(folder, '.speechops', 'runs', 'r'),
      signal: new AbortController().signal,
      report: () => undefined,
      plan,
      connection: {
        portsOf: () => ports,
        resources: [ports],
        addresses: ['https://speech'],
        endpoint: 'https://speech',
      },
    });
    expect(known?.baseModels.map(({ displayName }) => displayName)).toEqual(['new']);
    expect(texts.get('candidate')).toMatchObject({
      evaluation: { self: evaluation.self },
      references: [
        { id: 'a.wav', text: 'stop ramipril' },
        { id: 'b.wav', text: 'good morning' },
      ],
      recognised: { 1: new Map([['a.wav', 'stop ramipril']]), 2: new Map([['a.wav', 'stop rum']]) },
    });
    expect([audioOf?.('candidate', 'a.wav'), audioOf?.('candidate', 'b.wav')]).toEqual([
      '../../../calls/a.wav',
      undefined,
    ]);
  });

  it('says at which of several Speech resources an object is, and of one nothing', async () => {
    const [one, other] = [portsOf(world()), portsOf(world())];
    const elsewhere = { ...fakeModel('theirs'), self: 'https://other/models/theirs' };
    other.speech.models.list = async () => [elsewhere];
    const addresses = ['https://one.example', 'http://127.0.0.1:7270'];
    const connection = { portsOf: () => one, resources: [one, other], addresses, endpoint: addresses.join(', ') };
    const { known } = await gather(undefined, { connection });
    expect([known?.hosts?.get('ours'), known?.hosts?.get('theirs')]).toEqual(['one.example', '127.0.0.1:7270']);
    expect(known?.hosts?.has('base/new')).toBe(false);
    expect((await gather(one)).known).not.toHaveProperty('hosts');
  });

  it('is that of further sets, too, each by its own name', async () => {
    const at = world();
    at.objects.evaluations.push({ ...evaluation, self: 'https://speech/evaluations/further' });
    const ports = portsOf(at);
    const { candidate } = record.steps;
    const sets = JSON.stringify([{ name: 'noisy', evaluation: 'https://speech/evaluations/further' }]);
    const measured = { ...candidate!, outputs: { ...candidate!.outputs, sets } };
    const { texts } = await gatherSources(
      { ...record, steps: { ...record.steps, candidate: measured } },
      {
        folder: '/runs/r',
        signal: new AbortController().signal,
        report: () => undefined,
        connection: {
          portsOf: () => ports,
          resources: [ports],
          addresses: ['https://speech'],
          endpoint: 'https://speech',
        },
      },
    );
    expect([...texts.keys()]).toEqual(['candidate', 'candidate/noisy']);
    expect(texts.get('candidate/noisy')).toMatchObject({
      evaluation: { self: 'https://speech/evaluations/further' },
      recognised: { 1: new Map([['a.wav', 'stop ramipril']]) },
    });
  });

  it.each([
    ['does not answer', async () => await Promise.reject(new Error('The service is away.')), 'The service is away.'],
    [
      'takes too long',
      async () => await Promise.reject(new DOMException('timeout', 'TimeoutError')),
      'the service took too long.',
    ],
  ])('is not known where the service %s', async (_, list, reason) => {
    const at = world();
    const ports = portsOf(at);
    const models = { ...ports.speech.models, list };
    const { known, texts } = await gather({ ...ports, speech: { ...ports.speech, models } });
    expect(known).toBe(undefined);
    expect([...texts]).toEqual([['candidate', `The service has not told what was recognised: ${reason}`]]);
  });

  it('is all but the texts where these cannot be read', async () => {
    const readRecordings = async (): Promise<never> => await Promise.reject(new Error('The zip is broken'));
    const { known, texts } = await gather(portsOf(world(), { readRecordings }));
    expect(known?.datasets).toHaveLength(1);
    expect([...texts]).toEqual([['candidate', 'What was recognised could not be read: The zip is broken.']]);
  });

  it('is not known after the evaluation was deleted, and not asked for without a connection', async () => {
    const at = world();
    at.objects.evaluations.pop();
    expect([...(await gather(portsOf(at))).texts]).toEqual([['candidate', 'The evaluation is not there any more.']]);
    expect([...(await gather(undefined)).texts.values()]).toEqual([
      'What was recognised was not read: this process has no connection to the Speech resource.',
    ]);
  });
});
