import { Lexer } from '@actions/expressions';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadPipeline, type LoadedPipeline, type LoadOptions } from '../../../workflows/language/load-pipeline.ts';
import { resourcesOf } from '../../../workflows/plan/resources.ts';

const steps = 'steps: [{ id: a, uses: upload, with: { kind: Language, from: a } }]';
const regions = 'strategy: { matrix: { region: [west, east] } }';

function load(resource: string, options: Partial<LoadOptions> & { readonly rest?: string } = {}): LoadedPipeline {
  const { rest = '', ...given } = options;
  const text = `name: x\nlocale: en-US\nresource: ${JSON.stringify(resource)}\n${rest}\n${steps}\n`;
  return loadPipeline(text, { path: 'p.yaml', inputs: {}, env: {}, ...given });
}

function codes(...given: Parameters<typeof load>): readonly string[] {
  return load(...given).diagnostics.map(({ code }) => code);
}

describe('resource', () => {
  it.each([
    ['https://x.cognitiveservices.azure.com/', 'https://x.cognitiveservices.azure.com'],
    ['https://westeurope.api.cognitive.microsoft.com', 'https://westeurope.api.cognitive.microsoft.com'],
    ['http://127.0.0.1:7270', 'http://127.0.0.1:7270'],
    ['/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a', undefined],
  ])('may be %s', (written, url = written) => {
    const { pipeline, diagnostics } = load(written);
    expect([diagnostics, pipeline?.resource, pipeline?.steps[0]?.resource]).toEqual([[], url, undefined]);
  });

  it.each([
    'my-speech',
    'http://x.cognitiveservices.azure.com',
    'http://127.0.0.1.example.com',
    'https://user:pw@x.cognitiveservices.azure.com',
    'https://x.cognitiveservices.azure.com/speechtotext',
    'https://x.cognitiveservices.azure.com?a=b',
    'https://.cognitiveservices.azure.com',
    'https://speech-.cognitiveservices.azure.com',
    'https://localhost.',
    'ftp://x.cognitiveservices.azure.com',
    'https://ѕpeech.cognitiveservices.azure.com',
    'https://xn--peech-8cf.cognitiveservices.azure.com',
  ])('may not be %s', (written) => {
    expect(codes(written)).toEqual(['invalid-resource']);
  });

  it('reads inputs and variables, which count as read', () => {
    const rest = 'inputs: { name: { type: string, default: calls } }\nenv: { STAGE: {} }';
    const { pipeline, diagnostics } = load('https://${{ inputs.name }}-${{ env.STAGE }}.cognitiveservices.azure.com', {
      rest,
      env: { STAGE: 'test' },
    });
    expect([diagnostics, pipeline?.resource]).toEqual([[], 'https://calls-test.cognitiveservices.azure.com']);
    expect(codes('${{ inputs[env.STAGE] }}', { rest, env: { STAGE: 'name' } })).toEqual(['invalid-resource']);
  });

  it('says in which combination it is empty, and which inputs there are', () => {
    const rest =
      'strategy: { matrix: { region: [west, esat] } }\ninputs: { west: { type: string, default: "https://w.example" }, east: { type: string, default: "https://e.example" } }';
    expect(load('${{ inputs[matrix.region] }}', { rest }).diagnostics.map(({ message }) => message)).toEqual([
      'Cannot use `${{ inputs[matrix.region] }}` for `resource`: it is empty in the combination `esat`, so set the variable or give the input that it reads; the pipeline declares `west`, `east`',
    ]);
  });

  it('is of each combination where it reads the matrix', () => {
    const { pipeline } = load('https://speech-${{ matrix.region }}.cognitiveservices.azure.com', { rest: regions });
    expect(pipeline?.resource).toBe('https://speech-west.cognitiveservices.azure.com');
    expect(pipeline?.steps.map(({ resource }) => resource)).toEqual([
      'https://speech-west.cognitiveservices.azure.com',
      'https://speech-east.cognitiveservices.azure.com',
    ]);
    const same = load('https://speech.cognitiveservices.azure.com', { rest: regions });
    expect(same.pipeline?.steps.map(({ resource }) => resource)).toEqual([undefined, undefined]);
  });

  it('may be several in a setting, each with what the matrix says', () => {
    const text = (list: string): string =>
      `name: x\nlocale: en-US\nresource: https://west.azure.com\nenv: { STAGE: {} }\n${regions}\nsteps: [{ id: a, uses: prune, with: { served-at: ${list} } }]`;
    const list = '[ "https://${{ matrix.region }}-${{ env.STAGE }}.azure.com/", https://south.azure.com ]';
    const { pipeline, diagnostics } = loadPipeline(text(list), { path: 'p.yaml', inputs: {}, env: { STAGE: 'test' } });
    expect(diagnostics).toEqual([]);
    const served = (region: string): readonly string[] => [
      `https://${region}-test.azure.com`,
      'https://south.azure.com',
    ];
    expect(pipeline?.steps.map((one) => one.with['served-at'])).toEqual([served('west'), served('east')]);
    expect(pipeline && resourcesOf(pipeline).toSorted()).toEqual([
      'https://east-test.azure.com',
      'https://south.azure.com',
      'https://west-test.azure.com',
      'https://west.azure.com',
    ]);
    const wrong = loadPipeline(text('[my-speech]'), { path: 'p.yaml', inputs: {}, env: {} });
    expect(wrong.diagnostics.map(({ code }) => code)).toContain('invalid-resource');
  });

  it.each([
    ['a variable that is not set', 'https://x${{ env.STAGE }}.cognitiveservices.azure.com', ['invalid-resource']],
    ['a variable that is not declared', 'https://${{ env.OTHER }}.azure.com', ['undeclared-variable']],
    ['a secret', 'https://${{ env.SAS }}.cognitiveservices.azure.com', ['misplaced-secret']],
    ['all variables', "https://${{ join(env, '') }}.cognitiveservices.azure.com", ['misplaced-secret']],
    ['an output', '${{ steps.a.outputs.dataset }}', ['expression-not-allowed']],
    ['the run', 'https://${{ run.id }}.cognitiveservices.azure.com', ['expression-not-allowed']],
    ['no matrix', 'https://${{ matrix.region }}.cognitiveservices.azure.com', ['no-matrix']],
    ['an open expression', 'https://${{ env.STAGE', ['unclosed-expression']],
    ['text that is no JSON', "${{ fromJSON('x') }}", ['invalid-resource']],
  ])('is told when it reads %s', (_, written, expected) => {
    const found = codes(written, { rest: 'env: { STAGE: {}, SAS: { secret: true } }' });
    expect(found.filter((code) => code !== 'unused-variable')).toEqual(expected);
  });

  it('is told when a combination has no value for it, or a name is misspelt', () => {
    const rest = 'strategy: { matrix: { region: [west, east], include: [{ region: west, host: a.azure.com }] } }';
    expect(codes('https://${{ matrix.host }}', { rest })).toEqual(['empty-matrix-value']);
    expect(codes('https://${{ matrix.hots }}', { rest })).toEqual(['unknown-matrix-value']);
  });

  it('may depend on what nobody knows yet while the pipeline is only looked at', () => {
    const { pipeline, diagnostics } = loadPipeline(
      `name: x\nlocale: en-US\nenv: { HOST: {} }\nresource: https://\${{ env.HOST }}\n${steps}\n`,
      { path: 'p.yaml' },
    );
    expect([pipeline, diagnostics]).toEqual([undefined, []]);
  });
});

describe('steps under finally', () => {
  const lastly = (uses: string): string =>
    uses === 'approve'
      ? 'finally: [{ id: z, uses: approve, with: { message: x } }]'
      : 'finally: [{ id: z, uses: upload, with: { kind: Language, from: a } }]';
  const url = 'https://speech-${{ matrix.region }}.cognitiveservices.azure.com';

  it('cannot work on a resource where there are several', () => {
    expect(codes(url, { rest: `${regions}\n${lastly('upload')}` })).toEqual(['resource-of-several-combinations']);
    expect(codes(url, { rest: `${regions}\n${lastly('approve')}` })).toEqual([]);
  });

  it('can where all combinations have the same one', () => {
    const one = 'strategy: { matrix: { region: [west], locale: [en-US, de-DE] } }';
    expect(codes(url, { rest: `${one}\n${lastly('upload')}` })).toEqual([]);
  });

  it('are told also while it is not known which ones there will be', () => {
    const text = `name: x\nlocale: en-US\nenv: { HOST: {} }\nresource: https://\${{ env.HOST }}-\${{ matrix.region }}.azure.com\n${regions}\n${steps}\n${lastly('upload')}\n`;
    expect(loadPipeline(text, { path: 'p.yaml' }).diagnostics.map(({ code }) => code)).toEqual([
      'resource-of-several-combinations',
    ]);
  });
});

it('parses the expression of a resource once, however many steps name it', () => {
  const lexed = vi.spyOn(Lexer.prototype, 'lex');
  onTestFinished(() => lexed.mockRestore());
  const parsedFor = (count: number): number => {
    lexed.mockClear();
    const resource = 'https://${{ inputs.name }}.cognitiveservices.azure.com';
    const each = Array.from(
      { length: count },
      (_, index) => `  - { id: a${index}, uses: upload, resource: "${resource}", with: { kind: Language, from: a } }`,
    );
    const inputs = 'inputs: { name: { type: string, default: calls } }';
    const text = `name: x\nlocale: en-US\n${inputs}\nsteps:\n${each.join('\n')}\n`;
    const { diagnostics, pipeline } = loadPipeline(text, { path: 'p.yaml', inputs: {}, env: {} });
    expect([diagnostics, pipeline?.steps.at(-1)?.resource]).toEqual([[], 'https://calls.cognitiveservices.azure.com']);
    return lexed.mock.calls.length;
  };
  expect(parsedFor(100)).toBe(parsedFor(1));
});
