import { describe, expect, it } from 'vitest';
import { firstToRepeat, type ReadableRun, ResumeError, runToFork } from '../../../workflows/durable/resumable-run.ts';
import { journalFormat } from '../../../workflows/durable/journal-format.ts';
import type { StepRecord } from '../../../workflows/engine/run-record.ts';
import type { PipelineStep } from '../../../workflows/language/pipeline.ts';
import { planOf, step, written } from '../engine/run-plan.ts';

const plan = written(`locale: en-US
strategy:
  waves: [canary, europe, rest]
  matrix:
    include:
      - { region: west, wave: canary }
      - { region: north, wave: europe }
      - { region: south, wave: europe }
      - { region: east, wave: rest }
steps:
  - { id: go, uses: swap, with: { endpoint: calls, model: base } }
finally:
  - { id: tell, uses: approve, with: { message: Look } }
`);

type Ended = Pick<StepRecord, 'status' | 'cutOff'>;

const succeeded: Ended = { status: 'succeeded' };
const failed: Ended = { status: 'failed' };
const skipped: Ended = { status: 'skipped' };
const cutOff: Ended = { status: 'skipped', cutOff: true };

function runOf(ended: Readonly<Record<string, Ended>>): ReadableRun {
  const steps = Object.fromEntries(
    Object.entries(ended).map(([id, record]) => [id, { uses: 'swap', outputs: {}, ...record }]),
  );
  const about = { runId: 'r', pipeline: 'p', startedAt: '2026-06-01T00:00:00Z', format: journalFormat };
  return { ...about, status: 'failed', plan, steps };
}

const canary = { 'go-west': succeeded };
const lost = { ...canary, 'go-north': succeeded, 'go-south': failed };
const isTakenBack = { 'go-back-west': skipped, 'go-back-north': succeeded, 'go-back-south': skipped };
const ended = { ...lost, 'go-east': cutOff, ...isTakenBack, 'go-back-east': skipped, tell: succeeded };

describe('the first step that a resumed run repeats', () => {
  it.each([
    ['one that was taken back', ended],
    ['one whose way back failed', { ...ended, 'go-back-north': failed }],
    ['one whose way back was under way when the run was ended', lost],
    ['one whose way back was cut off by a cancellation', { ...ended, 'go-back-north': cutOff }],
  ])('is %s', (_, steps) => {
    expect(firstToRepeat(runOf(steps))).toBe('go-north');
  });

  it('is the one that failed, where those of its wave before it had stayed', () => {
    expect(firstToRepeat(runOf({ ...ended, 'go-back-north': skipped }))).toBe('go-south');
  });

  it('is none as long as a wave is under way that has not failed', () => {
    expect(firstToRepeat(runOf({ ...canary, 'go-north': succeeded }))).toBeUndefined();
    expect(firstToRepeat(runOf({ ...canary, 'go-north': succeeded, 'go-south': succeeded }))).toBeUndefined();
  });
});

describe('a run that is forked', () => {
  it.each([
    ['was taken back', ended],
    ['may have been taken back', lost],
  ])('keeps nothing that %s, when its wave is to be done again', (_, steps) => {
    const run = runOf(steps);
    expect(() => runToFork('r', run, 'go-south')).toThrow(
      new ResumeError(
        'Choose go-north or a step before it: go-back-north has taken it back, or has begun to, so that its result cannot be kept',
      ),
    );
    expect(runToFork('r', run, 'go-north')).toMatchObject({ runId: 'r' });
  });

  it('keeps that with the end of its wave', () => {
    for (const from of ['go-east', 'go-back-north', 'tell'])
      expect(runToFork('r', runOf(ended), from)).toMatchObject({ runId: 'r' });
  });
});

it('looks at each step of a large run a few times, and not once for each other one', () => {
  let looks = 0;
  const counted = (id: string, { wave, ...more }: { readonly wave: string } & Partial<PipelineStep>): PipelineStep => {
    const combination = { id, values: { wave } };
    const one = step(id, more);
    return Object.defineProperty(one, 'combination', {
      enumerable: true,
      get: () => {
        looks += 1;
        return combination;
      },
    });
  };
  const count = 10_000;
  // Waves of ten, the last one of which has failed, and nothing of it was taken back.
  const pairs = Array.from({ length: count / 2 }, (_, index) => {
    const wave = String(Math.floor(index / 10));
    return [counted(`go-${index}`, { wave }), counted(`back-${index}`, { wave, takesBack: `go-${index}` })] as const;
  });
  const large = planOf({
    name: 'p',
    locale: 'en-US',
    inputs: {},
    steps: pairs.flat(),
    layers: pairs.map(([one, back]) => [one.id, back.id]),
  });
  const last = `go-${count / 2 - 1}`;
  const all = Object.fromEntries(pairs.map(([{ id }]) => [id, id === last ? failed : succeeded]));
  const run = { ...runOf(all), plan: large };
  expect(firstToRepeat(run)).toBe(`go-${count / 2 - 10}`);
  expect(() => runToFork('r', run, last)).toThrow(`Choose go-${count / 2 - 10} or a step before it`);
  expect(looks).toBeLessThan(20 * count);
});
