import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { runView, type RunState, type StepState } from '../../../../workflows/cli/runs/run-view.ts';

const minute = 60_000;

function step(id: string, status: StepState['status'], more: Partial<StepState> = {}): StepState {
  return { id, name: id, needs: [], status, message: '', ...more };
}

function run(steps: readonly StepState[], more: Partial<RunState> = {}): RunState {
  return { title: 'ward on https://westeurope.example', runId: 'ward-1', startedAt: 0, steps, ...more };
}

function view(of: RunState, terminal: Partial<Parameters<typeof runView>[1]> = {}): readonly string[] {
  return runView(of, { rows: 24, columns: 80, now: 0, color: false, ...terminal });
}

/** A hundred steps: `count` of each status, in this order. */
function hundred(counts: Partial<Record<StepState['status'], number>>): readonly StepState[] {
  return Object.entries(counts).flatMap(([status, count]) =>
    Array.from({ length: count }, (_, index) => step(`${status}-${index}`, status as StepState['status'])),
  );
}

describe('the view of a run', () => {
  it('has the pipeline, its resource, the time it takes, and each step as far as it is', () => {
    const steps = [
      step('calls', 'reused', { message: '24 lines accepted' }),
      step('text', 'succeeded', { message: '40 lines accepted (2.0 s)' }),
      step('retrain', 'running', { startedAt: 2 * minute, message: 'model retrain is Running', needs: ['text'] }),
      step('candidate', 'waiting', { needs: ['calls', 'retrain'] }),
      step('compare', 'failed', { message: 'The service failed it' }),
      step('go-live', 'skipped', { message: 'compare failed' }),
      step('tell', 'waiting', { needs: ['text'] }),
    ];
    expect(view(run(steps), { now: 63 * minute })).toEqual([
      'ward on https://westeurope.example, run ward-1  1 h 3 min',
      '✔ calls      reused: 24 lines accepted',
      '✔ text       40 lines accepted (2.0 s)',
      '▶ retrain    1 h 1 min  model retrain is Running',
      '· candidate  waiting for retrain',
      '✖ compare    The service failed it',
      '- go-live    skipped: compare failed',
      '· tell       waiting',
    ]);
  });

  it('counts time in whole seconds, which have gone by', () => {
    const steps = [step('text', 'running', { startedAt: 1000 })];
    expect(view(run(steps), { now: 12_999 })).toEqual([expect.stringMatching(/ {2}12 s$/), '▶ text  11 s']);
    expect(view(run(steps), { now: 59_999 })[0]).toMatch(/ {2}59 s$/);
    expect(view(run(steps), { now: 125_999 })[0]).toMatch(/ {2}2 min 5 s$/);
  });

  it('keeps of a hundred steps those that run, have failed or come next, and counts the others', () => {
    const steps = hundred({ succeeded: 60, reused: 10, skipped: 4, failed: 2, running: 4, waiting: 20 });
    const lines = view(run(steps));
    expect(lines).toHaveLength(23);
    expect(lines.slice(1).map((line) => line.split(' ')[1])).toEqual([
      'failed-0',
      'failed-1',
      ...Array.from({ length: 4 }, (_, index) => `running-${index}`),
      ...Array.from({ length: 15 }, (_, index) => `waiting-${index}`),
      '79',
    ]);
    expect(lines.at(-1)).toBe('… 79 more: 60 succeeded, 10 reused, 4 skipped, 5 waiting');
  });

  it('leaves the last row to the cursor, on every terminal', () => {
    for (const rows of [1, 2, 3, 4, 10, 24, 102, 103, 200]) {
      const lines = view(run(hundred({ running: 50, waiting: 50 })), { rows });
      expect([rows, lines.length]).toEqual([rows, Math.min(Math.max(1, rows - 1), 101)]);
    }
    expect(view(run(hundred({ running: 50, waiting: 50 })), { rows: 4 })).toEqual([
      expect.stringContaining('ward on'),
      expect.stringContaining('running-0'),
      '… 99 more: 49 running, 50 waiting',
    ]);
  });

  it('is narrower than the terminal, also with wide characters, joined ones and colours', () => {
    const steps = [
      step('呼叫中心的錄音資料集', 'running', { startedAt: 0, message: '模型正在訓練中模型正在訓練中'.repeat(9) }),
      step('👩‍⚕️👩‍⚕️👩‍⚕️', 'failed', { message: 'e\u0301'.repeat(200) }),
      step('x'.repeat(200), 'waiting', { needs: ['呼叫中心的錄音資料集'] }),
      ...hundred({ succeeded: 60 }),
    ];
    for (const columns of [1, 2, 3, 5, 10, 20, 80, 300])
      for (const color of [true, false]) {
        const lines = view(run(steps, { title: '病房'.repeat(99) }), { columns, color });
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(1, columns - 1));
      }
  });

  it('says what it can in 20 columns, the id of the run on a row of its own', () => {
    const steps = [
      step('text', 'succeeded', { message: '40 lines accepted' }),
      step('retrain-the-model', 'running', { startedAt: 0, message: 'model is Running' }),
      step('中中中中中中', 'waiting'),
    ];
    expect(view(run(steps), { columns: 20, now: 3000 })).toEqual([
      'ward on https…  3 s',
      'run ward-1',
      '✔ text       40 li…',
      '▶ retrain-…  3 s  …',
      '· 中中中中…  waiti…',
    ]);
  });

  it('has colours where they are wanted, and the same text without them', () => {
    const steps = hundred({ succeeded: 1, reused: 1, skipped: 1, failed: 1, running: 1, waiting: 40 });
    const colored = view(run(steps), { color: true });
    expect(colored.every((line) => line.includes('\u001B['))).toBe(true);
    expect(colored.map((line) => stripVTControlCharacters(line))).toEqual(view(run(steps)));
    expect(view(run(steps)).join('')).not.toContain('\u001B');
  });
});
