import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunDetail, RunList } from '../../portal/api/runs.ts';
import { Changes } from '../../portal/server/changes.ts';
import { watchRuns } from '../../portal/server/run-watch.ts';
import { until } from '../until.ts';
import { written } from '../workflows/engine/run-plan.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint } from '../workflows/steps/fake-world.ts';
import { fakeResource } from './fake-resource.ts';
import { askingRun, fakeRuns, hostile } from './sample-run.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';

async function post(portal: TestPortal, url: string, body: unknown = {}): Promise<readonly [number, unknown]> {
  const response = await portal.ask(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return [response.status, await response.json()];
}

describe('the runs of a portal', () => {
  it('are listed with how they stand and what they ask', async () => {
    const failed = askingRun({
      runId: 'b',
      status: 'failed',
      error: 'It used up its time',
      finishedAt: '2026-01-02T03:05:05.000Z',
    });
    const left = askingRun({ runId: 'c', steps: {}, abandoned: 'until-resumed' });
    const { ask } = await startTestPortal({ sources: { runs: fakeRuns([askingRun(), failed, left]).source } });
    const list = (await (await ask('runs')).json()) as RunList;
    expect(list.hasFleet).toBe(false);
    expect(list.runs).toEqual([
      { runId: 'calls-1', pipeline: hostile, state: 'running', startedAt: '2026-01-02T03:04:05.000Z', asks: ['ok'] },
      expect.objectContaining({ runId: 'b', state: 'failed', error: 'It used up its time', asks: [] }),
      expect.objectContaining({ runId: 'c', state: 'abandoned', note: expect.stringContaining('resume it') }),
    ]);
  });

  it('are shown with their steps, since when these work, and what they say', async () => {
    const { ask } = await startTestPortal({ sources: { runs: fakeRuns([askingRun()]).source } });
    const run = (await (await ask('runs/calls-1')).json()) as RunDetail;
    expect(run.steps.map(({ id, state, layer, needs }) => [id, state, layer, needs])).toEqual([
      ['text', 'succeeded', 0, []],
      ['ok', 'asks', 1, ['text']],
      ['model', 'waits', 2, ['ok', 'text']],
      ['last', 'waits', 3, []],
    ]);
    const [text, ok, model, last] = run.steps;
    expect(text).toMatchObject({ said: '40 lines accepted, 2 rejected', finishedAt: '2026-01-02T03:04:09.000Z' });
    expect(ok).toMatchObject({ startedAt: '2026-01-02T03:04:09.500Z', message: hostile });
    expect(model).toMatchObject({ name: hostile, waitsFor: ['ok'] });
    expect(model?.settings).toContainEqual({ name: 'datasets', value: '["https://west/datasets/1"]' });
    expect(last?.waitsFor).toEqual(['ok', 'model']);
    expect(run.approvals).toEqual([
      {
        step: 'ok',
        message: `Go ${hostile}?`,
        by: ['Ada', 'Grace'],
        mayAnswer: true,
        lets: ['model'],
        expiresAt: '2026-01-02T05:04:09.500Z',
      },
    ]);
    expect([run.canCancel, run.canResume, run.forkFrom]).toEqual([true, false, []]);
  });

  it('name what the Speech resource has of their settings and outputs, and wait for none that does not answer', async () => {
    const world = createFakeWorld();
    const made = { createdDateTime: '2026-01-01T00:00:00Z', lastActionDateTime: '2026-01-01T00:00:00Z' };
    world.objects.datasets.push({
      self: 'https://west/datasets/1',
      displayName: hostile,
      locale: 'en-US',
      kind: 'Language',
      status: 'Succeeded',
      ...made,
    });
    world.objects.baseModels.push(fakeBaseModel('base-2026', { created: '2026-01-01T00:00:00Z' }));
    world.objects.endpoints.push(
      fakeEndpoint('line', 'https://west/models/base/base-2026'),
      fakeEndpoint('one', 'https://west/models/base/base-2026', { displayName: 'two of a name' }),
      fakeEndpoint('other', 'https://west/models/base/base-2026', { displayName: 'two of a name' }),
    );
    const measure = (id: string, against: string): string =>
      `  - { id: ${id}, uses: evaluate, with: { dataset: "\${{ steps.text.outputs.dataset }}", model: base/base-2026, against: ${against} } }\n`;
    const plan = written(
      `locale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Acoustic, from: calls } }\n${measure('a', 'endpoint/line')}${measure('b', 'endpoint/two of a name')}`,
    );
    const never = async (): Promise<never> => {
      throw new Error('It does not answer');
    };
    const west = fakeResource(world.ports, { id: 'west' });
    const portal = await startTestPortal({
      sources: {
        runs: fakeRuns([askingRun({ plan: { ...plan, hash: 'a' } })]).source,
        resources: [west, { ...west, id: 'dead', borrow: never }],
      },
    });
    const objectsOf = async (id: string): Promise<unknown> =>
      await (await portal.ask(`resources/${id}/runs/calls-1/objects`)).json();
    expect(await objectsOf('west')).toEqual({
      objects: [
        { text: 'https://west/datasets/1', kind: 'dataset', id: '1', name: hostile },
        { text: 'base/base-2026', kind: 'model', id: 'base/base-2026', name: 'base-2026' },
        { text: 'endpoint/line', kind: 'endpoint', id: 'id-of-line', name: 'line' },
      ],
    });
    expect(await objectsOf('dead')).toEqual({ objects: [] });
    expect((await portal.ask('resources/none/runs/calls-1/objects')).status).toBe(404);
  });

  it('are shown as far as they can be read', async () => {
    const { plan: _, ...unread } = askingRun({ runId: 'old', status: 'failed', format: 'journal-0' });
    const { ask } = await startTestPortal({ sources: { runs: fakeRuns([unread]).source } });
    const run = (await (await ask('runs/old')).json()) as RunDetail;
    expect(run.note).toContain('Kept as journal-0, for another version');
    expect(run.steps.map(({ id, state }) => [id, state])).toEqual([['text', 'succeeded']]);
    expect([run.canCancel, run.canResume, run.forkFrom]).toEqual([false, false, []]);
  });

  it('have a log, from a line on', async () => {
    const { ask } = await startTestPortal({ sources: { runs: fakeRuns([askingRun()]).source } });
    expect(await (await ask('runs/calls-1/log?after=7')).json()).toEqual({
      lines: [{ number: 9, at: '2026-01-02T03:04:09.600Z', kind: 'step-progress', step: 'ok', message: hostile }],
      isCut: false,
    });
    for (const after of ['-1', '1e400', 'x']) expect((await ask(`runs/calls-1/log?after=${after}`)).status).toBe(400);
    for (const other of ['none', '%00', '..%2f']) expect((await ask(`runs/${other}/log`)).status).toBe(404);
  });

  it('are not found under other names', async () => {
    const { ask } = await startTestPortal({ sources: { runs: fakeRuns([askingRun()]).source } });
    for (const name of ['none', '..%2F..', encodeURIComponent(hostile)])
      expect([name, (await ask(`runs/${name}`)).status]).toEqual([name, 404]);
  });
});

describe('an answer from the page', () => {
  it('is of the person, with the comment', async () => {
    const { source, done } = fakeRuns([askingRun()]);
    const portal = await startTestPortal({ sources: { runs: source } });
    const body = { step: 'ok', approved: true, comment: ' heard ten calls ', planHash: 'abcdef0123456789' };
    expect(await post(portal, 'runs/calls-1/answers', body)).toEqual([200, { said: 'Ada approved ok.' }]);
    const decision = { approved: true, by: 'Ada', at: expect.any(String), comment: 'heard ten calls' };
    expect(done).toEqual([['decide', 'calls-1', 'ok', decision]]);
  });

  it.each([
    ['of a person who may not give it', { person: 'Eve' }, { step: 'ok' }, 'Ask Ada or Grace: Eve may not answer ok'],
    [
      'to a step that asks nothing',
      {},
      { step: 'text' },
      'Cannot approve text: the run calls-1 has no such approve step, but ok, last',
    ],
    ['to another plan than was seen', {}, { step: 'ok', planHash: 'other' }, 'Look at the plan again'],
  ])('%s is refused', async (_, options, body, said) => {
    const { source, done } = fakeRuns([askingRun()]);
    const portal = await startTestPortal({ ...options, sources: { runs: source } });
    expect(await post(portal, 'runs/calls-1/answers', { approved: true, ...body })).toEqual([
      409,
      { error: expect.stringContaining(said) },
    ]);
    expect(done).toEqual([]);
  });

  it('that came second is told to have changed nothing', async () => {
    const { source } = fakeRuns([askingRun()]);
    const first = { approved: false, by: 'Grace', at: '2026-01-02T03:05:00.000Z' };
    const borrow: typeof source.borrow = async (act) =>
      await source.borrow(async (runs) => await act({ ...runs, decide: async () => first }));
    const portal = await startTestPortal({ sources: { runs: { ...source, borrow } } });
    expect(await post(portal, 'runs/calls-1/answers', { step: 'ok', approved: true })).toEqual([
      409,
      { error: 'Nothing changed: Grace rejected ok at 2026-01-02T03:05:00.000Z already' },
    ]);
  });

  it('to a run that nobody executes says to resume it', async () => {
    const { source } = fakeRuns([askingRun({ abandoned: 'until-resumed' })]);
    const portal = await startTestPortal({ sources: { runs: source } });
    expect(await post(portal, 'runs/calls-1/answers', { step: 'ok', approved: true })).toEqual([
      200,
      { said: 'Ada approved ok. Resume the run, so that it goes on.' },
    ]);
  });

  it('changes nothing where the portal is read-only', async () => {
    const { source, done } = fakeRuns([askingRun()]);
    const portal = await startTestPortal({ readOnly: true, sources: { runs: source } });
    for (const url of ['answers', 'cancel', 'continue'])
      expect((await post(portal, `runs/calls-1/${url}`, { step: 'ok', approved: true }))[0]).toBe(403);
    expect(done).toEqual([]);
  });
});

describe('a run', () => {
  it('is cancelled, unless it has ended', async () => {
    const { source, done } = fakeRuns([askingRun(), askingRun({ runId: 'b', status: 'failed' })]);
    const portal = await startTestPortal({ sources: { runs: source } });
    expect(await post(portal, 'runs/calls-1/cancel')).toEqual([
      200,
      { said: 'Cancelled calls-1; its steps under finally are still done (cancel it again to do without them).' },
    ]);
    expect(await post(portal, 'runs/b/cancel')).toEqual([
      409,
      { error: 'Leave b as it is: it has ended already (failed)' },
    ]);
    expect(done).toEqual([['cancel', 'calls-1']]);
  });

  it('is resumed, or done again from a step, when nothing of it is under way', async () => {
    const { source, done } = fakeRuns([askingRun(), askingRun({ runId: 'b', status: 'failed' })]);
    const portal = await startTestPortal({ sources: { runs: source } });
    expect(await post(portal, 'runs/b/continue')).toEqual([200, { said: 'b goes on.', runId: 'b' }]);
    expect(await post(portal, 'runs/b/continue', { from: 'model', allow: ['PATH'] })).toEqual([
      200,
      { said: 'b-fork goes on from model.', runId: 'b-fork' },
    ]);
    expect(done).toEqual([
      ['resume', 'b'],
      ['fork', 'b', '--from', 'model'],
    ]);
    for (const [url, body] of [
      ['calls-1', {}],
      ['calls-1', { from: 'model' }],
      ['b', { from: '--help' }],
    ] as const)
      expect((await post(portal, `runs/${url}/continue`, body))[0]).toBe(409);
    expect(done).toHaveLength(2);
  });

  it('is done once what two pages do, also when the second has not heard of it yet', async () => {
    const failed = askingRun({ runId: 'b', status: 'failed' });
    const { source, done } = fakeRuns([askingRun(), failed]);
    const portal = await startTestPortal({ sources: { runs: source } });
    const seen = async (run: string): Promise<string> =>
      `seenAt=${((await (await portal.ask(`runs/${run}`)).json()) as RunDetail).now}`;
    const [b, calls] = [await seen('b'), await seen('calls-1')];
    for (const [url, body] of [
      [`runs/b/continue?${b}`, { from: 'model' }],
      [`runs/b/continue?${b}`, {}],
      [`runs/calls-1/answers?${calls}`, { step: 'ok', approved: true }],
      [`runs/calls-1/cancel?${calls}`, {}],
    ] as const) {
      const before = done.length;
      const [one, two] = await Promise.all([post(portal, url, body), post(portal, url, body)]);
      const later = await post(portal, url, body);
      expect([two, later]).toEqual([one, one]);
      expect(one[0]).toBe(200);
      expect(done.length - before).toBe(1);
    }
    // A person who has seen that it is done does it again.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await post(portal, `runs/calls-1/cancel?${await seen('calls-1')}`);
    await post(portal, 'runs/calls-1/cancel');
    expect(done.filter(([what]) => what === 'cancel')).toHaveLength(3);
  });

  it('that could not be gone on with may be gone on with again', async () => {
    const { source } = fakeRuns([askingRun({ status: 'failed' })]);
    let tries = 0;
    const start = async (): Promise<{ readonly runId: string }> => {
      tries += 1;
      if (tries === 1) throw new Error('Wait for the run that has the emulator');
      return { runId: 'calls-1' };
    };
    const portal = await startTestPortal({ sources: { runs: { ...source, start } } });
    const statuses = [await post(portal, 'runs/calls-1/continue'), await post(portal, 'runs/calls-1/continue')];
    expect(statuses.map(([status]) => status)).toEqual([409, 200]);
  });

  it('that ends at once says why on the page', async () => {
    const { source } = fakeRuns([askingRun({ status: 'failed' })]);
    const start = async (): Promise<never> => {
      throw new Error('Give --allow-env TOKEN again: the run reads it');
    };
    const portal = await startTestPortal({ sources: { runs: { ...source, start } } });
    expect(await post(portal, 'runs/calls-1/continue')).toEqual([
      409,
      { error: 'Give --allow-env TOKEN again: the run reads it' },
    ]);
  });

  it('has left files, which open with a ticket, and nothing that a link leads to', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'speechops-portal-runs-'));
    onTestFinished(async () => await rm(root, { recursive: true, force: true }));
    await mkdir(path.join(root, 'runs', 'calls-1'), { recursive: true });
    await writeFile(path.join(root, 'secret'), 'secret');
    await writeFile(path.join(root, 'runs/calls-1/report.html'), '<p>report</p>');
    await symlink(path.join(root, 'secret'), path.join(root, 'runs/calls-1/run.json'));
    const repository = { root, runsFolder: path.join(root, 'runs'), git: async () => '' };
    const { ask, url } = await startTestPortal({ sources: { repository, runs: fakeRuns([askingRun()]).source } });
    const { files } = (await (await ask('runs/calls-1')).json()) as RunDetail;
    expect(files.map(({ name }) => name)).toEqual(['report.html']);
    const report = await fetch(`${url}${files[0]?.address}`);
    expect([report.status, await report.text()]).toEqual([200, '<p>report</p>']);
    // It has no more rights than a page of a stranger.
    expect(report.headers.get('content-security-policy')).toContain('sandbox allow-scripts');
    expect((await fetch(`${url}/api/runs/calls-1/files/report.html`)).status).toBe(401);
    for (const other of [
      'runs/calls-1/files/run.json',
      'runs/calls-1/files/..%2F..%2Fsecret',
      'runs/..%2F/files/secret',
    ])
      expect([other, (await ask(other)).status]).toEqual([other, 404]);
  });
});

describe('what workers share', () => {
  it('is told where there are some', async () => {
    const { source } = fakeRuns([]);
    const at = new Date('2026-01-05T03:00:00.000Z');
    const schedule = {
      pipeline: 'calls',
      name: undefined,
      cron: '0 3 * * 1',
      timeZone: 'UTC',
      missed: 'once',
      inputs: {},
      priority: 0,
      file: '/srv/calls.yaml',
      endpoint: 'https://west',
      doneUntil: at,
      lastTick: at,
      lastRunId: 'calls-1',
      lastRunStatus: 'failed',
    } as const;
    const fleet = async () => ({
      schedules: [
        { ...schedule, isPaused: false },
        { ...schedule, pipeline: 'wards', isPaused: true, failure: { tick: at, attempts: 2, message: 'No file' } },
      ],
      executors: [{ name: 'worker:vm:1:ab', isAlive: false, runIds: ['calls-1'] }],
      queued: 3,
    });
    const { ask } = await startTestPortal({ sources: { runs: { ...source, fleet } } });
    expect(await (await ask('fleet')).json()).toEqual({
      queued: 3,
      executors: [{ name: 'worker:vm:1:ab', isAlive: false, runIds: ['calls-1'] }],
      schedules: [
        expect.objectContaining({
          pipeline: 'calls',
          nextAt: expect.stringMatching(/T03:00:00.000Z$/),
          lastRunState: 'failed',
        }),
        expect.objectContaining({
          pipeline: 'wards',
          isPaused: true,
          trouble: 'No run for 2026-01-05T03:00:00.000Z: No file',
        }),
      ],
    });
    const without = await startTestPortal({ sources: { runs: source } });
    expect((await without.ask('fleet')).status).toBe(404);
  });
});

describe('the watch of runs', () => {
  it('tells open pages what has changed, and nothing else', async () => {
    const changes = new Changes();
    let [asked, version] = [0, 'one'];
    const stop = watchRuns({ version: async () => ((asked += 1), version) }, changes);
    onTestFinished(stop);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(asked).toBe(0);
    const told: string[] = [];
    changes.listen((change) => told.push(change));
    await until(() => asked >= 2);
    // What the page read before the first look may have been of a moment before.
    expect(told).toEqual(['runs']);
    version = 'two';
    await until(() => told.length > 1);
    expect(told).toEqual(['runs', 'runs']);
  });
});
