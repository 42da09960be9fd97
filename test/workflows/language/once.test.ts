import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline } from '../../../workflows/language/pipeline.ts';

const train = 'https://train.cognitiveservices.azure.com';

function load(text: string): { readonly codes: readonly string[]; readonly pipeline: Pipeline | undefined } {
  const { pipeline, diagnostics } = loadPipeline(text, { path: 'p.yaml', inputs: {}, env: {} });
  return { codes: diagnostics.map(({ code }) => code), pipeline };
}

const written = (more: { readonly own?: string; readonly last?: string } = {}): string => `name: p
locale: en-US
resource: https://\${{ matrix.region }}.cognitiveservices.azure.com
inputs: { training: { type: string, default: "${train}" } }
strategy: { matrix: { region: [west, east] } }
steps:
  - { id: text, uses: upload, once: true, resource: "\${{ inputs.training }}", with: { kind: Language, from: a.txt } }
  - id: train
    uses: train
    once: true
    ${more.own ?? 'resource: "${{ inputs.training }}"'}
    with: { datasets: ["\${{ steps.text.outputs.dataset }}"] }
  - { id: go, uses: swap, with: { endpoint: e, model: "\${{ steps.train.outputs.model }}" }, needs: [train] }
finally:
  - { id: tell, uses: approve, with: { message: "${more.last ?? '${{ steps.train.outputs.model }}'}" } }
`;

describe('a step that is done once', () => {
  it('has no copies, comes first, and is what the steps of every combination refer to', () => {
    const { codes, pipeline } = load(written());
    // No step of this pipeline measures the model.
    expect(codes).toEqual(['unmeasured-model']);
    expect(pipeline?.steps.map(({ id }) => id)).toEqual(['text', 'train', 'go-west', 'go-east', 'tell']);
    expect(pipeline?.layers).toEqual([['text'], ['train'], ['go-west', 'go-east'], ['tell']]);
    const [, second, west] = pipeline?.steps ?? [];
    expect(second).toMatchObject({ resource: train, needs: ['text'] });
    expect(second?.combination).toBeUndefined();
    expect(west).toMatchObject({
      resource: 'https://west.cognitiveservices.azure.com',
      with: { model: '${{ steps.train.outputs.model }}' },
      needs: ['train'],
    });
  });

  it('says on which resource it works, where the matrix makes several', () => {
    expect(load(written({ own: '' })).codes).toEqual(['resource-of-several-combinations']);
  });

  it('is not read by the id of a copy, and its resource reads no matrix', () => {
    expect(load(written({ last: '${{ steps.train-west.outputs.model }}' })).codes).toEqual(['unknown-step']);
    const own = 'resource: https://${{ matrix.region }}.cognitiveservices.azure.com';
    expect(load(written({ own })).codes).toEqual(['no-matrix']);
  });
});

describe('the resource of a step', () => {
  it('takes the place of the one of the pipeline, also in a combination and under `finally`', () => {
    const { codes, pipeline } = load(`name: p
locale: en-US
resource: https://\${{ matrix.region }}.cognitiveservices.azure.com
strategy: { matrix: { region: [west, east] } }
steps:
  - { id: a, uses: upload, with: { kind: Language, from: a.txt }, resource: "https://a-\${{ matrix.region }}.cognitiveservices.azure.com" }
  - { id: b, uses: upload, with: { kind: Language, from: b.txt } }
finally:
  - { id: c, uses: upload, with: { kind: Language, from: c.txt }, resource: "${train}" }
`);
    expect(codes).toEqual([]);
    const at = Object.fromEntries(pipeline?.steps.map(({ id, resource }) => [id, resource]) ?? []);
    expect(at).toEqual({
      'a-west': 'https://a-west.cognitiveservices.azure.com',
      'b-west': 'https://west.cognitiveservices.azure.com',
      'a-east': 'https://a-east.cognitiveservices.azure.com',
      'b-east': 'https://east.cognitiveservices.azure.com',
      c: train,
    });
  });

  it('is a base URL that can be told before the run', () => {
    const at = (resource: string): readonly string[] =>
      load(
        `name: p\nlocale: en-US\nsteps:\n  - { id: a, uses: upload, resource: "${resource}", with: { kind: Language, from: a.txt } }\n`,
      ).codes;
    expect(at('/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a')).toEqual([
      'invalid-resource',
    ]);
    expect(at('https://${{ run.id }}.cognitiveservices.azure.com')).toEqual(['expression-not-allowed']);
  });
});
