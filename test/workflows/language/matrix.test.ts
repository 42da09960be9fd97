import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline } from '../../../workflows/language/pipeline.ts';

const manyLocales = `
name: many locales
locale: \${{ matrix.locale }}
timeout: 12h
strategy:
  matrix: { locale: [en-US, de-DE], weight: [30, 70] }
  max-parallel: 2
steps:
  - id: test
    name: Test data
    uses: upload
    with: { kind: Acoustic, from: "data/\${{ matrix.locale }}/test" }
  - id: words
    uses: evaluate
    with: { dataset: "\${{ steps['test'].outputs.dataset }}", model: base }
  - id: retrain
    uses: train
    needs: [words, test]
    if: matrix.locale != 'de-DE' && steps.words.outputs.wer > 0.1
    with:
      datasets: [https://contoso.com/datasets/1]
      weight: \${{ matrix.weight }}
      description: "\${{ matrix.locale }} with \${{ matrix.weight }} after \${{ steps.words.outputs.wer }} in \${{ run.id }}"
      if-wer-above: 10%
      measured-by: words
finally:
  - id: tell
    uses: approve
    needs: [test-de-de-70]
    with: { message: "\${{ run.status }}, \${{ steps.words-en-us-30.outputs.wer }}" }
  - id: after
    uses: approve
    needs: [tell]
    with: { message: x }
`;

function load(text: string): Pipeline {
  const { pipeline, diagnostics } = loadPipeline(text, { path: 'p.yaml', inputs: {} });
  expect(diagnostics).toEqual([]);
  if (pipeline === undefined) throw new Error('no pipeline');
  return pipeline;
}

function codes(text: string): readonly string[] {
  return loadPipeline(text, { path: 'p.yaml', inputs: {} }).diagnostics.map(({ code }) => code);
}

describe('a matrix', () => {
  const pipeline = load(manyLocales);
  const step = (id: string) => pipeline.steps.find((candidate) => candidate.id === id);

  it('multiplies the steps, those of a combination together, and not those under finally', () => {
    expect(pipeline.steps.map(({ id }) => id)).toEqual([
      ...['en-us-30', 'en-us-70', 'de-de-30', 'de-de-70'].flatMap((id) => [
        `test-${id}`,
        `words-${id}`,
        `retrain-${id}`,
      ]),
      'tell',
      'after',
    ]);
    expect(pipeline.steps.map((copy) => copy.combination?.id ?? copy.finally)).toEqual([
      ...['en-us-30', 'en-us-70', 'de-de-30', 'de-de-70'].flatMap((id) => [id, id, id]),
      true,
      true,
    ]);
  });

  it('gives layers of all combinations, and layers of their own to the steps under finally', () => {
    expect(pipeline.layers[0]).toEqual(['test-en-us-30', 'test-en-us-70', 'test-de-de-30', 'test-de-de-70']);
    expect(pipeline.layers.slice(3)).toEqual([['tell'], ['after']]);
  });

  it('keeps what the strategy says', () => {
    expect(pipeline).toMatchObject({
      timeoutSeconds: 43_200,
      strategy: {
        maxParallel: 2,
        failFast: true,
        combinations: [{ id: 'en-us-30', values: { locale: 'en-US', weight: 30 } }, {}, {}, {}],
      },
    });
  });

  it('evaluates what reads the matrix alone, and keeps its type', () => {
    expect(step('test-de-de-30')?.with).toMatchObject({
      from: 'data/de-DE/test',
      locale: 'de-DE',
      name: 'test-de-de-30',
    });
    expect(step('retrain-de-de-70')?.with['weight']).toBe(70);
    expect(step('retrain-de-de-70')?.with['description']).toBe(
      'de-DE with 70 after ${{ steps.words-de-de-70.outputs.wer }} in ${{ run.id }}',
    );
  });

  it('refers to the steps of the same combination, in expressions, needs and measured-by', () => {
    expect(step('words-de-de-30')?.with['dataset']).toBe("${{ steps['test-de-de-30'].outputs.dataset }}");
    expect(step('retrain-en-us-70')?.if).toBe(
      "${{ matrix.locale != 'de-DE' && steps.words-en-us-70.outputs.wer > 0.1 }}",
    );
    expect(step('retrain-en-us-70')?.needs).toEqual(['words-en-us-70', 'test-en-us-70']);
    expect(step('retrain-en-us-70')?.with['measured-by']).toBe('${{ steps.words-en-us-70.outputs.wer }}');
  });

  it('gives every step the locale of its combination, and the first one to those under finally', () => {
    expect([pipeline.locale, step('tell')?.locale]).toEqual(['en-US', undefined]);
    expect(step('words-de-de-30')?.locale).toBe('de-DE');
    expect(load(manyLocales.replace('${{ matrix.locale }}', 'fr-FR')).steps[0]?.locale).toBeUndefined();
  });

  it('names the copies for people', () => {
    expect(step('test-de-de-70')?.name).toBe('Test data (de-DE, 70)');
    expect(step('words-de-de-70')?.name).toBe('words-de-de-70');
  });

  it('is read by steps under finally through the ids of the copies', () => {
    expect(step('tell')?.needs).toEqual(['test-de-de-70', 'words-en-us-30']);
    expect(step('after')?.needs).toEqual(['tell']);
  });

  it('gives plain data that JSON carries unchanged', () => {
    expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
  });

  it.each([
    ['are too long', `[${'a'.repeat(63)}, b]`],
    ['are the same but for signs', '[a.b, a-b]'],
    ['have no letter', '["*", b]'],
  ])('counts the combinations when their values %s', (_, values) => {
    const text = `name: x\nlocale: en-US\nstrategy: { matrix: { x: ${values} } }\nsteps:\n- { id: a, uses: upload, with: { kind: Language, from: a } }\n`;
    expect(load(text).steps.map(({ id }) => id)).toEqual(['a-1', 'a-2']);
  });

  it('has ids that sort like the combinations when it counts them', () => {
    const values = Array.from({ length: 12 }, (_, index) => `"*${index}"`).join(', ');
    const text = `name: x\nlocale: en-US\nstrategy: { matrix: { x: [${values}, "*"] } }\nsteps:\n- { id: a, uses: upload, with: { kind: Language, from: a } }\n`;
    const ids = load(text).steps.map(({ id }) => id);
    expect([ids[0], ids.at(-1), ids.toSorted()]).toEqual(['a-01', 'a-13', ids]);
  });
});

describe('a pipeline with a matrix', () => {
  it.each([
    ['a value that is no locale', '[en-US, de-DE]', '[en-US, german]', ['invalid-locale']],
    ['a locale of numbers', '[en-US, de-DE]', '[1, 2]', ['invalid-locale', 'invalid-locale', 'type-mismatch']],
    ['inputs in the locale', '${{ matrix.locale }}', '${{ matrix.locale }}${{ env.X }}', ['expression-not-allowed']],
    [
      'an open expression in the locale',
      'locale: ${{ matrix.locale }}',
      'locale: "${{ matrix.locale"',
      ['unclosed-expression'],
    ],
    ['a misspelt name, once', 'locale: [en-US', 'loacle: [en-US', ['unknown-matrix-value']],
    ['an empty matrix', '{ locale: [en-US, de-DE], weight: [30, 70] }', '{}', ['missing-value']],
    ['a list of mappings', '[30, 70]', '[{ a: 1 }]', ['wrong-type']],
    ['an expression in the matrix', '[30, 70]', '["${{ run.id }}"]', ['expression-not-allowed']],
    ['no combination at once', 'max-parallel: 2', 'max-parallel: 0', ['out-of-range']],
    ['matrix under finally', 'message: x', 'message: "${{ matrix.locale }}"', ['no-matrix']],
    ['run.statsu under finally', 'run.status', 'run.statsu', ['unknown-property']],
    ['an unknown step under finally', '[test-de-de-70]', '[test-de-de-71]', ['unknown-step']],
    ['a cycle under finally', '[test-de-de-70]', '[after]', ['step-cycle']],
    ['a finally step with an id of the steps', 'id: after', 'id: test', ['duplicate-step-id']],
    ['a misspelt setting under finally', '{ message: x }', '{ mesage: x }', ['unknown-key']],
    ['a setting beside with under finally', '{ message: x }', '{ message: x }\n    expires: 1h', ['unknown-key']],
  ])('reports %s', (_, from, to, expected) => {
    expect(codes(manyLocales.replace(from, to))).toEqual(expected);
  });

  it('tells a wrong locale where it is written', () => {
    const [found] = loadPipeline(manyLocales.replace('de-DE', 'de-de'), { path: 'p.yaml' }).diagnostics;
    expect(found).toMatchObject({ code: 'invalid-locale', line: 6, hint: 'Did you mean `de-DE`?' });
  });

  it('refuses more than 10,000 copies', () => {
    const steps = Array.from(
      { length: 101 },
      (_, index) => `- { id: s${index}, uses: approve, with: { message: x } }\n`,
    );
    const values = Array.from({ length: 100 }, (_, index) => index).join(', ');
    const text = `name: x\nlocale: en-US\nstrategy: { matrix: { x: [${values}] } }\nsteps:\n`;
    expect(codes(text + steps.join(''))).toEqual(['matrix-too-large']);
    expect(load(text + steps.slice(1).join('')).steps).toHaveLength(10_000);
  });
});

describe('a path with values of the matrix', () => {
  const files: Readonly<Record<string, 'file' | 'folder'>> = { 'data/a': 'folder', 'data/b': 'file' };
  const check = (values: string, from = 'data/${{ matrix.x }}'): readonly string[] =>
    loadPipeline(
      `name: x
locale: en-US
strategy: { matrix: { x: ${values} } }
steps:
  - { id: u, uses: upload, with: { kind: Acoustic, from: "${from}" } }
  - id: s
    uses: swap
    with: { endpoint: e, model: 00000000-0000-4000-8000-000000000000, verify: { audio: "${from}" } }
`,
      { path: 'p.yaml', fileKind: (file) => files[file] },
    ).diagnostics.map(({ code, line, message }) => `${line} ${code}: ${message}`);

  it.each([
    ['[a]', []],
    ['[a, b]', ['8 wrong-file-kind: Cannot use `data/b`: it is a file, and a folder is wanted']],
    [
      '[a, ".git"]',
      [5, 8].map((line) => expect.stringContaining(`${line} invalid-path: Cannot use the path \`data/.git\``)),
    ],
    ['[c, a, d]', [5, 8].map((line) => expect.stringMatching(`${line} missing-matrix-file: .*data/c.*data/d`))],
  ])('is looked for in every combination of %s', (values, told) => {
    expect(check(values)).toEqual(told);
  });

  it('is told once where several combinations have the same', () => {
    expect(check('[a, b]', "data/${{ format('{0}', case(matrix.x == 'a', 'c', 'c')) }}")).toEqual(
      [5, 8].map((line) =>
        expect.stringMatching(`^${line} missing-matrix-file: Cannot find .data/c. .combination .a..: `),
      ),
    );
  });
});
