import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { asksPerson, heardFolders, readPaths, usesResource } from '../../../workflows/language/pipeline.ts';

const head = 'name: x\nlocale: en-US\nsteps:\n';
const found = (steps: string): readonly string[] =>
  loadPipeline(head + steps, { path: 'p.yaml' }).diagnostics.map(({ code, message }) => `${code}: ${message}`);

describe('what the schemas say of step kinds', () => {
  it('finds the audio that endpoints are to hear and that is in no dataset', () => {
    const swap = '{ endpoint: ward, model: base, verify: { audio: data/smoke } }';
    const steps = `  - { id: a, uses: swap, with: ${swap} }\n  - { id: b, uses: approve, with: { message: data/smoke } }\n`;
    const { pipeline } = loadPipeline(head + steps, { path: 'p.yaml' });
    expect(pipeline?.steps.flatMap((step) => heardFolders(step.uses, step.with))).toEqual(['data/smoke']);
  });

  it('finds the files and folders that steps read as they are, and not the data of datasets', () => {
    const manifest = '{ by: accent, manifest: recordings.tsv, max-regression: 2% }';
    const id = '11111111-1111-1111-1111-111111111111';
    const steps = [
      '  - { id: a, uses: upload, with: { kind: Language, from: text.txt } }',
      `  - { id: b, uses: evaluate, with: { dataset: ${id}, model: base, against: endpoint/ward, terms: terms.txt, slices: [${manifest}] } }`,
      '  - { id: c, uses: swap, with: { endpoint: ward, model: base, verify: { audio: data/smoke }, release: releases } }',
    ];
    const { pipeline } = loadPipeline(`${head}${steps.join('\n')}\n`, { path: 'p.yaml' });
    const paths = pipeline?.steps.flatMap((step) => readPaths(step.uses, step.with));
    expect(paths?.toSorted()).toEqual(['data/smoke', 'recordings.tsv', 'terms.txt']);
  });

  it('knows who is asked and what needs no Speech resource', () => {
    expect(['approve', 'swap', 'no-such-kind'].map(asksPerson)).toEqual([true, false, false]);
    expect(['approve', 'swap'].map(usesResource)).toEqual([false, true]);
  });

  it.each([
    ['measured-by: b', 'missing-companion: Cannot use `measured-by` without `if-wer-above`'],
    ['if-wer-above: 15%', 'missing-companion: Cannot use `if-wer-above` without `measured-by`'],
  ])('tells that %s means nothing alone', (setting, told) => {
    const evaluate = `  - { id: b, uses: evaluate, with: { dataset: ${'1'.repeat(8)}-1111-1111-1111-111111111111, model: base } }\n`;
    const train = `  - { id: a, uses: train, with: { datasets: [11111111-1111-1111-1111-111111111111], ${setting} } }\n`;
    expect(found(evaluate + train)).toEqual([told]);
  });
});
