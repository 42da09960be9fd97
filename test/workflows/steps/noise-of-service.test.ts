import { expect, it } from 'vitest';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { evaluatedSet } from '../../../workflows/evidence/evaluated-set.ts';
import { shownOutputs } from '../../../workflows/evidence/shown-outputs.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { recognisedIn } from '../../../workflows/steps/test-set.ts';
import { systemClock } from '../../../workflows/time/system-clock.ts';
import { acousticZip, recordings } from '../../emulator/acoustic-zip.ts';
import { startClient } from '../../emulator/client.ts';
import { everyday, ward, wardNotes } from '../../emulator/recognition/spoken-texts.ts';
import { createFakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

it.each([0, 0.1])(
  'with noise %s of the emulator, those recordings are marked that differ',
  async (recognitionNoise) => {
    const client = await startClient({ recognitionNoise });
    const said = [...ward, ...everyday.slice(0, 10)];
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('ward', said)));
    const custom = await client.model([await client.text(wardNotes)]);
    await client.control('POST', '/clock', { speed: 10_000 });
    const { url: endpoint, key } = client.emulator;
    const speech = createSpeechClient({ endpoint, credential: { key }, pollFloorMilliseconds: 50 });
    const world = createFakeWorld();
    const ports = { ...world.ports, speech, clock: systemClock() };
    const wanted: EvaluateWith = {
      name: 'gate',
      dataset: dataset.self,
      model: custom.self,
      against: 'base',
      noise: 3,
      'min-improvement': 0,
      'min-words': 0,
    };
    const { outcome } = await runStep(evaluate, wanted, { world: { ...world, ports } });
    const { outputs } = outcome as Extract<typeof outcome, { readonly kind: 'done' }>;
    const evaluations = await speech.evaluations.list();
    expect(evaluations).toHaveLength(3);

    const signal = new AbortController().signal;
    const reader = { ports, signal, report: () => undefined };
    const textsOf = async (evaluation: Evaluation) => ({
      1: await recognisedIn({ evaluation, side: 1 }, reader),
      2: await recognisedIn({ evaluation, side: 2 }, reader),
    });
    const texts = await Promise.all(evaluations.map(textsOf));
    const differing = said
      .map((_, index) => `ward${index}.wav`)
      .filter((name) => ([1, 2] as const).some((side) => new Set(texts.map((of) => of[side].get(name))).size > 1))
      .toSorted();
    expect(differing.length > 0).toBe(recognitionNoise > 0);
    expect(differing.length).toBeLessThan(said.length);
    expect(outputs).toMatchObject({ unstable: differing.length, unstableRecordings: JSON.stringify(differing) });

    const set = evaluatedSet({
      id: 'candidate',
      shown: shownOutputs({ uses: 'evaluate', outputs }),
      texts: {
        evaluation: evaluations.find(({ self }) => self === outputs['evaluation'])!,
        references: said.map((text, index) => ({ id: `ward${index}.wav`, text })),
        recognised: texts[evaluations.findIndex(({ self }) => self === outputs['evaluation'])]!,
      },
      known: undefined,
    });
    const marked = set?.utterances.filter(({ unstable }) => unstable === true).map(({ id }) => id);
    expect(marked?.toSorted()).toEqual(differing);
    expect(set?.noise).toEqual({
      evaluations: 3,
      unstable: differing.length,
      low: outputs['werNoiseLow'],
      high: outputs['werNoiseHigh'],
      passed: true,
      sentence: outputs['noise'],
    });
  },
);
