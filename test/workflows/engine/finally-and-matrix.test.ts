import { describe, expect, it } from 'vitest';
import { createInMemoryEngine } from './in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import { StepFailure, type StepKind } from '../../../workflows/engine/step-kind.ts';
import { createFakeWorld } from '../steps/fake-world.ts';
import { manualClock } from './test-clocks.ts';
import {
  type Behaviour,
  done,
  endless,
  failing,
  interpreter,
  plan,
  run,
  short,
  statuses,
  step,
  written,
} from './run-plan.ts';

describe('finally', () => {
  const last = step('last', { finally: true });

  it('runs after all others, whether they succeed, fail or are skipped', async () => {
    const order: string[] = [];
    const note =
      (id: string, outcome: Behaviour = async () => done): Behaviour =>
      async (context) => {
        order.push(id);
        return await outcome(context);
      };
    const of = plan(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['b'] }), step('d'), last);
    const behaviours = { a: note('a'), b: note('b', failing), d: note('d'), last: note('last') };
    const record = await run(of, behaviours);
    expect(order.toSorted()).toEqual(['a', 'b', 'd', 'last']);
    expect(order.at(-1)).toBe('last');
    expect([record.status, record.steps['last']?.status]).toEqual(['failed', 'succeeded']);
  });

  it('reads the outputs of every step, null where there are none, and the status of the run', async () => {
    const tell = step('tell', {
      finally: true,
      needs: ['good', 'bad'],
      with: {
        datasets: ['d'],
        'base-model': 'newest',
        name: "${{ format('{0} {1} {2}', run.status, steps.good.outputs.model, steps.bad.outputs.model == null) }}",
      },
    });
    const names: unknown[] = [];
    const kind: StepKind = {
      uses: 'train',
      effects: [],
      plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
      async run({ with: settings, step: { id } }) {
        if (id === 'bad') throw new StepFailure('No');
        names.push((settings as { readonly name: string }).name);
        return done;
      },
    };
    const { ports } = createFakeWorld();
    const engine = createInMemoryEngine(createInterpreter({ kinds: { train: kind }, ports }));
    await engine.start('r', plan(step('good'), step('bad'), tell));
    await engine.result('r');
    expect(names).toEqual(['good', 'failed m true']);
  });

  it('fails the run when it fails, unless it may', async () => {
    expect((await run(plan(step('a'), last), { last: failing })).status).toBe('failed');
    const mayFail = { ...last, continueOnError: true };
    expect((await run(plan(step('a'), mayFail), { last: failing })).status).toBe('succeeded');
  });

  it('is skipped when another finally step that it needs failed', async () => {
    const after = step('after', { finally: true, needs: ['last'] });
    expect(statuses(await run(plan(step('a'), last, after), { last: failing }))).toMatchObject({ after: 'skipped' });
  });

  it('runs when the run is cancelled, and reads that it was', async () => {
    const engine = createInMemoryEngine(interpreter({ a: endless }));
    const tell = { ...last, if: "${{ run.status == 'cancelled' }}" };
    await engine.start('r', plan(step('a'), step('b', { needs: ['a'] }), tell));
    await new Promise((resolve) => setImmediate(resolve));
    await engine.cancel('r');
    const record = await engine.result('r');
    expect([record.status, statuses(record)]).toEqual(['cancelled', { a: 'skipped', b: 'skipped', last: 'succeeded' }]);
    expect(record.steps['a']).toMatchObject({ reason: 'the run was cancelled', cutOff: true });
  });

  it('finds in the record how a step that was under way has left things, and nothing of one that had not begun', async () => {
    const swapping: Behaviour = async (context) => {
      context.leaving('nothing was changed');
      context.leaving('the endpoint is not proved');
      return await endless(context);
    };
    const tidy: Behaviour = async (context) => {
      context.leaving('half done');
      context.leaving(undefined);
      return await endless(context);
    };
    const engine = createInMemoryEngine(interpreter({ a: swapping, b: tidy }));
    await engine.start('r', plan(step('a'), step('b'), step('c', { needs: ['a'] }), last));
    for (let ticks = 0; ticks < 20; ticks += 1) await new Promise((resolve) => setImmediate(resolve));
    await engine.cancel('r');
    const { steps } = await engine.result('r');
    const said = Object.fromEntries(Object.entries(steps).map(([id, { status, reason }]) => [id, [status, reason]]));
    expect(said).toMatchObject({
      a: ['cancelled', 'the run was cancelled; the endpoint is not proved'],
      b: ['skipped', 'the run was cancelled'],
      c: ['skipped', 'the run was cancelled'],
    });
    expect(steps['a']?.cutOff).toBe(true);
  });

  it('is stopped when the run is cancelled once more', async () => {
    const engine = createInMemoryEngine(interpreter({ a: endless, last: endless }));
    await engine.start('r', plan(step('a'), last));
    for (let times = 0; times < 2; times += 1) {
      for (let ticks = 0; ticks < 20; ticks += 1) await new Promise((resolve) => setImmediate(resolve));
      await engine.cancel('r');
    }
    const record = await engine.result('r');
    expect([record.status, statuses(record)]).toEqual(['cancelled', { a: 'skipped', last: 'failed' }]);
  });
});

describe('matrix', () => {
  const steps = `steps:\n${short('one')}${short('two', 'needs: [one]')}`;
  const matrix = (more: string): string =>
    `locale: "\${{ matrix.locale }}"\nstrategy: { matrix: { locale: [en-US, de-DE, fr-FR] }${more} }\n`;

  it('runs every step in every combination, each with its own locale', async () => {
    const locales: string[] = [];
    const kind: StepKind = {
      uses: 'train',
      effects: [],
      plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
      async run({ step: { id }, pipeline }) {
        locales.push(`${id} ${pipeline.locale}`);
        return done;
      },
    };
    const { ports } = createFakeWorld();
    const engine = createInMemoryEngine(createInterpreter({ kinds: { train: kind }, ports }));
    await engine.start('r', written(matrix('') + steps));
    expect((await engine.result('r')).status).toBe('succeeded');
    expect(locales.toSorted()).toEqual([
      'one-de-de de-DE',
      'one-en-us en-US',
      'one-fr-fr fr-FR',
      'two-de-de de-DE',
      'two-en-us en-US',
      'two-fr-fr fr-FR',
    ]);
  });

  it('lets at most max-parallel combinations run at once, in their order', async () => {
    const running = new Set<string>();
    const started: string[] = [];
    let most = 0;
    const note =
      (combination: string, at: 'one' | 'two'): Behaviour =>
      async ({ ports }) => {
        if (at === 'one') started.push(combination);
        running.add(combination);
        most = Math.max(most, running.size);
        await ports.clock.sleep(1);
        if (at === 'two') running.delete(combination);
        return done;
      };
    const behaviours = Object.fromEntries(
      ['en-us', 'de-de', 'fr-fr'].flatMap((id) => [
        [`one-${id}`, note(id, 'one')],
        [`two-${id}`, note(id, 'two')],
      ]),
    );
    const record = await run(written(matrix(', max-parallel: 2') + steps), behaviours);
    expect([record.status, most, started]).toEqual(['succeeded', 2, ['en-us', 'de-de', 'fr-fr']]);
  });

  it('counts the time of a step from when its combination could start', async () => {
    const clock = manualClock();
    const slow: Behaviour = async ({ ports, signal }) => {
      await ports.clock.sleep(50_000, signal);
      return done;
    };
    const of = written(`${matrix(', max-parallel: 1')}steps:\n${short('one', 'timeout: 60s')}`);
    const behaviours = { 'one-en-us': slow, 'one-de-de': slow, 'one-fr-fr': endless };
    const ended = run(of, behaviours, { clock });
    await clock.advance(200);
    expect(statuses(await ended)).toEqual({
      'one-en-us': 'succeeded',
      'one-de-de': 'succeeded',
      'one-fr-fr': 'failed',
    });
  });

  it('fail-fast skips what has not started of other combinations; finally steps and what runs go on', async () => {
    const release = Promise.withResolvers<void>();
    const slow: Behaviour = async () => {
      await release.promise;
      return done;
    };
    const bad: Behaviour = async () => {
      setImmediate(() => release.resolve());
      throw new StepFailure('No');
    };
    const of = written(`${matrix('')}${steps}${short('alone')}finally:\n${short('last')}`);
    const record = await run(of, { 'one-de-de': bad, 'one-en-us': slow, 'alone-de-de': slow, 'one-fr-fr': slow });
    expect(statuses(record)).toMatchObject({
      'one-en-us': 'succeeded',
      'two-en-us': 'skipped',
      'alone-de-de': 'succeeded',
      'two-de-de': 'skipped',
      'two-fr-fr': 'skipped',
      last: 'succeeded',
    });
    expect(record.steps['two-en-us']).toMatchObject({ cutOff: true, reason: 'one-de-de failed (fail-fast)' });
    expect(record.steps['two-de-de']).toMatchObject({ reason: 'one-de-de failed' });
    expect(record.steps['two-de-de']?.cutOff).toBeUndefined();
  });

  it('goes on in other combinations when fail-fast is off, or when the step may fail', async () => {
    const off = await run(written(matrix(', fail-fast: false, max-parallel: 1') + steps), { 'one-en-us': failing });
    expect(statuses(off)).toMatchObject({ 'two-en-us': 'skipped', 'two-de-de': 'succeeded', 'two-fr-fr': 'succeeded' });
    const mayFail = `steps:\n${short('one', 'continue-on-error: true')}${short('two', 'needs: [one]')}`;
    const tolerant = await run(written(matrix(', max-parallel: 1') + mayFail), { 'one-en-us': failing });
    expect([tolerant.status, tolerant.steps['two-fr-fr']?.status]).toEqual(['succeeded', 'succeeded']);
  });
});
