import { describe, expect, it } from 'vitest';
import { cpuOf } from '../../cpu-of.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

/** What is said of release files of a pipeline with such steps; where a step begins with a name it swaps an endpoint of that. */
function told(
  { steps, more = '' }: { readonly steps: readonly string[]; readonly more?: string },
  given: { readonly inputs?: Readonly<Record<string, string>>; readonly env?: Readonly<Record<string, string>> } = {},
): readonly string[] {
  const text = `name: live\n${more.includes('locale:') ? '' : 'locale: en-US\n'}${more}steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
  return loadPipeline(text, { path: 'live.yaml', ...given }).diagnostics.map(({ code, message }) =>
    code === 'shared-release' ? message : code,
  );
}

function swap(release: string, { id = 'go', endpoint = 'ward', more = '' } = {}): string {
  return `{ id: ${id}, uses: swap, ${more}with: { endpoint: "${endpoint}", model: base, release: "${release}" } }`;
}

const regions = `resource: \${{ inputs[matrix.region] }}
inputs: { west: { type: string }, north: { type: string } }
strategy: { matrix: { region: [west, north] } }
`;
const shared = expect.stringMatching(
  /^Cannot write the releases of two endpoints into one file, `releases\/ward\.yaml`/,
);

describe('release files that several endpoints would share', () => {
  it('are told before it is known which resources there are, and when it is', () => {
    const steps = [swap('releases')];
    expect(told({ steps, more: regions })).toEqual([shared]);
    const [west, north] = ['https://west.cognitiveservices.azure.com', 'https://north.cognitiveservices.azure.com'];
    expect(told({ steps, more: regions }, { inputs: { west, north } })).toEqual([shared]);
    // It is one endpoint then.
    expect(told({ steps, more: regions }, { inputs: { west, north: west } })).toEqual([]);
  });

  it.each([
    ['in a folder for each', swap('releases/${{ matrix.region }}')],
    ['with a name for each', swap('releases', { endpoint: 'ward-${{ matrix.region }}' })],
    ['named by its id', swap('releases', { endpoint: '11111111-2222-4333-8444-555555555555' })],
  ])('are none where the endpoint is %s', (_, step) => {
    expect(told({ steps: [step], more: regions })).toEqual([]);
  });

  it('are found through inputs and variables, once these are known', () => {
    const more = `${regions.replace('}\nstrategy', ', to: { type: string } }\nstrategy')}env: { TO: {} }\n`;
    const steps = [swap('${{ inputs.to }}/${{ env.TO }}')];
    const inputs = {
      west: 'https://west.cognitiveservices.azure.com',
      north: 'https://north.cognitiveservices.azure.com',
      to: 'releases',
    };
    expect(told({ steps, more })).toEqual([]);
    expect(told({ steps, more }, { inputs, env: { TO: '.' } })).toEqual([shared]);
  });

  it('are none of two swaps of one endpoint, and are found between steps that name resources of their own', () => {
    const more = 'resource: https://west.cognitiveservices.azure.com\n';
    const other = 'resource: "https://north.cognitiveservices.azure.com", ';
    expect(told({ more, steps: [swap('releases'), swap('./releases', { id: 'again' })] })).toEqual([]);
    expect(told({ more, steps: [swap('releases'), swap('./releases', { id: 'north', more: other })] })).toEqual([
      shared,
    ]);
  });

  it('are looked for in about the time that the steps take to read, however many there are', () => {
    const more = 'inputs: { at: { type: string } }\n';
    const steps = (release: string): readonly string[] =>
      Array.from({ length: 2000 }, (_, number) => {
        const step = swap(release, { id: `go${number}`, more: 'resource: "${{ inputs.at }}", ' });
        return release === '' ? step.replace(', release: ""', '') : step;
      });
    expect(told({ steps: steps('releases'), more })).toEqual([]);
    const without = cpuOf(() => told({ steps: steps(''), more }));
    expect(cpuOf(() => told({ steps: steps('releases'), more }), 4 * without)).toBeLessThan(4 * without);
  });
});
