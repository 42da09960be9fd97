import { describe, expect, it } from 'vitest';
import { evaluatedSet } from '../../../workflows/evidence/evaluated-set.ts';
import { shownOutputs } from '../../../workflows/evidence/shown-outputs.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { createFakeWorld, fakeBaseModel, fakeModel } from '../steps/fake-world.ts';
import { runStep } from '../steps/run-step.ts';

const dataset = 'https://speech/datasets/test';
const [ours, base] = ['https://speech/models/ours', 'https://speech/models/base/new'];

/** In an order that is not that of their names. */
const recordings = Array.from({ length: 120 }, (_, index) => `${(index * 7) % 120}.wav`);

function heard(isWrong: (index: number) => boolean, wrong: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    recordings.map((name, index) => [name, `good ${isWrong(index) ? wrong : 'morning'} to you`]),
  );
}

describe('an evaluated set', () => {
  it('draws as the step did that decided, where the outputs do not tell what came of it', async () => {
    const world = createFakeWorld();
    const at = '2026-01-01T00:00:00Z';
    const common = { locale: 'en-US', createdDateTime: at, lastActionDateTime: at, status: 'Succeeded' };
    world.objects.datasets.push({ ...common, self: dataset, displayName: 'test', kind: 'Acoustic' });
    world.objects.baseModels.push(fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }));
    world.objects.models.push(fakeModel('ours'));
    const isWrong = { ours: (index: number) => index % 9 === 0, base: (index: number) => index % 3 === 0 };
    const marked = '<substitution>mourning</substitution>';
    Object.assign(world.texts, { [ours]: heard(isWrong.ours, marked), [base]: heard(isWrong.base, marked) });
    world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: 0.03, wordErrorRate2: 0.08 } });
    const wanted = { dataset, model: 'ours', against: 'base', name: 'measure', 'min-improvement': 0, 'min-words': 0 };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, string | number | boolean>> };
    const set = evaluatedSet({
      id: 'candidate',
      shown: shownOutputs({
        uses: 'evaluate',
        outputs: { evaluation: outputs['evaluation']!, model: ours, againstModel: base },
      }),
      texts: {
        evaluation: world.objects.evaluations[0]!,
        references: recordings.map((id) => ({ id, text: 'good morning to you' })),
        recognised: {
          1: new Map(Object.entries(heard(isWrong.ours, 'mourning'))),
          2: new Map(Object.entries(heard(isWrong.base, 'mourning'))),
        },
      },
      known: undefined,
    });
    expect([set?.rate.low, set?.rate.high]).toEqual([outputs['werLow'], outputs['werHigh']]);
    expect(set?.comparison).toMatchObject({
      delta: outputs['delta'],
      deltaLow: outputs['deltaLow'],
      deltaHigh: outputs['deltaHigh'],
      pValue: outputs['pValue'],
      matchedPairsPValue: outputs['matchedPairsP'],
    });
  });
});
