import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { localDataOf, localesOf } from '../../../workflows/plan/data/wanted-data.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { PlanSource } from '../../../workflows/plan/plan.ts';
import { resourceOf, resourcesOf } from '../../../workflows/plan/resources.ts';
import { fakeBaseModel } from '../steps/fake-world.ts';
import { step, pipeline, source, facts, actions, factsAfterRun } from './retraining-pipeline.ts';

describe('planPipeline with a strategy', () => {
  const manyLocales = `
name: many locales
locale: \${{ matrix.locale }}
strategy: { matrix: { locale: [en-US, de-DE] } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: "\${{ matrix.locale }}.txt" } }
  - { id: tests, uses: upload, with: { kind: Acoustic, from: test } }
  - id: words
    uses: evaluate
    with: { dataset: "\${{ steps.tests.outputs.dataset }}", model: base }
  - id: retrain
    uses: train
    if: matrix.locale == 'de-DE'
    with: { datasets: ["\${{ steps.text.outputs.dataset }}"] }
finally:
  - id: look
    uses: approve
    if: run.status == 'failed'
    with: { message: x }
  - id: tell
    uses: approve
    needs: [retrain-en-us]
    with: { message: "\${{ run.status }}", by: [maria] }
  - id: nightly
    uses: upload
    if: startsWith(run.id, 'nightly')
    with: { kind: Language, from: "en-US.txt" }
`;
  const loaded = loadPipeline(manyLocales, { path: 'p.yaml', inputs: {} });
  const many: PlanSource = { ...source, pipeline: loaded.pipeline ?? pipeline };
  const localData = Object.fromEntries(
    ['Language:en-US.txt', 'Language:de-DE.txt', 'Acoustic:test'].map((key) => [
      key,
      { digest: key, files: 1, bytes: 1 },
    ]),
  );
  const plan = planPipeline(many, facts({ localData }));
  const planned = (id: string) => plan.steps.find((candidate) => candidate.id === id);

  it('plans every combination for itself, then the steps under finally', () => {
    expect(loaded.diagnostics).toEqual([]);
    expect(actions(plan)).toEqual({
      'text-en-us': 'create',
      'tests-en-us': 'create',
      'words-en-us': 'at-run-time',
      'retrain-en-us': 'skip',
      'text-de-de': 'create',
      'tests-de-de': 'create',
      'words-de-de': 'at-run-time',
      'retrain-de-de': 'at-run-time',
      look: 'at-run-time',
      tell: 'at-run-time',
      nightly: 'at-run-time',
    });
    expect(planned('words-de-de')?.summary).toBe('measure the word error rate once tests-de-de has finished');
    expect(planned('retrain-en-us')?.summary).toBe("its condition is not met: 'en-US' == 'de-DE'");
  });

  it('says that steps under finally run in every outcome, and knows no status of the run yet', () => {
    expect(planned('look')?.summary).toBe("in every outcome: approve if run.status == 'failed'");
    expect(planned('tell')?.summary).toBe('in every outcome: wait for maria to approve');
  });

  it('does not guess the id of the run', () => {
    expect(planned('nightly')?.summary).toBe("in every outcome: upload if startsWith(run.id, 'nightly')");
  });

  it('asks once for local data that several combinations read, and for the base models of every locale', () => {
    expect(localDataOf(many).map(({ from }) => from)).toEqual(['en-US.txt', 'test', 'de-DE.txt']);
    expect(localesOf(many.pipeline)).toEqual(['en-US', 'de-DE']);
    expect(localesOf(pipeline)).toEqual(['en-US']);
  });

  it('chooses models of the locale of the combination', () => {
    const base = (locale: string) => fakeBaseModel(`base of ${locale}`, { created: '2025-01-01T00:00:00Z', locale });
    const document = `name: p\nlocale: "\${{ matrix.locale }}"\nstrategy: { matrix: { locale: [en-US, de-DE] } }\nsteps:\n- { id: words, uses: evaluate, with: { dataset: https://speech/datasets/1, model: base } }\n`;
    const words = loadPipeline(document, { path: 'p.yaml', inputs: {} }).pipeline ?? pipeline;
    const summaries = planPipeline(
      { ...source, pipeline: words },
      facts({ baseModels: [base('en-US'), base('de-DE')] }),
    );
    expect(summaries.steps.map(({ summary }) => /base of (\S+)/.exec(summary)?.[1])).toEqual(['en-US', 'de-DE']);
  });
});

describe('planPipeline with a Speech resource of each combination', () => {
  const document = `
name: regions
locale: en-US
resource: https://\${{ matrix.region }}.cognitiveservices.azure.com
strategy: { matrix: { region: [west, east] } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
finally:
  - { id: ask, uses: approve, with: { message: x } }
`;
  const [west, east] = [
    'https://west.cognitiveservices.azure.com',
    'https://east.cognitiveservices.azure.com',
  ] as const;
  const loaded = loadPipeline(document, { path: 'p.yaml', inputs: {}, env: {} }).pipeline ?? pipeline;
  const localData = { 'Language:text.txt': { digest: 'b', files: 1, bytes: 100 } };

  it('plans each step by what its own resource has, and says which that is', async () => {
    const { datasets } = (await factsAfterRun(20)).facts;
    const plan = planPipeline({ ...source, pipeline: loaded, target: { endpoint: west } }, ({ resource }) =>
      facts({ localData, ...(resource === east ? { datasets } : {}) }),
    );
    expect(plan.steps.map(({ id, action, resource }) => [id, action, resource])).toEqual([
      ['text-west', 'create', west],
      ['text-east', 'reuse', east],
      ['ask', 'at-run-time', undefined],
    ]);
  });

  it('says that the embedded emulator stands for all', () => {
    const plan = planPipeline({ ...source, pipeline: loaded }, facts({ localData }));
    expect(plan.steps.map(({ resource }) => resource)).toEqual(['embedded-emulator', 'embedded-emulator', undefined]);
  });

  it('lists each resource that the pipeline names once, and no Azure resource id', () => {
    expect(resourcesOf(loaded)).toEqual([west, east]);
    expect(resourcesOf(pipeline)).toEqual([]);
    expect(resourcesOf({ ...pipeline, resource: '/subscriptions/1/x' })).toEqual([]);
  });

  it('takes the resource of an older plan, which no step names, from its target', () => {
    expect(resourceOf(step('a', 'upload', {}), { target: { endpoint: west } })).toBe(west);
  });
});
