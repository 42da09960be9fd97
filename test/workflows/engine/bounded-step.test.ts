import { describe, expect, it } from 'vitest';
import { done, plan, run, step, written } from './run-plan.ts';

const doubled = `\${{ ${"format('{0}{0}', ".repeat(21)}steps.a.outputs.model${')'.repeat(21)} }}`;

describe('a step', () => {
  it('whose settings would be too long fails with the bound, and the others go on', async () => {
    const big = step('b', { needs: ['a'], with: { datasets: [doubled], 'base-model': 'newest', name: 'b' } });
    const record = await run(plan(step('a'), big, step('c', { needs: ['a'] })), {});
    expect(record.status).toBe('failed');
    expect(record.steps['c']?.status).toBe('succeeded');
    expect(record.steps['b']).toMatchObject({ status: 'failed', failure: 'step' });
    expect(record.steps['b']?.error).toMatch(/it gives a text of more than 65,536 characters$/);
    expect(record.steps['b']?.error?.length).toBeLessThan(300);
  });

  it('whose condition asks for too much fails with the bound', async () => {
    const condition = `\${{ startsWith(${doubled.slice(4, -3)}, 'm') }}`;
    const record = await run(plan(step('a'), step('b', { needs: ['a'], if: condition })), {});
    expect(record.steps['b']).toMatchObject({ status: 'failed', failure: 'step' });
    expect(record.steps['b']?.error).toMatch(/65,536 characters$/);
  });

  it('that gives an output of the longest kind succeeds, with one more character it fails and keeps the others', async () => {
    const outcome = (length: number) => async () =>
      ({ ...done, outputs: { words: 3, model: 'm'.repeat(length) } }) as const;
    const record = await run(plan(step('a'), step('b')), { a: outcome(65_536), b: outcome(65_537) });
    expect(record.steps['a']?.status).toBe('succeeded');
    expect(record.steps['b']).toMatchObject({ status: 'failed', failure: 'step', outputs: { words: 3 } });
    expect(record.steps['b']?.outputs).not.toHaveProperty('model');
    expect(record.steps['b']?.error).toBe('Cannot keep the output model: it has more than 65,536 characters');
  });

  it('fails when the steps before it have used up what the expressions of a run may give', async () => {
    const long = 'x'.repeat(60_000);
    const steps = Array.from({ length: 75 }, (_, index) =>
      step(`s${index}`, { with: { datasets: [`\${{ '' }}${long}`], 'base-model': 'newest', name: `s${index}` } }),
    );
    const record = await run(plan(...steps), {});
    const failed = Object.values(record.steps).filter(({ status }) => status === 'failed');
    expect(failed).toHaveLength(75 - Math.floor(4_194_304 / 60_000));
    expect(failed[0]?.error).toMatch(/all expressions together give more than 4,194,304 characters$/);
  });

  it('of a pipeline with thousands of inputs reads its own', async () => {
    const inputs = Array.from({ length: 2000 }, (_, index) => `  i${index}: { type: string, default: v${index} }\n`);
    const steps = Array.from(
      { length: 2000 },
      (_, index) =>
        `  - { id: s${index}, uses: train, if: "inputs.i${index} == 'v${index}'", with: { datasets: [https://x/1] } }\n`,
    );
    const record = await run(written(`locale: en-US\ninputs:\n${inputs.join('')}steps:\n${steps.join('')}`), {});
    expect(new Set(Object.values(record.steps).map(({ status }) => status))).toEqual(new Set(['succeeded']));
  });
});
