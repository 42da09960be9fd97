import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../../../workflows/engine/run-record.ts';
import type { PipelineStep } from '../../../../workflows/language/pipeline.ts';
import { livingLent, noteLent, PlaceLender } from '../../../../workflows/cli/runs/lend-place.ts';

const step = (id: string, uses: PipelineStep['uses'], settings: PipelineStep['with'] = {}): PipelineStep => ({
  id,
  name: id,
  uses,
  needs: [],
  continueOnError: false,
  with: settings,
});
const steps = [step('text', 'upload'), step('ok', 'approve', { expires: 60 }), step('also', 'approve')];
const started = (stepId: string): RunEvent => ({ kind: 'step-started', stepId });
const finished = (stepId: string): RunEvent => ({
  kind: 'step-finished',
  stepId,
  record: { status: 'succeeded', uses: 'upload', outputs: {} },
});

function lenderAfter(events: readonly RunEvent[], concurrency?: string): PlaceLender {
  const lender = new PlaceLender({ runId: 'a', steps, concurrency });
  for (const event of events) lender.onEvent(event);
  return lender;
}

describe('the place of a run', () => {
  it.each<[string, readonly RunEvent[], boolean]>([
    ['has not begun', [], false],
    ['waits for people alone', [started('ok'), started('also')], true],
    ['works beside', [started('text'), started('ok')], false],
    ['has worked beside', [started('text'), started('ok'), finished('text')], true],
    ['has its answer', [started('ok'), finished('ok')], false],
  ])('is lent only while it waits for people: the run %s', (_, events, isLent) => {
    expect(lenderAfter(events).lend()).toBe(isLent);
  });

  it('is not lent to a run of its concurrency group, whose turn it has', () => {
    const lend = (group: string | undefined, own?: string): boolean =>
      lenderAfter([started('ok')], own).lend(group === undefined ? {} : { group });
    expect(lend('calls', 'calls')).toBe(false);
    expect([lend('others', 'calls'), lend(undefined, 'calls'), lend('calls')]).toEqual([true, true, true]);
  });

  it('is promised with the first request', async () => {
    const lender = lenderAfter([started('ok')]);
    const isLent = async (): Promise<boolean> =>
      await Promise.race([lender.lent.then(() => true), setImmediate().then(() => false)]);
    expect(await isLent()).toBe(false);
    expect(lender.lend()).toBe(true);
    expect(await isLent()).toBe(true);
  });

  it('is wanted again when the first of its steps expires', () => {
    expect(lenderAfter([started('also')]).expiresAt).toBeUndefined();
    const before = Date.now();
    const expiresAt = lenderAfter([started('also'), started('ok')]).expiresAt ?? 0;
    expect(expiresAt).toBeGreaterThanOrEqual(before + 60_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('expires by the time at which the step began, also when another process begins it again', () => {
    const asked = { ...step('ok', 'approve', { expires: 60 }), needs: ['text'] };
    const lender = new PlaceLender({ runId: 'a', steps: [step('text', 'upload'), asked], concurrency: undefined });
    const text = finished('text') as Extract<RunEvent, { kind: 'step-finished' }>;
    lender.onEvent({ ...text, record: { ...text.record, finishedAt: '2026-01-02T03:04:05Z' } });
    lender.onEvent(started('ok'));
    expect(lender.expiresAt).toBe(Date.parse('2026-01-02T03:05:05Z'));
  });
});

it('is noted as lent for other processes also after its own process has looked', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-lent-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const forget = await noteLent(folder, { runId: 'a', group: undefined });
  expect([...livingLent(folder)]).toEqual(['run:a']);
  const module = new URL('../../../../workflows/cli/runs/lend-place.ts', import.meta.url).href;
  const look = `const { livingLent } = await import('${module}'); console.log([...livingLent(${JSON.stringify(folder)})].join());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', look]);
  expect(stdout.trim()).toBe('run:a');
  await forget();
  expect(livingLent(folder).size).toBe(0);
});
