import { describe, expect, it } from 'vitest';
import type { ApproveWith } from '../../../schemas/types.gen.ts';
import { createInMemoryEngine } from '../engine/in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { StepContext } from '../../../workflows/engine/step-kind.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { PlainValue } from '../../../workflows/document/yaml/plain-value.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { PlanSource } from '../../../workflows/plan/plan.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { approve } from '../../../workflows/steps/approve.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { createFakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const settings: ApproveWith = { message: 'Put it live?', expires: 3600 };
const yes = { approved: true, by: 'maria', at: '2026-06-01T00:30:00.000Z' };

async function answered(answer: PlainValue | undefined, change: Partial<ApproveWith> = {}, said: string[] = []) {
  const world = createFakeWorld();
  const given = answer === undefined ? {} : { answer };
  return await runStep(approve, { ...settings, ...change }, { world, said, ...given });
}

describe('approve', () => {
  it('passes when somebody approves, and says who and when', async () => {
    const { outcome, effects, said } = await answered(yes);
    expect(outcome).toEqual({ kind: 'done', outputs: { approvedBy: 'maria', approvedAt: yes.at } });
    expect(effects).toEqual([]);
    expect(said).toEqual(['waiting for approval: Put it live? (speechops approve run step)']);
    const { outcome: commented } = await answered({ ...yes, comment: 'heard ten calls' });
    expect(commented).toMatchObject({ outputs: { approvedBy: 'maria', comment: 'heard ten calls' } });
  });

  it('fails when somebody rejects, with what they said', async () => {
    const no = { ...yes, approved: false };
    await expect(answered(no)).rejects.toThrow('maria rejected it at 2026-06-01T00:30:00.000Z');
    await expect(answered({ ...no, comment: 'too many names wrong' })).rejects.toThrow(
      /rejected.*: too many names wrong$/,
    );
    await expect(answered({ ...no, comment: 'too many names wrong' })).rejects.toMatchObject({
      outputs: { rejectedBy: 'maria', rejectedAt: no.at, comment: 'too many names wrong' },
    });
  });

  it('fails when nobody answers in time', async () => {
    await expect(answered(undefined)).rejects.toThrow(
      'Nobody answered by 2026-06-01T01:00:00.000Z (expires): Put it live?',
    );
  });

  it('does not take an answer that was given after its time, while no process was there to see it', async () => {
    await expect(answered({ ...yes, at: '2026-06-01T09:00:00.000Z' })).rejects.toThrow(
      'maria answered at 2026-06-01T09:00:00.000Z, after 2026-06-01T01:00:00.000Z (expires)',
    );
  });

  it('takes an answer only from those who may give one', async () => {
    expect((await answered(yes, { by: ['ann', 'maria'] })).outcome.kind).toBe('done');
    const said: string[] = [];
    await expect(answered(yes, { by: ['ann', 'bob'] }, said)).rejects.toThrow(/^Nobody answered by /);
    expect(said).toContain('maria may not answer step: ann, bob may');
    expect(said).toContain('waiting for approval: Put it live? (speechops approve run step --by ann)');
  });

  it('waits for what is left of its time since what it needs had ended', async () => {
    const waited: number[] = [];
    const at = async (since: string): Promise<void> => {
      const context: StepContext = {
        ports: createFakeWorld().ports,
        signal: new AbortController().signal,
        runId: 'run',
        startedAt: '',
        changedBefore: undefined,
        since,
        effect: async (_, { act }) => await act(),
        leaving: () => undefined,
        sample: () => undefined,
        report: () => undefined,
        cleanUp: async (_, act) => await act(context),
        decision: async ({ timeoutSeconds }) => {
          waited.push(timeoutSeconds);
          return yes;
        },
      };
      const input = {
        with: settings,
        step: { id: 's' },
        pipeline: { name: 'p', locale: 'en-US' },
        resource: '',
        folder: '/',
      };
      await approve.run(input, context);
    };
    // The fake world's clock stands at 2026-06-01T00:00:00Z.
    await at('2026-06-01T00:00:00.000Z');
    await at('2026-05-31T23:45:00.000Z');
    await expect(at('2026-05-01T00:00:00.000Z')).rejects.toThrow('(expires)');
    expect(waited).toEqual([3600, 2700, 0]);
  });
});

describe('approve in a pipeline', () => {
  const text = `
name: p
locale: en-US
steps:
  - id: ok
    uses: approve
    with: { message: "Run \${{ run.id }}?", by: [maria], expires: 2h }
  - id: again
    uses: approve
    if: steps.ok.outputs.approvedBy == 'maria'
    with: { message: "\${{ steps.ok.outputs.approvedAt }}" }
`;

  function planned(): Plan {
    const { pipeline, diagnostics } = loadPipeline(text, { path: 'p.yaml', inputs: {} });
    expect(diagnostics).toEqual([]);
    if (pipeline === undefined) throw new Error('no pipeline');
    const source: PlanSource = { pipeline, folder: '/', target: 'embedded-emulator', env: {}, kinds: stepKinds };
    const facts = {
      projects: [],
      datasets: [],
      models: [],
      baseModels: [],
      evaluations: [],
      endpoints: [],
      localData: {},
      urls: {},
    };
    return planPipeline(source, { observedAt: '2026-06-01T00:00:00Z', ...facts });
  }

  it('is planned as a wait that changes nothing', () => {
    expect(planned().steps).toMatchObject([
      { action: 'at-run-time', summary: 'wait for maria to approve', effects: [], outputs: {} },
      { action: 'at-run-time', summary: "approve if steps.ok.outputs.approvedBy == 'maria'", effects: [] },
    ]);
  });

  it('takes an answer that comes before the step asks, and the first of several', async () => {
    const { ports } = createFakeWorld();
    const clock = { ...ports.clock, now: () => new Date() };
    const engine = createInMemoryEngine(createInterpreter({ kinds: stepKinds, ports: { ...ports, clock } }));
    await engine.start('r', planned());
    for (const [key, by] of [
      ['one', 'maria'],
      ['two', 'ann'],
    ] as const) {
      await engine.decide('r', { topic: 'again', payload: { ...yes, by }, key: `again ${key}` });
    }
    await engine.decide('r', { topic: 'ok', payload: yes, key: 'ok' });
    const { status, steps } = await engine.result('r');
    expect(status).toBe('succeeded');
    expect(steps['again']?.outputs).toEqual({ approvedBy: 'maria', approvedAt: yes.at });
  });
});
