import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

/** The codes that are told of a step with this setting. */
function told(step: string): readonly string[] {
  const { diagnostics } = loadPipeline(`name: x\nlocale: en-US\nsteps:\n  - ${step}\n`, { path: 'p.yaml' });
  return diagnostics.map(({ code }) => code);
}

const id = '5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11';

describe('a base model to adapt', () => {
  it.each(['newest', '"20240614"', '20230101 + Audio file adaptation', id, `https://contoso.com/models/base/${id}`])(
    'may be %s',
    (model) => {
      expect(told(`{ id: a, uses: train, with: { datasets: [${id}], base-model: ${model} } }`)).toEqual([]);
    },
  );

  it.each([
    ['newset', 'invalid-reference'],
    ['20240614', 'wrong-type'],
  ])('is not %s', (model, code) => {
    expect(told(`{ id: a, uses: train, with: { datasets: [${id}], base-model: ${model} } }`)).toEqual([code]);
  });
});

describe('a model to serve', () => {
  it.each(['base', 'base/20240614', 'endpoint/calls', id])('may be %s', (model) => {
    expect(told(`{ id: a, uses: swap, with: { endpoint: calls, model: ${model} } }`)).toEqual([]);
  });

  it.each(['base/', 'bases', 'calls'])('is not %s', (model) => {
    expect(told(`{ id: a, uses: swap, with: { endpoint: calls, model: ${model} } }`)).toEqual(['invalid-reference']);
  });
});
