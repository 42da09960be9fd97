import { describe, expect, it } from 'vitest';
import { createInMemoryEngine } from './in-memory-engine.ts';
import { StepFailure } from '../../../workflows/engine/step-kind.ts';
import { serviceError } from '../steps/fake-world.ts';
import { jumpingClock, manualClock } from './test-clocks.ts';
import { type Behaviour, done, endless, interpreter, plan, planOf, run, statuses, step } from './run-plan.ts';

describe('retry', () => {
  const retry = { attempts: 4, delaySeconds: 10, maxDelaySeconds: 30, on: ['world'] } as const;
  const lost = serviceError('no answer', { outcome: 'unknown' });

  /** Fails so often before it works. */
  function failingTimes(times: number, error: Error): Behaviour {
    let left = times;
    return async () => {
      if ((left -= 1) >= 0) throw error;
      return done;
    };
  }

  it('tries again after failures of the world, with growing delays up to the maximum and less than them', async () => {
    const clock = jumpingClock();
    const said: string[] = [];
    const record = await run(plan(step('a', { retry })), { a: failingTimes(3, lost) }, { clock, said });
    expect(record.steps['a']).toMatchObject({ status: 'succeeded', attempts: 4 });
    expect(clock.slept).toHaveLength(3);
    for (const [index, whole] of [10, 20, 30].entries()) {
      expect(clock.slept[index]).toBeLessThanOrEqual(whole);
      expect(clock.slept[index]).toBeGreaterThan(whole / 2);
    }
    expect(said[0]).toBe(`a: attempt 1 of 4 failed: no answer; again in ${clock.slept[0]?.toFixed(1)} s`);
    expect(said).toHaveLength(3);
  });

  it('stays away as long as the service asks', async () => {
    const clock = jumpingClock();
    const throttled = serviceError('throttled', { status: 429, retryAfterSeconds: 600, outcome: 'refused' });
    await run(plan(step('a', { retry })), { a: failingTimes(1, throttled) }, { clock });
    expect(clock.slept).toEqual([600]);
  });

  it('waits as long in the same run again, and another time in another run', async () => {
    const delays = async (runId: string): Promise<readonly number[]> => {
      const clock = jumpingClock();
      const engine = createInMemoryEngine(interpreter({ a: failingTimes(3, lost) }, { clock }));
      await engine.start(runId, plan(step('a', { retry })));
      await engine.result(runId);
      return clock.slept;
    };
    expect(await delays('r')).toEqual(await delays('r'));
    expect(await delays('r')).not.toEqual(await delays('s'));
  });

  it('fails with the last error when no attempt is left', async () => {
    const clock = jumpingClock();
    const record = await run(plan(step('a', { retry })), { a: failingTimes(9, lost) }, { clock });
    expect(record.steps['a']).toMatchObject({ status: 'failed', error: 'no answer', failure: 'world', attempts: 4 });
  });

  it('takes no for an answer, unless it is asked to try again then too', async () => {
    const no = new StepFailure('WER too high');
    const both = { ...retry, on: ['world', 'step'] } as const;
    const behaviours = { a: failingTimes(1, no), b: failingTimes(1, no) };
    const of = plan(step('a', { retry }), step('b', { retry: both }));
    const record = await run(of, behaviours, { clock: jumpingClock() });
    expect(statuses(record)).toEqual({ a: 'failed', b: 'succeeded' });
    expect(record.steps['a']?.attempts).toBeUndefined();
  });

  it('counts the time of the step over all attempts and the delays between them', async () => {
    const clock = manualClock();
    const of = plan(step('a', { retry: { ...retry, attempts: 100 }, timeoutSeconds: 100 }));
    const ended = run(of, { a: failingTimes(Infinity, lost) }, { clock });
    await clock.advance(101);
    const record = await ended;
    expect(record.steps['a']).toMatchObject({
      failure: 'step',
      error: 'The step did not end within 100 s (timeout); the last attempt that failed: no answer',
    });
    expect(record.steps['a']?.attempts).toBeGreaterThan(3);
    expect(clock.asleep).toBe(0);
  });

  it('ends a step whose time is used up also when the step takes no notice', async () => {
    const clock = manualClock();
    const of = plan(step('a', { timeoutSeconds: 100 }), step('b'));
    const ended = run(of, { a: async () => await new Promise<never>(() => undefined) }, { clock });
    // The time of the step counts from the start of its run, which the machine's clock tells: some moments after that of the test.
    await clock.advance(110);
    await clock.advance(60);
    const record = await ended;
    expect(record.steps['a']).toMatchObject({
      status: 'failed',
      error: 'The step did not end within 100 s (timeout)',
    });
    expect(clock.asleep).toBe(0);
  });

  it('gives up at once when the run is cancelled', async () => {
    const clock = manualClock();
    const engine = createInMemoryEngine(interpreter({ a: failingTimes(1, lost) }, { clock }));
    await engine.start('r', plan(step('a', { retry })));
    await clock.advance(0);
    expect(clock.asleep).toBe(1);
    await engine.cancel('r');
    expect((await engine.result('r')).steps['a']).toMatchObject({
      failure: 'cancelled',
      error: 'The run was cancelled',
    });
    expect(clock.asleep).toBe(0);
  });
});

describe('timeout', () => {
  it('ends a step that has used up its time, counted from the end of what it needs', async () => {
    const clock = manualClock();
    let isOver = false;
    const slow: Behaviour = async ({ ports, signal }) => {
      await ports.clock.sleep(50_000, signal);
      return done;
    };
    const of = plan(step('a'), step('b', { needs: ['a'], timeoutSeconds: 60 }));
    const ended = run(of, { a: slow, b: endless }, { clock }).finally(() => (isOver = true));
    await clock.advance(109);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect((await ended).steps['b']?.error).toBe('The step did not end within 60 s (timeout)');
  });

  it('is the failure of a service that does not answer, of the step as well as of the run', async () => {
    const unanswered: Behaviour = async ({ signal }) => {
      const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
      await ended;
      throw serviceError('Cannot read it: the answer is 503', { status: 503, outcome: 'unknown' });
    };
    const clock = manualClock();
    const { pipeline } = plan(step('a', { timeoutSeconds: 60, continueOnError: true }), step('b'));
    const ended = run(planOf({ ...pipeline, timeoutSeconds: 3600 }), { a: unanswered, b: unanswered }, { clock });
    await clock.advance(3601);
    const { steps } = await ended;
    expect(steps['a']).toMatchObject({
      failure: 'world',
      error: 'The step did not end within 60 s (timeout): Cannot read it: the answer is 503',
    });
    expect(steps['b']).toMatchObject({
      failure: 'world',
      error: expect.stringMatching(/did not end within 3600 s \(timeout of the pipeline\): Cannot read it/),
    });
  });

  it('ends a step that waits for a person, its own as well as that of the run', async () => {
    const asking: Behaviour = async ({ decision }) => {
      await decision({ timeoutSeconds: 90 * 24 * 3600, accepts: () => true });
      return done;
    };
    const { pipeline } = plan(step('a', { timeoutSeconds: 60, continueOnError: true }), step('b'));
    const clock = manualClock();
    const ended = run(planOf({ ...pipeline, timeoutSeconds: 3600 }), { a: asking, b: asking }, { clock });
    await clock.advance(3601);
    const { steps } = await ended;
    expect([steps['a']?.error, steps['b']?.error]).toEqual([
      'The step did not end within 60 s (timeout)',
      'The steps of the run did not end within 3600 s (timeout of the pipeline)',
    ]);
  });

  it('takes longer than a timer of the machine can', async () => {
    const clock = manualClock();
    const days = 40 * 24 * 60 * 60;
    const ended = run(plan(step('a', { timeoutSeconds: days })), { a: endless }, { clock });
    await clock.advance(days + 1);
    expect((await ended).steps['a']?.error).toContain('did not end within');
  });

  it('of the run ends what runs, starts nothing more and fails the run with the reason; finally steps run', async () => {
    const clock = manualClock();
    const { pipeline } = plan(
      step('a', { continueOnError: true }),
      step('b', { needs: ['a'] }),
      step('tidy', { finally: true, if: "${{ run.status == 'failed' }}" }),
    );
    const ended = run(planOf({ ...pipeline, timeoutSeconds: 3600 }), { a: endless }, { clock });
    await clock.advance(3601);
    const record = await ended;
    const reason = 'The steps of the run did not end within 3600 s (timeout of the pipeline)';
    expect([record.status, record.error, statuses(record)]).toEqual([
      'failed',
      reason,
      { a: 'failed', b: 'skipped', tidy: 'succeeded' },
    ]);
    expect(record.steps['a']?.error).toBe(reason);
    expect(record.steps['b']).toMatchObject({ cutOff: true, reason: 'the run has used up its time' });
  });

  it('of the run leaves a run alone that ends in time, and waits for nothing then', async () => {
    const clock = manualClock();
    const { pipeline } = plan(step('a'));
    const record = await run(planOf({ ...pipeline, timeoutSeconds: 3600 }), {}, { clock });
    expect([record.status, record.error, clock.asleep]).toEqual(['succeeded', undefined, 0]);
  });
});
