import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline } from '../../../workflows/language/pipeline.ts';

const upload = 'steps: [{ id: a, uses: upload, with: { kind: Language, from: a } }]';

function codes(matrix: string, rest = upload): readonly string[] {
  const text = `name: x\nlocale: en-US\nstrategy:\n  matrix: ${matrix}\n${rest}\n`;
  return loadPipeline(text, { path: 'p.yaml', inputs: {} }).diagnostics.map(({ code }) => code);
}

function load(matrix: string, rest = upload): Pipeline {
  const text = `name: x\nlocale: en-US\nstrategy:\n  matrix: ${matrix}\n${rest}\n`;
  const { pipeline, diagnostics } = loadPipeline(text, { path: 'p.yaml', inputs: {} });
  if (pipeline === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return pipeline;
}

function values(matrix: string): readonly object[] | undefined {
  return load(matrix).strategy?.combinations.map((combination) => combination.values);
}

function ids(matrix: string): readonly string[] | undefined {
  return load(matrix).strategy?.combinations.map(({ id }) => id);
}

describe('include', () => {
  // The example of GitHub's documentation ("Expanding or adding matrix configurations").
  it('adds values where they contradict nothing, and combinations of their own where they contradict everything', () => {
    const include =
      '[{ color: green }, { color: pink, animal: cat }, { fruit: apple, shape: circle }, { fruit: banana }, { fruit: banana, animal: cat }]';
    expect(values(`{ fruit: [apple, pear], animal: [cat, dog], include: ${include} }`)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  it('makes all combinations where there are no lists', () => {
    const matrix = '{ include: [{ locale: en-US, weight: 30 }, { locale: de-DE }] }';
    expect(values(matrix)).toEqual([{ locale: 'en-US', weight: 30 }, { locale: 'de-DE' }]);
    expect(ids(matrix)).toEqual(['en-us', 'de-de']);
  });

  it('leaves the ids as they are when it adds values, and needs no more than tell combinations apart', () => {
    expect(ids('{ locale: [en-US, de-DE], include: [{ host: https://x }] }')).toEqual(['en-us', 'de-de']);
    expect(ids('{ include: [{ locale: en-US, n: 1, x: a }, { locale: en-US, n: 2, x: a }] }')).toEqual([
      'en-us-1',
      'en-us-2',
    ]);
    expect(ids('{ include: [{ locale: "*" }, { locale: "**" }] }')).toEqual(['1', '2']);
  });

  it('matches values without their capitals, and leaves what a list says as it says it', () => {
    expect(values('{ locale: [en-US, de-DE], include: [{ locale: EN-us, share: 5 }] }')).toEqual([
      { locale: 'en-US', share: 5 },
      { locale: 'de-DE' },
    ]);
  });

  it.each([
    ['repeats a combination', '{ x: [1, 2], include: [{ x: 1 }] }'],
    ['repeats an addition', '{ x: [1, 2], include: [{ y: 1 }, { x: 2, y: 1 }] }'],
    ['repeats a combination of its own', '{ x: [1], include: [{ x: 2, y: a }, { y: A, x: 2 }] }'],
  ])('is told when it %s', (_, matrix) => {
    expect(codes(matrix)).toEqual(['duplicate-combination']);
  });

  it('may bring back what was excluded', () => {
    expect(values('{ x: [1, 2], exclude: [{ x: 1 }], include: [{ x: 1, y: 3 }] }')).toEqual([{ x: 2 }, { x: 1, y: 3 }]);
  });

  it('counts towards the largest number of combinations', () => {
    const items = Array.from({ length: 257 }, (_, index) => `{ x: ${index} }`).join(', ');
    expect(codes(`{ include: [${items}] }`)).toEqual(['matrix-too-large']);
  });
});

describe('exclude', () => {
  it('removes the combinations that have all values of an item', () => {
    expect(
      values('{ region: [west, east], locale: [en-US, de-DE], exclude: [{ region: east, locale: de-de }] }'),
    ).toEqual([
      { region: 'west', locale: 'en-US' },
      { region: 'west', locale: 'de-DE' },
      { region: 'east', locale: 'en-US' },
    ]);
    expect(values('{ x: [1, 2], y: [3, 4], exclude: [{ x: 1 }, { y: 4 }, { x: 1, y: 4 }] }')).toEqual([{ x: 2, y: 3 }]);
  });

  it.each([
    ['a value that is not there', '{ x: [1, 2], exclude: [{ x: 3 }] }', ['exclude-without-effect']],
    ['a name that is not there, once', '{ x: [1, 2], exclude: [{ y: 1 }, { y: 2 }] }', ['unknown-exclude-name']],
    ['what include adds', '{ x: [1, 2], exclude: [{ y: 1 }], include: [{ y: 1 }] }', ['unknown-exclude-name']],
    ['everything', '{ x: [1], exclude: [{ x: 1 }] }', ['no-combination']],
    ['nothing there is', '{ exclude: [{ x: 1 }] }', ['unknown-exclude-name']],
    ['an expression', '{ x: [1, 2], exclude: [{ x: "${{ run.id }}" }] }', ['expression-not-allowed']],
    ['a list', '{ x: [1, 2], exclude: [[1]] }', ['wrong-type']],
    ['no value', '{ x: [1, 2], exclude: [{}] }', ['missing-value']],
  ])('is told when it names %s', (_, matrix, expected) => {
    expect(codes(matrix)).toEqual(expected);
  });
});

describe('a value that some combinations do not have', () => {
  const matrix = '{ locale: [en-US, de-DE], include: [{ locale: en-US, weight: 30 }] }';
  const train = (settings: string, condition = 'true'): string =>
    `steps: [{ id: a, uses: train, if: "${condition}", with: { datasets: [https://x/1], ${settings} } }]`;

  it('is empty there: an optional setting is left out, text is shorter, a condition is false', () => {
    const { steps } = load(
      matrix,
      train('weight: "${{ matrix.weight }}", description: "w=${{ matrix.weight }}"', 'matrix.weight == 30'),
    );
    expect(steps.map((step) => step.with)).toMatchObject([{ weight: 30, description: 'w=30' }, { description: 'w=' }]);
    expect(Object.hasOwn(steps[1]?.with ?? {}, 'weight')).toBe(false);
    expect(steps[1]?.if).toBe('${{ matrix.weight == 30 }}');
  });

  it('has the type of the values that there are', () => {
    expect(codes(matrix, train('base-model: "${{ matrix.weight }}"'))).toEqual(['value-type']);
    expect(codes(matrix, train('description: x', "matrix.weight == 'a'"))).toEqual(['type-mismatch']);
  });

  it('cannot be all that a needed setting or an item of a list has', () => {
    const add = (item: string): string => `{ locale: [en-US, de-DE], include: [${item}] }`;
    const data = add('{ locale: en-US, data: https://x/2 }');
    const datasets = (item: string): string =>
      `steps: [{ id: a, uses: train, with: { datasets: [https://x/1, "${item}"] } }]`;
    expect(codes(data, datasets('${{ matrix.data }}'))).toEqual(['empty-matrix-value']);
    expect(codes(data, datasets("${{ matrix.data || 'https://x/3' }}"))).toEqual([]);
  });

  it('cannot be the locale', () => {
    const text = (locale: string): string =>
      `name: x\nlocale: ${locale}\nstrategy: { matrix: { include: [{ locale: en-US }, { x: 1 }] } }\n${upload}\n`;
    const found = (locale: string): readonly string[] =>
      loadPipeline(text(locale), { path: 'p.yaml', inputs: {} }).diagnostics.map(({ code }) => code);
    expect(found('"${{ matrix.locale }}"')).toEqual(['empty-matrix-value']);
    expect(found('"${{ matrix.locale || \'de-DE\' }}"')).toEqual([]);
  });
});
