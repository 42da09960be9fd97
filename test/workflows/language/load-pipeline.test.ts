import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

const callCenter = `
name: call-center
locale: en-US
inputs:
  max-wer: { type: rate, default: 15% }
  pause: { type: duration, default: 1h30m }
steps:
  - id: go-live
    name: Put it live
    uses: swap
    needs: [words]
    if: steps.words.outputs.better
    timeout: 2h
    retry: { attempts: 5, delay: 10m }
    continue-on-error: true
    with: { endpoint: calls, model: "\${{ steps.retrain.outputs.model || 'base' }}", verify: { audio: smoke, max-wer: 2.5% } }
  - id: words
    uses: evaluate
    with:
      dataset: https://contoso.com/datasets/1
      model: &model base
      against: endpoint/calls
  - id: retrain
    uses: train
    with: { datasets: [https://contoso.com/datasets/2], name: *model, if-wer-above: "\${{ inputs.max-wer }}", measured-by: words }
  - id: data
    uses: upload
    if: false
    with: { kind: Language, from: text.txt, name: "\${{ format('{0} s', inputs.pause) }}" }
`;

/** Steps of which each needs the one before, and the first one `first`. */
function lineOfSteps(count: number, first: string): string {
  const steps = Array.from({ length: count }, (_, index) => {
    const need = index === 0 ? first : `s${index - 1}`;
    return `- { id: s${index}, uses: upload, with: { kind: Language, from: a }, needs: [${need}] }\n`;
  });
  return `name: x\nlocale: en-US\nsteps:\n${steps.join('')}`;
}

const none = { errors: 0, warnings: 0 };

describe('loadPipeline', () => {
  const { pipeline, schedule, diagnostics } = loadPipeline(callCenter, { path: 'p.yaml' });
  const step = (id: string) => pipeline?.steps.find((candidate) => candidate.id === id);

  it('finds nothing wrong with a good pipeline', () => {
    expect(diagnostics).toEqual([]);
  });

  it('gives plain data that JSON carries unchanged', () => {
    expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
  });

  it('applies defaults and units once: rates are 0..1, durations are seconds', () => {
    expect(step('go-live')?.with).toEqual({
      endpoint: 'calls',
      create: false,
      model: "${{ steps.retrain.outputs.model || 'base' }}",
      strategy: 'direct',
      verify: {
        audio: 'smoke',
        channel: 'sdk',
        'max-wer': 0.025,
        every: 1,
        streams: 0,
        discriminate: 8,
        'settle-at-least': 600,
      },
      'min-days-left': 30,
      'settle-timeout': 1800,
    });
    expect(step('data')?.with).toMatchObject({
      locale: 'en-US',
      'text-normalization': 'Default',
      'max-rejected': 0.05,
    });
    expect(pipeline?.inputs).toEqual({
      'max-wer': { type: 'rate', value: 0.15 },
      pause: { type: 'duration', value: 5400 },
    });
    expect(step('go-live')).toMatchObject({ name: 'Put it live', timeoutSeconds: 7200, continueOnError: true });
    expect(step('go-live')?.retry).toEqual({ attempts: 5, delaySeconds: 600, maxDelaySeconds: 600, on: ['world'] });
    expect(step('words')?.retry).toBeUndefined();
    expect(step('words')).toMatchObject({ name: 'words', continueOnError: false });
  });

  it('merges explicit needs with those of expressions, measured-by included', () => {
    expect(step('go-live')?.needs).toEqual(['words', 'retrain']);
    expect(step('retrain')?.needs).toEqual(['words']);
    expect(step('retrain')?.with['measured-by']).toBe('${{ steps.words.outputs.wer }}');
    expect(step('retrain')?.with['measured-at-least']).toBe('${{ steps.words.outputs.werLow }}');
    expect(step('retrain')?.with['measured-at-most']).toBe('${{ steps.words.outputs.werHigh }}');
  });

  it('keeps the order of the document and gives layers', () => {
    expect(pipeline?.steps.map(({ id }) => id)).toEqual(['go-live', 'words', 'retrain', 'data']);
    expect(pipeline?.layers).toEqual([['words', 'data'], ['retrain'], ['go-live']]);
  });

  it('writes every condition as a template', () => {
    expect(step('go-live')?.if).toBe('${{ steps.words.outputs.better }}');
    expect(step('data')?.if).toBe('${{ false }}');
    expect(step('words')?.if).toBeUndefined();
  });

  it('takes given values of inputs before defaults', () => {
    const loaded = loadPipeline(callCenter, { path: 'p.yaml', inputs: { 'max-wer': '0.2', pause: '10s' } });
    expect(loaded.pipeline?.inputs).toEqual({
      'max-wer': { type: 'rate', value: 0.2 },
      pause: { type: 'duration', value: 10 },
    });
  });

  it('has no pipeline without a value for every input, and asks for one only when it is to run', () => {
    const text = callCenter.replace(', default: 15%', '');
    expect(loadPipeline(text, { path: 'p.yaml' })).toEqual({ schedule, diagnostics: [], counts: none });
    const { diagnostics: asked } = loadPipeline(text, { path: 'p.yaml', inputs: {} });
    expect(asked.map(({ code }) => code)).toEqual(['given-input-missing']);
  });

  it.each([
    ['a byte order mark', `\uFEFF${callCenter}`],
    ['CRLF line ends', callCenter.replaceAll('\n', '\r\n')],
    ['a document start and end', `---${callCenter}...\n`],
  ])('reads the same with %s', (_, text) => {
    expect(loadPipeline(text, { path: 'p.yaml' })).toEqual({ pipeline, schedule, diagnostics: [], counts: none });
  });

  it('reports a misplaced setting once, and says where it belongs', () => {
    const text =
      'name: x\nlocale: en-US\nsteps:\n  - id: data\n    uses: upload\n    kind: Language\n    with: { from: a.txt }\n';
    const found = loadPipeline(text, { path: 'p.yaml' }).diagnostics;
    expect(found.map(({ code, hint, line }) => ({ code, hint, line }))).toEqual([
      { code: 'unknown-key', hint: 'Move it under `with`', line: 6 },
    ]);
  });

  it.each([
    ['a misspelt uses', 'uses: upload', 'use: upload', ['unknown-key']],
    ['a misspelt with', 'with: {', 'wiht: {', ['unknown-key']],
    ['a misspelt key and its value', 'kind: Language', 'kidn: Langage', ['unknown-key']],
    ['a number of attempts alone', 'uses: upload', 'uses: upload\n    retry: 3', ['wrong-type']],
    ['a reserved id', 'id: data', 'id: constructor', ['invalid-name']],
    ['an id of the prototype', 'id: data', 'id: __proto__', ['invalid-name']],
    ['a key of the prototype', 'name: call-center', '__proto__: { locale: de-DE }\nname: x', ['unknown-key']],
    ['a function of the prototype', 'if: false', 'if: constructor()', ['unknown-function']],
    ['null where a list is wanted', 'needs: [words]', 'needs:', ['missing-value']],
    ['not a number', 'max-wer: 2.5%', 'max-wer: .nan', ['invalid-rate']],
    ['a NUL in a path', 'from: text.txt', 'from: "te\\0xt"', ['invalid-path']],
    ['file URLs', 'from: text.txt', 'from: file:///etc/passwd', ['invalid-path']],
    ['absolute paths', 'from: text.txt', 'from: /etc/passwd', ['invalid-path']],
    ['white space in a URL', 'from: text.txt', 'from: https://a/my text.txt', ['invalid-path']],
  ])('reports %s once', (_, from, to, codes) => {
    const at = callCenter.lastIndexOf(from);
    const text = callCenter.slice(0, at) + to + callCenter.slice(at + from.length);
    const found = loadPipeline(text, { path: 'p.yaml' }).diagnostics;
    expect(found.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['10 MB', 'a'.repeat(10_000_000), 'document-too-large'],
    ['10,000 open brackets', '['.repeat(10_000), 'document-too-deep'],
    ['10,000 nested lists that end', `a:\n ${'- '.repeat(10_000)}x\nb: 1\n`, 'document-too-deep'],
    ['10,000 nested mappings', '{a: '.repeat(10_000), 'document-too-deep'],
    ['10,000 explicit keys', '? '.repeat(10_000), 'document-too-deep'],
    ['a million commas', `[${','.repeat(1_000_000)}]`, 'yaml-syntax'],
    ['500,000 values', `[${'a,'.repeat(500_000)}]`, 'document-too-large'],
    ['a million empty keys', '?\n'.repeat(500_000), 'document-too-large'],
    ['250,000 closing braces', '}'.repeat(250_000), 'yaml-syntax'],
    ['290,000 anchors', '&a '.repeat(290_000), 'yaml-syntax'],
    ['49,000 documents', '---\n'.repeat(49_000), 'several-documents'],
    ['a scalar', 'hello', 'wrong-type'],
    ['a list', '- a\n- b\n', 'wrong-type'],
    ['nothing', '', 'empty-document'],
    ['null', '~', 'empty-document'],
    ['a tab as indentation', 'name: x\nsteps:\n\t- id: a\n', 'yaml-syntax'],
    ['UTF-16', 'n\0a\0m\0e\0', 'control-character'],
    ['an anchor around its alias', 'name: &a [*a]\n', 'unresolved-alias'],
  ])('answers %s with one diagnostic of YAML', (_, text, code) => {
    const [first] = loadPipeline(text, { path: 'p.yaml' }).diagnostics;
    expect(first?.code).toBe(code);
  });

  it('orders thousands of steps in a line, and finds one cycle through all of them', () => {
    expect(loadPipeline(lineOfSteps(5000, ''), { path: 'p.yaml' }).pipeline?.layers).toHaveLength(5000);
    const found = loadPipeline(lineOfSteps(5000, 's4999'), { path: 'p.yaml' }).diagnostics;
    expect(found.map(({ code }) => code)).toEqual(['step-cycle']);
  });

  it.each([3, 15, 16, 17, 40])('tells of a key that is given twice among %i, with the line of the first', (count) => {
    const keys = Array.from({ length: count }, (_, n) => `  k${n}: { type: text }\n`);
    for (const again of [0, count - 1]) {
      const text = `name: x\nlocale: en-US\ninputs:\n${keys.join('')}${keys[again]}steps: []\n`;
      const [first] = loadPipeline(text, { path: 'p.yaml' }).diagnostics;
      expect(first).toMatchObject({ code: 'duplicate-key', line: 4 + count });
      expect(first?.message).toBe(`Cannot give \`k${again}\` twice: it is on line ${4 + again} already`);
    }
  });

  it('takes no two variables whose names differ in capitals alone, because expressions read either by both', () => {
    const steps = 'steps: [{ id: a, uses: approve, with: { message: "${{ env.sas }}" } }]';
    const text = `name: x\nlocale: en-US\nenv: { SAS: { secret: true }, sas: {} }\n${steps}\n`;
    expect(loadPipeline(text, { path: 'p.yaml' }).diagnostics.map(({ code }) => code)).toEqual(['duplicate-key']);
  });

  it('tells what is wrong with an alias where the alias stands', () => {
    const text = `name: x
locale: en-US
steps:
  - { id: a, uses: approve, with: { message: &m "\${{ steps.b.outputs.wer }}" } }
  - { id: b, uses: upload, with: &upload { kind: Acoustic, from: data } }
  - { id: c, uses: approve, with: *upload, needs: [a] }
  - { id: d, uses: approve, with: { message: *m } }
`;
    const found = loadPipeline(text, { path: 'p.yaml' }).diagnostics;
    expect(found.map(({ code, line, column, endColumn }) => [code, line, column, endColumn])).toEqual([
      ['unknown-output', 4, 70, 73],
      ['missing-key', 6, 29, 33],
      ['unknown-key', 6, 35, 42],
      ['unknown-key', 6, 35, 42],
      ['unknown-output', 7, 46, 48],
    ]);
  });

  it('survives a file check that throws', () => {
    const options = {
      path: 'p.yaml',
      fileKind: () => {
        throw new Error('name too long');
      },
    };
    expect(loadPipeline(callCenter, options).diagnostics.map(({ code }) => code)).toEqual([
      'missing-file',
      'missing-file',
    ]);
  });
});
