import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

const trainAndTest = `
  - { id: test-data, uses: upload, with: { kind: Acoustic, from: data/test } }
  - { id: words, uses: upload, with: { kind: Language, from: data/words.txt } }
  - { id: retrain, uses: train, with: { datasets: ["\${{ steps.words.outputs.dataset }}"] } }
  - id: candidate
    uses: evaluate
    with: { dataset: "\${{ steps.test-data.outputs.dataset }}", model: "\${{ steps.retrain.outputs.model }}" }`;

describe('a trained model that goes live', () => {
  it.each([
    ['reads the measurement', 'if: steps.candidate.outputs.wer < 0.1'],
    ['needs the measurement', 'needs: [candidate]'],
    ['needs a step that needs the measurement', 'needs: [ask]'],
  ])('is told nothing when its step %s', (_, key) => {
    const ask = '- { id: ask, uses: approve, needs: [candidate], with: { message: Go on? } }';
    expect(told(`${trainAndTest}\n  ${ask}\n${swapWith(key)}`)).toEqual([]);
  });

  it.each([
    ['needs the training alone', 'needs: [retrain]'],
    ['is approved alone', 'needs: [ask]'],
    ['is measured as it was before', 'needs: [baseline]'],
  ])('is told when its step %s', (_, key) => {
    const others = `
  - { id: ask, uses: approve, with: { message: Go on? } }
  - { id: baseline, uses: evaluate, with: { dataset: "\${{ steps.test-data.outputs.dataset }}", model: base } }`;
    expect(told(`${trainAndTest}${others}\n${swapWith(key)}`)).toEqual([['unmeasured-model', 'warning']]);
  });

  it.each(['base', 'endpoint/other', '5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11'])(
    'is told nothing of the model %s, which is trained elsewhere',
    (model) => {
      expect(told(`\n  - { id: live, uses: swap, with: { endpoint: calls, model: ${model} } }`)).toEqual([]);
    },
  );

  it('is measured in every combination of a matrix', () => {
    const matrix = 'strategy: { matrix: { weight: [10, 20] } }\n';
    expect(told(`${trainAndTest}\n${swapWith('needs: [candidate]')}`, matrix)).toEqual([]);
    expect(told(`${trainAndTest}\n${swapWith('retry: {}')}`, matrix)).toEqual([['unmeasured-model', 'warning']]);
  });
});

describe('a model that is compared', () => {
  const id = '5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11';
  it.each([
    ['base', 'base', 'same-model'],
    ['endpoint/calls', 'endpoint/calls', 'same-model'],
    [id, `https://westus.api.cognitive.microsoft.com/speechtotext/models/base/${id.toUpperCase()}`, 'same-model'],
    ['"${{ steps.retrain.outputs.model }}"', '"${{steps.retrain.outputs.model}}"', 'same-model'],
    ['base', 'base/2026-01', undefined],
    ['endpoint/calls', 'endpoint/Calls', undefined],
    ['"${{ steps.retrain.outputs.model }}"', 'base', undefined],
  ])('is told when it is the other one: %s and %s', (model, against, code) => {
    const measure = `
  - { id: both, uses: evaluate, with: { dataset: ${id}, model: ${model}, against: ${against} } }`;
    expect(told(`${trainAndTest}${measure}`)).toEqual(code === undefined ? [] : [[code, 'warning']]);
  });
});

describe('data for training and for measuring', () => {
  it.each([
    ['the same path', 'data/test', 'trained-with-test-data'],
    ['the same path in another form', './data//test/', 'trained-with-test-data'],
    ['another path', 'data/train', undefined],
    ['a URL', 'https://contoso.com/test.zip', undefined],
  ])('%s is one dataset more or the same', (_, from, code) => {
    const steps = `
  - { id: test-data, uses: upload, with: { kind: Acoustic, from: data/test } }
  - { id: train-data, uses: upload, with: { kind: Acoustic, from: ${from} } }
  - { id: retrain, uses: train, with: { datasets: ["\${{ steps.train-data.outputs.dataset }}"] } }
  - { id: baseline, uses: evaluate, with: { dataset: "\${{ steps.test-data.outputs.dataset }}", model: base } }`;
    expect(told(steps)).toEqual(code === undefined ? [] : [[code, 'warning']]);
  });

  it('of one URL are the same with another signature', () => {
    const url = 'https://contoso.blob.core.windows.net/data/test.zip';
    const steps = `
  - { id: test-data, uses: upload, with: { kind: Acoustic, from: "${url}?\${{ env.TEST_SAS }}" } }
  - { id: train-data, uses: upload, with: { kind: Acoustic, from: "${url}?sv=1&sig=\${{ env.TRAIN_SAS }}" } }
  - { id: other-data, uses: upload, with: { kind: Acoustic, from: "${url}?sv=2&sig=\${{ env.TRAIN_SAS }}" } }
  - { id: retrain, uses: train, with: { datasets: ["\${{ steps.train-data.outputs.dataset }}"] } }
  - { id: baseline, uses: evaluate, with: { dataset: "\${{ steps.other-data.outputs.dataset }}", model: base } }`;
    const env = 'env: { TEST_SAS: {}, TRAIN_SAS: {} }\n';
    expect(told(steps, env)).toEqual([['trained-with-test-data', 'warning']]);
  });

  it.each([
    ['5AE0AC4A-4b0f-4d6e-8b5e-0d1a9f4d7c11', 'trained-with-test-data'],
    ['6ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11', undefined],
  ])('the dataset %s is told by its id', (id, code) => {
    const steps = `
  - { id: retrain, uses: train, with: { datasets: [${id}] } }
  - id: baseline
    uses: evaluate
    with:
      dataset: https://contoso.com/speechtotext/datasets/5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11?api-version=2025-10-15
      model: base`;
    expect(told(steps)).toEqual(code === undefined ? [] : [[code, 'warning']]);
  });

  it.each([
    ['en-GB', [['dataset-locale', 'error']]],
    ['EN-us', []],
    ['${{ inputs.locale }}', []],
  ])('of the locale %s is compared with the one of the pipeline', (locale, expected) => {
    const inputs = 'inputs: { locale: { type: string, default: en-GB } }\n';
    const steps = `
  - { id: words, uses: upload, with: { kind: Language, from: data/words.txt, locale: "${locale}" } }
  - { id: retrain, uses: train, with: { datasets: ["\${{ steps.words.outputs.dataset }}"] } }`;
    const codes = told(steps, inputs).filter(([code]) => code !== 'unused-input');
    expect(codes).toEqual(locale === 'EN-us' ? [['invalid-locale', 'error']] : expected);
  });

  it.each([
    ['Pronunciation', 'Language', []],
    ['Pronunciation', 'Pronunciation', []],
    ['LanguageMarkdown', 'Pronunciation', [['dataset-kinds-apart', 'error']]],
    ['AudioFiles', 'Language', []],
  ])('of the kinds %s and %s is trained with together or not', (one, other, expected) => {
    const steps = `
  - { id: one, uses: upload, with: { kind: ${one}, from: data/one } }
  - { id: other, uses: upload, with: { kind: ${other}, from: data/other } }
  - id: retrain
    uses: train
    with: { datasets: ["\${{ steps.one.outputs.dataset }}", "\${{ steps.other.outputs.dataset }}"] }`;
    expect(told(steps)).toEqual(expected);
  });
});

function swapWith(key: string): string {
  return `  - id: live
    uses: swap
    ${key}
    with: { endpoint: calls, model: "\${{ steps.retrain.outputs.model }}" }`;
}

function told(steps: string, head = ''): readonly (readonly string[])[] {
  const { diagnostics } = loadPipeline(`name: x\nlocale: en-US\n${head}steps:${steps}\n`, { path: 'p.yaml' });
  return diagnostics.map(({ code, severity }) => [code, severity]);
}
