import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { controlEmulator } from '../../emulator/control-emulator.ts';
import { useWard, key } from './ward.ts';

const ward = useWard();
const { call, objects, run, speechops } = ward;

describe('speechops plan', () => {
  it('creates nothing, and says with --detailed-exitcode whether there is something to do', async () => {
    const before = await speechops('plan', ward.pipeline, '--detailed-exitcode');
    expect([before.code, before.stdout]).toEqual([2, expect.stringContaining('calls      + create')]);
    expect(await objects()).toEqual({ projects: [], datasets: [], models: [], evaluations: [], endpoints: [] });
    await run();
    const after = await speechops('plan', ward.pipeline, '--detailed-exitcode', '--input', 'bound=90%');
    expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('- skip')]);
    const env = { SPEECHOPS_ENDPOINT: ward.emulator.url, SPEECHOPS_KEY: key, ...ward.home.env, FORCE_COLOR: '1' };
    const inColor = async (...args: readonly string[]): Promise<string> => (await call(args, { env })).stdout;
    expect(await inColor('plan', ward.pipeline)).toContain('\u001B[2m= reuse');
    expect(await inColor('runs')).toContain('\u001B[32msucceeded\u001B[39m');
    expect(await inColor('show', 'last')).toContain('\u001B[32msucceeded\u001B[39m');
    expect(await inColor('run', ward.pipeline)).toContain('\u001B[32mreused   \u001B[39m');
    await ward.emulator.close();
    expect((await speechops('plan', ward.pipeline, '--detailed-exitcode')).code).toBe(1);
    expect((await speechops('plan', ward.pipeline)).code).toBe(3);
  });
});

describe('speechops plan and run', () => {
  it('refuses a swap of an endpoint that does not exist before anything is made, as plan does', async () => {
    await writeFile(ward.pipeline, (await readFile(ward.pipeline, 'utf8')).replace(/^ +create: true\n/m, ''));
    const message = 'Correct the name, or set `create: true` to make a new endpoint, which is charged: endpoint ward';
    const planned = await speechops('plan', ward.pipeline);
    expect([planned.code, planned.stdout]).toEqual([1, expect.stringMatching(/, 1 that would fail\n/)]);
    expect(planned.stdout).toContain(`  go-live    ! fail         ${message} does not exist\n`);
    expect((await speechops('plan', ward.pipeline, '--detailed-exitcode')).code).toBe(1);
    const refused = await speechops('run', ward.pipeline);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(`error: ${message} does not exist (step go-live would fail, and nothing was done)\n`);
    expect(Object.values(await objects()).flat()).toEqual([]);
  });
});

it('decides by the clock of the service what has expired, in plan and run', async () => {
  const first = await run();
  const { 'days-left': daysLeft, expires } = first.record.steps['go-live']?.outputs ?? {};
  const trained = first.record.steps['retrain']?.outputs ?? {};
  expect(trained['expires']).toBe(expires);
  // At this speed midnight may pass between the two steps.
  expect([Number(daysLeft), Number(daysLeft) + 1]).toContain(trained['days-left']);
  const advanceSeconds = (Number(daysLeft) + 2) * 86_400;
  expect((await controlEmulator(ward.emulator, '/clock', { body: { advanceSeconds } })).status).toBe(200);
  const expired = 'newest base model, the model of endpoint ward has expired';
  expect((await speechops('plan', ward.pipeline)).stdout).toContain(expired);
  const { code, record } = await run();
  expect([code, record.steps['baseline']?.outputs['standIn']]).toEqual([0, expired]);
  expect(record.steps['go-live']?.status).toBe('succeeded');
  expect(record.steps['go-live']?.outputs['previousModel']).toBe(first.record.steps['retrain']?.outputs['model']);
  expect(record.steps['go-live']?.outputs['days-left']).toBeGreaterThan(30);
});
