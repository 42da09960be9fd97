import { describe, expect, it } from 'vitest';
import { lookUp } from '../../../workflows/engine/look-up.ts';
import { StepFailure, type StepContext, type StepKind } from '../../../workflows/engine/step-kind.ts';
import { createFakeWorld } from '../steps/fake-world.ts';

const input = {
  with: {},
  step: { id: 's' },
  pipeline: { name: 'p', locale: 'en-US' },
  resource: 'https://speech',
  folder: '/',
};

async function lookedUp(run: (context: StepContext) => Promise<unknown>): Promise<unknown> {
  const kind = {
    uses: 'upload',
    effects: ['create-dataset'],
    run: async (_: unknown, context: StepContext) => await run(context),
  };
  const { ports } = createFakeWorld();
  const signal = new AbortController().signal;
  return await lookUp(kind as unknown as StepKind, input, { ports, signal, report: () => undefined });
}

describe('lookUp', () => {
  it('gives the outputs of a step that makes nothing', async () => {
    expect(await lookedUp(async () => ({ kind: 'reused', outputs: { wer: 0.1 } }))).toEqual({ wer: 0.1 });
  });

  it('ends a step before it changes anything, and says what it wanted', async () => {
    const acted: string[] = [];
    const change = { digest: 'd', act: async () => acted.push('created') };
    expect(await lookedUp(async (context) => await context.effect('create-dataset', change))).toBe(
      'it would create-dataset, and nothing is changed before a run',
    );
    const tidy = async (): Promise<unknown> => acted.push('tidied');
    expect(await lookedUp(async (context) => await context.cleanUp('create-dataset', tidy))).toContain('it would');
    const asking = { timeoutSeconds: 1, accepts: () => true };
    expect(await lookedUp(async (context) => await context.decision(asking))).toContain('it would ask a person');
    expect(acted).toEqual([]);
  });

  it('says why a step does not pass or has nothing to do, and rejects when the world fails', async () => {
    expect(await lookedUp(async () => ({ kind: 'skipped', reason: 'good enough' }))).toBe('good enough');
    expect(await lookedUp(async () => await Promise.reject(new StepFailure('no such model')))).toBe('no such model');
    await expect(lookedUp(async () => await Promise.reject(new Error('down')))).rejects.toThrow('down');
  });
});
