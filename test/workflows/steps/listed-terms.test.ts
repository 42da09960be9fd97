import { describe, expect, it } from 'vitest';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { Outputs } from '../../../workflows/engine/step-kind.ts';
import { evaluatedSet } from '../../../workflows/evidence/evaluated-set.ts';
import { shownOutputs } from '../../../workflows/evidence/shown-outputs.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { createFakeWorld, fakeBaseModel, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const dataset = 'https://speech/datasets/test';
const [ours, base] = ['https://speech/models/ours', 'https://speech/models/base/new'];
const recordings = Array.from({ length: 80 }, (_, index) => `${index}.wav`);
const sentence = 'please give her ramipril now and then call the ward doctor';

/** `ours` is better over all words, and takes the drug for another word in so many of the first recordings. */
function worldOfDrugs({ missed }: { readonly missed: number }): FakeWorld {
  const world = createFakeWorld();
  const at = '2026-01-01T00:00:00Z';
  const common = { locale: 'en-US', createdDateTime: at, lastActionDateTime: at, status: 'Succeeded' };
  world.objects.datasets.push({ ...common, self: dataset, displayName: 'test', kind: 'Acoustic' });
  world.objects.baseModels.push(fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }));
  world.objects.models.push(fakeModel('ours'));
  world.transcript = recordings.map((file) => `${file}\t${sentence}\n`).join('');
  const wrong = (word: string): string => sentence.replace(word, '<substitution>rum</substitution>');
  const heard = (isWrong: (index: number) => boolean, word: string): Record<string, string> =>
    Object.fromEntries(recordings.map((name, index) => [name, isWrong(index) ? wrong(word) : sentence]));
  Object.assign(world.texts, {
    [ours]: heard((index) => index < missed, 'ramipril'),
    [base]: heard(() => true, 'doctor'),
  });
  world.terms = [
    { name: 'ramipril', variants: ['ramipril'], line: 1 },
    { name: 'ward', variants: ['ward'], line: 2 },
    { name: 'codeine', variants: ['codeine'], line: 3 },
  ];
  world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: missed / 880, wordErrorRate2: 80 / 880 } });
  return world;
}

async function outputsOf(world: FakeWorld, wanted: Partial<EvaluateWith>): Promise<Outputs> {
  const always = {
    'min-improvement': 0,
    'min-words': 700,
    name: 'measure',
    dataset,
    model: 'ours',
    terms: 'terms.txt',
  };
  const { outcome } = await runStep(evaluate, { ...always, ...wanted }, { world });
  return outcome.kind === 'skipped' ? {} : outcome.outputs;
}

describe('evaluate with terms', () => {
  it('counts them in what the model recognised', async () => {
    const outputs = await outputsOf(worldOfDrugs({ missed: 20 }), {});
    expect(outputs).toMatchObject({ termErrorRate: 20 / 160, termsSaid: 160 });
    expect(JSON.parse(String(outputs['terms']))).toEqual([
      { name: 'ramipril', hits: 60, misses: 20, falseAlarms: 0 },
      { name: 'ward', hits: 80, misses: 0, falseAlarms: 0 },
    ]);
    expect(outputs).not.toHaveProperty('termsPass');
    expect(evaluate.summarise?.(outputs).at(-1)).toMatch(/^terms: 12\.5 % of 160 wrong \([\d.]+ % to [\d.]+ %\)$/);
  });

  it('has nothing better that is above their bound, and chance does not explain it', async () => {
    const above = await outputsOf(worldOfDrugs({ missed: 20 }), { against: 'base', 'max-term-error-rate': 0.05 });
    expect(above).toMatchObject({ better: false, termsPass: false });
    expect(above['verdict']).toMatch(/^better, but not for the terms: 12\.5 % of 160 wrong \(.*\), above 5\.0 %$/);
    expect(evaluate.summarise?.(above).filter((text) => text.includes('wrong'))).toHaveLength(1);
    const near = await outputsOf(worldOfDrugs({ missed: 20 }), { against: 'base', 'max-term-error-rate': 0.11 });
    expect(near).toMatchObject({ better: true, termsPass: true });
    expect(near['termsVerdict']).toMatch(
      /^12\.5 % of 160 wrong \(.*\), above 11\.0 %, which chance explains \(p 0\.\d{3}\)$/,
    );
    const within = await outputsOf(worldOfDrugs({ missed: 2 }), { against: 'base', 'max-term-error-rate': 0.05 });
    expect(within).toMatchObject({ better: true, termsPass: true });
    expect(within['termsVerdict']).toMatch(/^1\.3 % of 160 wrong \(.*\), within 5\.0 %$/);
  });

  it('cannot tell of terms that are above their bound and hardly said', async () => {
    const world = worldOfDrugs({ missed: 3 });
    const said = (index: number): string => (index < 3 ? sentence : sentence.replace('ramipril', 'water'));
    world.transcript = recordings.map((file, index) => `${file}\t${said(index)}\n`).join('');
    const heard = Object.entries(world.texts).map(([model, texts]) => [
      model,
      Object.fromEntries(
        recordings.map((name, index) => [name, index < 3 ? texts[name]! : texts[name]!.replace('ramipril', 'water')]),
      ),
    ]);
    Object.assign(world.texts, Object.fromEntries(heard));
    world.terms = [{ name: 'ramipril', variants: ['ramipril'], line: 1 }];
    const outputs = await outputsOf(world, { against: 'base', 'max-term-error-rate': 0.05 });
    expect(outputs).toMatchObject({
      better: false,
      termsPass: false,
      verdict: 'cannot tell: 100.0 % of 3 wrong, above 5.0 %, but said in 3 recordings, fewer than 10',
    });
  });

  it('does not pass where none of them is said', async () => {
    const world = worldOfDrugs({ missed: 0 });
    world.terms = [{ name: 'codeine', variants: ['codeine'], line: 1 }];
    const outputs = await outputsOf(world, { against: 'base', 'max-term-error-rate': 0.05 });
    expect(outputs).toMatchObject({ better: false, termsPass: false, termsSaid: 0 });
    expect(outputs['verdict']).toBe('cannot tell: none of the terms is said in the recordings');
  });

  it('measures nothing with a term that the profile leaves nothing of', async () => {
    const world = worldOfDrugs({ missed: 0 });
    world.terms = [{ name: '-', variants: ['-'], line: 7 }];
    await expect(outputsOf(world, {})).rejects.toThrow('Correct the list of terms, line 7: Write the term in words');
    expect(world.objects.evaluations).toEqual([]);
  });

  it('has them in its plan and in results.json', async () => {
    const world = worldOfDrugs({ missed: 20 });
    const wanted = { dataset, model: 'ours', name: 'm', 'min-improvement': 0, 'min-words': 700, terms: 'drugs.txt' };
    const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const bounded = { ...wanted, 'max-term-error-rate': 0.05 };
    expect(evaluate.plan({ ...about, known: bounded, with: bounded }, facts).summary).toContain(
      ', and of the terms in drugs.txt (at most 5.0 %)',
    );
    const outputs = await outputsOf(world, {});
    const set = evaluatedSet({
      id: 'm',
      shown: shownOutputs({ uses: 'evaluate', outputs }),
      texts: 'not read',
      known: undefined,
    });
    expect(set?.terms?.[0]).toEqual({ name: 'ramipril', hits: 60, misses: 20, falseAlarms: 0 });
  });
});
