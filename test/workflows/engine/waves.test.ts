import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { RunRecord, StepRecord } from '../../../workflows/engine/run-record.ts';
import type { RunState } from '../../../workflows/engine/run-state.ts';
import { type Outputs, StepFailure, type StepContext, type StepKind } from '../../../workflows/engine/step-kind.ts';
import { failureBefore } from '../../../workflows/engine/waves.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { cpuOf } from '../../cpu-of.ts';
import { until } from '../../until.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, serviceError } from '../steps/fake-world.ts';
import { createInMemoryEngine, type InMemoryEngine } from './in-memory-engine.ts';
import { planOf, statuses, step, written } from './run-plan.ts';

const pipeline = (more = ''): string => `locale: en-US
strategy:
  waves: [canary, europe, rest]
  matrix:
    include:
      - { region: west, wave: canary }
      - { region: north, wave: europe }
      - { region: south, wave: europe }
      - { region: east, wave: rest }
  fail-fast: false${more}
steps:
  - { id: go, uses: swap, with: { endpoint: calls, model: base, release: "releases/\${{ matrix.region }}" } }
finally:
  - { id: tell, uses: approve, with: { message: Look } }
`;

interface Swapped {
  readonly record: RunRecord;
  /** The ids of steps in the order in which they began, with their models. */
  readonly begun: readonly string[];
  /** The outputs of what steps take back, by the ids of these steps. */
  readonly taken: Readonly<Record<string, Outputs>>;
}

interface Behaves {
  readonly fails?: readonly string[];
  readonly isNew?: readonly string[];
  /** Find what they were to give. */
  readonly finds?: readonly string[];
  /** Fail after their change, each in its way. */
  readonly failsAfter?: Readonly<Record<string, (context: StepContext) => unknown>>;
  /** What becomes of the pauses of the run. @default they are over at once */
  readonly pause?: () => Promise<void>;
}

async function swapped(text: string, behaves: Behaves = {}): Promise<Swapped> {
  const { engine, ...seen } = await started(text, behaves);
  return { record: await engine.result('r'), ...seen };
}

/** Starts a run whose step `tell` asks no person. */
async function started(
  text: string,
  behaves: Behaves,
): Promise<Omit<Swapped, 'record'> & { readonly engine: InMemoryEngine }> {
  const begun: string[] = [];
  const taken: Record<string, Outputs> = {};
  const kind: StepKind = {
    ...stepKinds['swap']!,
    async run({ step: { id }, with: settings, takesBack }, context) {
      if (takesBack !== undefined) taken[id] = takesBack;
      begun.push(`${id} ${(settings as { readonly model: string }).model}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (behaves.fails?.includes(id) === true) throw new StepFailure('No');
      await behaves.failsAfter?.[id]?.(context);
      const previousModel = behaves.isNew?.includes(id) === true ? '' : `before ${id}`;
      const given = behaves.finds?.includes(id) === true ? {} : { given: true };
      return { kind: 'done', outputs: { model: 'm', previousModel, ...given } };
    },
  };
  const approve = stepKinds['approve']!;
  const last: StepKind = {
    ...approve,
    run: async (input, context) =>
      input.step.id === 'tell' ? { kind: 'done', outputs: {} } : await approve.run(input, context),
  };
  const { ports } = createFakeWorld();
  const clock = behaves.pause === undefined ? ports.clock : { ...ports.clock, sleep: behaves.pause };
  const kinds = { swap: kind, approve: last };
  const engine = createInMemoryEngine(createInterpreter({ kinds, ports: { ...ports, clock } }));
  await engine.start('r', written(text));
  return { engine, begun, taken };
}

describe('waves', () => {
  it('begin when the one before has ended well, and take nothing back then', async () => {
    const { record, begun } = await swapped(pipeline());
    expect(begun).toEqual(['go-west base', 'go-north base', 'go-south base', 'go-east base']);
    expect(record.status).toBe('succeeded');
    expect(record.steps['go-back-south']).toMatchObject({
      status: 'skipped',
      reason: 'go-south stays: its wave has ended well',
    });
  });

  it('stop when one fails: what it had swapped goes back, earlier waves stay, later ones are skipped', async () => {
    const { record, begun, taken } = await swapped(pipeline(), { fails: ['go-south'] });
    expect(taken).toEqual({ 'go-back-north': { model: 'm', previousModel: 'before go-north', given: true } });
    expect(begun).toEqual(['go-west base', 'go-north base', 'go-south base', 'go-back-north before go-north']);
    expect(record.status).toBe('failed');
    expect(statuses(record)).toEqual({
      'go-west': 'succeeded',
      'go-north': 'succeeded',
      'go-south': 'failed',
      'go-east': 'skipped',
      'go-back-west': 'skipped',
      'go-back-north': 'succeeded',
      'go-back-south': 'skipped',
      'go-back-east': 'skipped',
      tell: 'succeeded',
    });
    const reason = 'wave europe did not end well: go-south failed';
    expect(record.steps['go-east']).toMatchObject({ reason, cutOff: true });
    expect(record.steps['go-back-north']).toMatchObject({ reason });
    expect(record.steps['go-back-west']?.reason).toBe('go-west stays: its wave has ended well');
    expect(record.steps['go-back-south']?.reason).toBe('go-south failed');
  });

  it('take a swap back that failed while its endpoint had the model, however it failed', async () => {
    const given = (name: string) => ({ model: 'm', previousModel: `before ${name}`, given: true });
    const failsAfter = {
      'go-north': () => {
        throw new StepFailure('Its release cannot be written', given('north'));
      },
      'go-south': (context: StepContext) => {
        context.leaving('endpoint calls serves m, which is not proved there', () => given('south'));
        context.leaving(undefined);
        throw serviceError('no answer', { outcome: 'unknown' });
      },
    };
    const { record, begun } = await swapped(pipeline(), { failsAfter });
    expect(begun.slice(3)).toEqual(['go-back-north before north', 'go-back-south before south']);
    expect(record.steps['go-north']).toMatchObject({ status: 'failed', failure: 'step', outputs: given('north') });
    expect(record.steps['go-south']).toMatchObject({ status: 'failed', failure: 'world', outputs: given('south') });
    expect(record.steps['go-back-south']?.status).toBe('succeeded');
  });

  it('leave what a swap has found, whatever else it has done', async () => {
    const { record, begun } = await swapped(pipeline(), { fails: ['go-south'], finds: ['go-north'] });
    expect(begun.slice(3)).toEqual([]);
    const reason = 'go-north stays: it has changed nothing that could be taken back';
    expect(record.steps['go-back-north']).toMatchObject({ status: 'skipped', reason });
  });

  it('leave a swap that failed and has taken itself back, or has changed nothing', async () => {
    const failsAfter = {
      'go-north': () => {
        throw new StepFailure('Taken back', { model: 'before', previousModel: 'before', rolledBack: true });
      },
    };
    const { record, begun } = await swapped(pipeline(), { failsAfter, fails: ['go-south'] });
    expect(begun.slice(3)).toEqual([]);
    expect(record.steps['go-back-north']).toMatchObject({ status: 'skipped', reason: 'go-north failed' });
  });

  const asking = pipeline().replace(
    'finally:',
    `  - { id: ask, uses: approve, needs: [go], if: "\${{ matrix.region == 'north' }}", with: { message: Does it sound right? } }\nfinally:`,
  );

  it('ask nobody any more with fail-fast, once one has failed, and go back at once', async () => {
    const text = asking.replace('fail-fast: false', 'fail-fast: true');
    const fails = async (): Promise<never> => {
      await sleep(50);
      throw new StepFailure('No');
    };
    const { record, begun } = await swapped(text, { failsAfter: { 'go-south': fails } });
    expect(begun.slice(3)).toEqual(['go-back-north before go-north']);
    expect(record.steps['ask-north']).toMatchObject({
      status: 'skipped',
      cutOff: true,
      reason: 'go-south failed (fail-fast), and no answer is waited for any more',
    });
  });

  it('ask nobody again after a failure either, where a question is asked more than once', async () => {
    const text = asking
      .replace('fail-fast: false', 'fail-fast: true')
      .replace(
        'uses: approve, needs: [go],',
        'uses: approve, needs: [go], retry: { attempts: 2, on: [step], delay: 1s },',
      );
    const [paused, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const fails = async (): Promise<never> => {
      await paused.promise;
      throw new StepFailure('No');
    };
    const pause = async (): Promise<void> => {
      paused.resolve();
      await failed.promise;
    };
    const { engine, begun } = await started(text, { failsAfter: { 'go-south': fails }, pause });
    const payload = { approved: false, by: 'ann', at: new Date().toISOString() };
    await engine.decide('r', { topic: 'ask-north', payload, key: '1' });
    await paused.promise;
    await sleep(50);
    failed.resolve();
    const { steps } = await engine.result('r');
    expect(steps['ask-north']).toMatchObject({ status: 'skipped', cutOff: true });
    expect(begun.slice(3)).toEqual(['go-back-north before go-north']);
  });

  it('still ask without fail-fast, and go back when the answer is there', async () => {
    const { engine, begun } = await started(asking, { fails: ['go-south'] });
    await until(() => begun.length === 3);
    await sleep(50);
    expect(begun).toHaveLength(3);
    const payload = { approved: true, by: 'ann', at: new Date().toISOString() };
    await engine.decide('r', { topic: 'ask-north', payload, key: '1' });
    const { steps } = await engine.result('r');
    expect([steps['ask-north']?.status, begun.slice(3)]).toEqual(['succeeded', ['go-back-north before go-north']]);
  });

  it('go on where the step that failed may fail', async () => {
    const text = pipeline().replace('uses: swap,', 'uses: swap, continue-on-error: true,');
    const { record, begun } = await swapped(text, { fails: ['go-south'] });
    expect([record.status, begun.at(-1)]).toEqual(['succeeded', 'go-east base']);
  });

  it('leave an endpoint that was new: there is nothing to go back to', async () => {
    const { record } = await swapped(pipeline(), { fails: ['go-south'], isNew: ['go-north'] });
    expect(record.steps['go-back-north']).toMatchObject({
      status: 'skipped',
      reason: 'go-north stays: there was nothing before it to go back to',
    });
  });

  it('fail when what they swapped cannot be taken back', async () => {
    const { record } = await swapped(pipeline(), { fails: ['go-south', 'go-back-north'] });
    expect([record.status, record.steps['go-back-north']?.status]).toEqual(['failed', 'failed']);
  });

  it('have no more combinations at once than may run at once', async () => {
    const { record, begun } = await swapped(pipeline('\n  max-parallel: 1'), { fails: ['go-north'] });
    expect(begun).toEqual(['go-west base', 'go-north base', 'go-south base', 'go-back-south before go-south']);
    expect(record.status).toBe('failed');
  });

  it('are told in plans, with what goes back', () => {
    const source = { ...written(pipeline()), kinds: stepKinds };
    const world = createFakeWorld();
    world.objects.baseModels.push(fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }));
    world.objects.endpoints.push(fakeEndpoint('calls', 'https://speech/models/1'));
    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const { steps } = planPipeline(source, facts);
    const summaries = Object.fromEntries(steps.map(({ id, summary }) => [id, summary]));
    expect(summaries['go-north']).toMatch(/^wave europe: /);
    expect(summaries['go-back-north']).toBe('if wave europe fails: take go-north back');
  });

  it('are looked at in the same time however many there are, before each of thousands of steps', () => {
    const lookedAt = (count: number): (() => void) => {
      const names = Array.from({ length: count }, (_, number) => `wave-${number}`);
      const steps = Array.from({ length: 2000 }, (_, number) =>
        step(`go-${number}`, { combination: { id: `${number}`, values: { wave: `wave-${number % count}` } } }),
      );
      const combinations = steps.flatMap(({ combination }) => combination ?? []);
      const strategy = { combinations, failFast: true, waves: names };
      const plan = planOf({ name: 'p', locale: 'en-US', inputs: {}, strategy, steps, layers: [] });
      const ended: StepRecord = { status: 'succeeded', uses: 'train', outputs: {} };
      const run = { plan, records: new Map(steps.map(({ id }) => [id, ended])) } as unknown as RunState;
      return () => {
        for (const one of steps) expect(failureBefore(one, run)).toBeUndefined();
      };
    };
    const few = cpuOf(lookedAt(2));
    expect(cpuOf(lookedAt(200), 5 * few)).toBeLessThan(5 * few);
  });
});
