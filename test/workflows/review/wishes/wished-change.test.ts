import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../../workflows/language/load-pipeline.ts';
import { previousModelProperty, swapMark, swapProperty } from '../../../../workflows/plan/endpoint-proof.ts';
import { pipelineProperty } from '../../../../workflows/plan/identity.ts';
import { offeredWishes } from '../../../../workflows/review/wishes/offered-wishes.ts';
import type { SourcePipeline } from '../../../../workflows/review/wishes/source-pipeline.ts';
import { whereDeclared } from '../../../../workflows/review/wishes/where-declared.ts';
import type { Wish, WishedChange, WishWorld } from '../../../../workflows/review/wishes/wish.ts';
import { wishedChange } from '../../../../workflows/review/wishes/wished-change.ts';

const ids = {
  old: '00000000-0000-4000-8000-00000000000a',
  new: '00000000-0000-4000-8000-00000000000b',
  endpoint: '00000000-0000-4000-8000-00000000000c',
  text: '00000000-0000-4000-8000-00000000000d',
  test: '00000000-0000-4000-8000-00000000000e',
};
const self = (kind: string, id: string): string =>
  `https://contoso.example/speechtotext/${kind}/${id}?api-version=2025-10-15`;
const common = {
  locale: 'en-US',
  createdDateTime: '2026-03-01T00:00:00Z',
  lastActionDateTime: '2026-03-01T00:00:00Z',
  status: 'Succeeded' as const,
  customProperties: { [pipelineProperty]: 'call-center-en-us' },
};
const baseOf = (id: string, name: string, createdDateTime: string) => ({
  ...common,
  self: self('models/base', id),
  displayName: name,
  createdDateTime,
  customProperties: {},
  properties: {
    features: {
      supportsEndpoints: true,
      supportsAdaptationsWith: ['Language', 'Acoustic'],
      supportedOutputFormats: ['Lexical'],
    },
  },
});
const seen: WishWorld['seen'] = {
  observedAt: '2026-06-01T00:00:00Z',
  projects: [],
  evaluations: [],
  baseModels: [baseOf('1', '20250101', '2025-01-01T00:00:00Z'), baseOf('2', '20260101', '2026-01-01T00:00:00Z')],
  datasets: [
    { ...common, self: self('datasets', ids.text), displayName: 'domain-text', kind: 'Language' },
    { ...common, self: self('datasets', ids.test), displayName: 'test-data', kind: 'Acoustic' },
  ],
  models: [
    {
      ...common,
      self: self('models', ids.old),
      displayName: 'last year',
      baseModel: { self: self('models/base', '1') },
      datasets: [],
    },
    {
      ...common,
      self: self('models', ids.new),
      displayName: 'retrain',
      baseModel: { self: self('models/base', '1') },
      datasets: [{ self: self('datasets', ids.text) }],
    },
  ],
  endpoints: [
    {
      ...common,
      self: self('endpoints', ids.endpoint),
      displayName: 'call-center',
      model: { self: self('models', ids.new) },
      customProperties: { [previousModelProperty]: ids.old },
    },
  ],
};

const file = 'calls/pipeline.yaml';
const example = readFileSync(new URL('../../../../examples/call-center/pipeline.yaml', import.meta.url), 'utf8');

function sourceOf(text: string, path = file): SourcePipeline {
  const { pipeline, diagnostics } = loadPipeline(text, { path });
  if (pipeline === undefined) throw new Error(diagnostics.map(({ message }) => message).join());
  return { file: path, text, pipeline };
}

function worldOf(text: string | null = example, others: Partial<WishWorld> = {}): WishWorld {
  return { pipelines: text === null ? [] : [sourceOf(text)], seen, textOf: () => undefined, ...others };
}

function changed(wish: Wish, world: WishWorld): WishedChange {
  const change = wishedChange(wish, world);
  if ('refused' in change) throw new Error(change.refused);
  return change;
}

function refusal(wish: Wish, world: WishWorld): string {
  const change = wishedChange(wish, world);
  return 'refused' in change ? change.refused : 'not refused';
}

const swapOf = (model: string): Wish => ({ kind: 'swap', endpoint: ids.endpoint, model });
const pinned = (model: string): string => `name: calls
locale: en-US
steps:
  # What callers hear.
  - id: go-live
    uses: swap
    with: { endpoint: call-center, model: ${model} } # by hand
`;

describe('wishedChange', () => {
  it('names another model where the swap of a pipeline names one, and leaves the rest as it is', () => {
    const text = pinned(ids.new);
    const { files, run, title } = changed(swapOf(ids.old), worldOf(text));
    expect(files).toEqual([{ file, before: text, after: pinned(ids.old) }]);
    expect([run, title]).toEqual([file, 'Have call-center serve last year']);
  });

  it('calls a base model by its name, as pipelines do', () => {
    const { files } = changed(swapOf(self('models/base', '2')), worldOf(pinned(ids.new)));
    expect(files[0]?.after).toBe(pinned('base/20260101'));
    const own = changed(swapOf('base/2'), worldOf());
    expect(sourceOf(own.files[0]?.after ?? '').pipeline.steps[0]?.with['model']).toBe('base/20260101');
  });

  it('makes a pipeline of its own where the pipeline decides the model by itself, with the same proof', () => {
    const { files, run, notes } = changed(swapOf(self('models', ids.old)), worldOf());
    expect(run).toBe('calls/swap-call-center.yaml');
    const { pipeline } = sourceOf(files[0]?.after ?? '', run);
    expect(pipeline).toMatchObject({ locale: 'en-US', project: 'Call center', concurrency: 'call-center-en-us' });
    expect(pipeline.steps).toMatchObject([
      {
        uses: 'swap',
        with: {
          endpoint: 'call-center',
          model: ids.old,
          verify: expect.objectContaining({ audio: 'data/smoke', 'max-wer': 0.2 }),
        },
      },
    ]);
    expect(notes.join()).toContain('decides the model by itself');
  });

  it('carries the inputs that a setting of the swap reads, and leaves out what reads other steps', () => {
    const text = `name: calls
locale: en-US
inputs: { bound: { type: rate, default: 12% } }
steps:
  - { id: first, uses: evaluate, with: { dataset: ${ids.test}, model: base } }
  - id: go-live
    uses: swap
    with:
      endpoint: call-center
      model: \${{ steps.first.outputs.model }}
      min-days-left: \${{ steps.first.outputs.words }}
      verify: { audio: smoke, max-wer: "\${{ inputs.bound }}" }
`;
    const { files, notes } = changed(swapOf(ids.old), worldOf(text));
    const { pipeline } = sourceOf(files[0]?.after ?? '');
    expect(pipeline.inputs).toEqual({ bound: { type: 'rate', value: 0.12 } });
    expect(pipeline.steps[0]?.with['verify']).toMatchObject({ 'max-wer': '${{ inputs.bound }}' });
    expect(notes).toContain('`min-days-left` of go-live reads other steps, and is left out.');
  });

  it('writes the release file where the swap takes the model from there', () => {
    const text = pinned('release, release: ../releases');
    const { files, run } = changed(swapOf(ids.old), worldOf(text, { textOf: (name) => `old ${name}` }));
    expect(files).toMatchObject([{ file: 'releases/call-center.yaml', before: 'old releases/call-center.yaml' }]);
    expect(files[0]?.after).toContain(`id: ${ids.old}`);
    expect(run).toBe(file);
  });

  it('writes there as the model before what counted, where what is served is not proved', () => {
    const marks = { [swapProperty]: swapMark('unproved', ids.new), [previousModelProperty]: ids.old };
    const unproved = seen.endpoints.map((one) => ({ ...one, customProperties: marks }));
    const world = { seen: { ...seen, endpoints: unproved }, textOf: () => undefined };
    const { files } = changed(swapOf('base/2'), worldOf(pinned('release, release: ../releases'), world));
    expect(load(files[0]?.after ?? '')).toMatchObject({ previousModel: { id: ids.old, name: 'last year' } });
  });

  it('names no model there as the one before itself, where what was served last is given back', () => {
    const marks = { [swapProperty]: swapMark('unproved', ids.new), [previousModelProperty]: ids.old };
    const unproved = seen.endpoints.map((one) => ({ ...one, customProperties: marks }));
    const world = { seen: { ...seen, endpoints: unproved }, textOf: () => undefined };
    const { files } = changed(
      { kind: 'roll-back', endpoint: ids.endpoint },
      worldOf(pinned('release, release: ../releases'), world),
    );
    const release = load(files[0]?.after ?? '');
    expect(release).toMatchObject({ model: { id: ids.old } });
    expect(release).not.toHaveProperty('previousModel');
  });

  it('leaves a release file that names the model already, with its proof, and says which pipeline to run', () => {
    const marks = { [swapProperty]: swapMark('unproved', ids.new), [previousModelProperty]: ids.old };
    const unproved = seen.endpoints.map((one) => ({ ...one, customProperties: marks }));
    const textOf = (): string =>
      `endpoint: { id: ${ids.endpoint}, name: call-center, locale: en-US }\nmodel: { id: ${ids.old} }\npreviousModel: { id: base/1 }\n`;
    const world = worldOf(pinned('release, release: ../releases'), { seen: { ...seen, endpoints: unproved }, textOf });
    expect(refusal({ kind: 'roll-back', endpoint: ids.endpoint }, world)).toBe(
      'Run calls/pipeline.yaml: releases/call-center.yaml says already that call-center is to serve last year',
    );
    expect(changed(swapOf('base/2'), world).files[0]?.file).toBe('releases/call-center.yaml');
  });

  it('changes no line that a matrix shares, and takes the copy of the resource', () => {
    const text = `name: calls
locale: en-US
resource: \${{ matrix.resource }}
strategy:
  matrix:
    resource: [https://contoso.example, https://other.example]
steps:
  - { id: go-live, uses: swap, with: { endpoint: call-center, model: ${ids.new} } }
`;
    const { files, run } = changed(swapOf(ids.old), worldOf(text, { resource: 'https://contoso.example/' }));
    expect(run).toBe('calls/swap-call-center.yaml');
    expect(sourceOf(files[0]?.after ?? '').pipeline).toMatchObject({ resource: 'https://contoso.example' });
    const made = {
      ...seen,
      models: seen.models.map((model) => ({ ...model, customProperties: { [pipelineProperty]: 'calls' } })),
    };
    const training = text.replace(
      / {2}- \{ id: go-live.*/,
      `  - { id: retrain, uses: train, with: { name: retrain, datasets: [${ids.text}] } }`,
    );
    expect(refusal({ kind: 'retrain', model: ids.new }, worldOf(training, { seen: made }))).toContain(
      'a matrix makes several models',
    );
  });

  it('changes no other step that an anchor has share the value', () => {
    const text = `name: calls
locale: en-US
steps:
  - { id: go-live, uses: swap, with: { endpoint: call-center, model: &model ${ids.new} } }
  - { id: other, uses: swap, with: { endpoint: hotline, model: *model } }
`;
    expect(refusal(swapOf(ids.old), worldOf(text))).toMatch(/step other would be another one, too|would have a fault/);
  });

  it('looks for no release file where an expression or too many dots say it is', () => {
    const said = (release: string): string =>
      refusal(
        swapOf(ids.old),
        worldOf(
          pinned(`release, release: "${release}"`).replace(
            'steps:',
            'inputs: { folder: { type: string, default: releases } }\nsteps:',
          ),
        ),
      );
    expect(said('${{ inputs.folder }}')).toContain('by an expression, or outside');
    expect(said('../../../releases')).toContain('by an expression, or outside');
  });

  it('lets no id of a service add a setting', () => {
    const strange = '0badc0de-, min-days-left: 0';
    const lying = { ...seen, models: [...seen.models, { ...seen.models[0]!, self: self('models', strange) }] };
    expect(refusal(swapOf(strange), worldOf(pinned(ids.new), { seen: lying }))).toContain(
      `Cannot tell what \`${strange}\` refers to`,
    );
  });

  it('makes a pipeline where none swaps the endpoint, and says that nothing proves it', () => {
    const { files, run, notes } = changed(swapOf(ids.old), worldOf(null, { resource: 'https://contoso.example' }));
    expect(run).toBe('pipelines/swap-call-center.yaml');
    expect(sourceOf(files[0]?.after ?? '').pipeline).toMatchObject({ resource: 'https://contoso.example' });
    expect(notes).toEqual([expect.stringContaining('nothing proves')]);
  });

  it('goes back to the model of before, also when that ends soon', () => {
    const { files, title } = changed({ kind: 'roll-back', endpoint: ids.endpoint }, worldOf());
    expect(title).toBe('Roll call-center back to last year');
    expect(files[0]).toMatchObject({ file: 'calls/roll-back-call-center.yaml' });
    expect(sourceOf(files[0]?.after ?? '').pipeline.steps[0]?.with).toMatchObject({
      model: ids.old,
      'min-days-left': 0,
    });
  });

  it('offers no way back to the model that is served, which a swap that was taken back has noted', () => {
    const labelsOf = (previous: string): readonly string[] => {
      const customProperties = { [previousModelProperty]: previous };
      const entity = { ...seen.endpoints[0]!, customProperties };
      return offeredWishes({ kind: 'endpoint', entity }, seen).map(({ label }) => label);
    };
    expect(labelsOf(ids.old)).toEqual(['Have it serve', 'Roll back to last year', 'Remove it from the files']);
    expect(labelsOf(ids.new)).toEqual(['Have it serve', 'Remove it from the files']);
  });

  it('makes a pipeline of its own where several decide the model by themselves, with the proof of one that has it', () => {
    const sources = ['create-endpoint.yaml', 'maintain.yaml', 'pipeline.yaml'].map((name) =>
      sourceOf(
        readFileSync(new URL(name, new URL('../../../../examples/call-center/', import.meta.url)), 'utf8'),
        name,
      ),
    );
    const { files, run, notes } = changed(swapOf(ids.old), worldOf(null, { pipelines: sources }));
    expect(run).toBe('swap-call-center.yaml');
    expect(sourceOf(files[0]?.after ?? '').pipeline.steps.map((step) => step.with)).toEqual([
      expect.objectContaining({
        endpoint: 'call-center',
        model: ids.old,
        verify: expect.objectContaining({ audio: 'data/smoke', 'max-wer': 0.2 }),
      }),
    ]);
    expect(notes).toEqual([
      'create-endpoint.yaml, maintain.yaml and pipeline.yaml decide the model by themselves, so that the next run of one of them may give the endpoint another one.',
    ]);
    const [first] = sources;
    const pinnedBeside = worldOf(null, { pipelines: [...(first ? [first] : []), sourceOf(pinned(ids.new))] });
    expect(refusal(swapOf(ids.old), pinnedBeside)).toContain('all swap call-center');
  });

  it('refuses what cannot be served, in a sentence', () => {
    expect(refusal(swapOf(ids.new), worldOf())).toBe('call-center serves retrain already');
    expect(refusal(swapOf('gone'), worldOf())).toContain('the resource has no model gone any more');
    expect(refusal({ kind: 'roll-back', endpoint: 'gone' }, worldOf())).toContain('no endpoint gone');
    const german = { ...seen, models: seen.models.map((model) => ({ ...model, locale: 'de-DE' })) };
    expect(refusal(swapOf(ids.old), worldOf(example, { seen: german }))).toBe(
      'Choose a model of en-US: last year is of de-DE',
    );
    const failed = { ...seen, models: seen.models.map((model) => ({ ...model, status: 'Failed' })) };
    expect(refusal(swapOf(ids.old), worldOf(example, { seen: failed }))).toContain('last year is Failed');
    const twice = worldOf(null, {
      pipelines: [sourceOf(pinned(ids.new)), sourceOf(pinned(ids.new), 'other.yaml')],
    });
    expect(refusal(swapOf(ids.old), twice)).toContain(
      'go-live in calls/pipeline.yaml, go-live in other.yaml all swap call-center',
    );
  });

  it('trains a model on the newest base model by the step that made it, without its conditions', () => {
    const { files, run, title } = changed({ kind: 'retrain', model: ids.new }, worldOf());
    const after = files[0]?.after ?? '';
    expect([run, title]).toEqual([file, 'Train retrain on 20260101']);
    const step = sourceOf(after).pipeline.steps.find(({ id }) => id === 'retrain');
    expect(step).toMatchObject({ uses: 'train', with: { 'base-model': '20260101' } });
    expect(step?.if).toBeUndefined();
    // Nothing else is another line.
    const lines = (text: string): readonly string[] => text.split('\n');
    expect(lines(after).filter((line) => !lines(example).includes(line))).toEqual(['      base-model: "20260101"']);
    expect(lines(example).filter((line) => !lines(after).includes(line))).toEqual([
      '    if: ${{ steps.baseline.outputs.wer > inputs.max-wer }}',
    ]);
  });

  it('takes the bounds of a train step out, wherever they stand', () => {
    const text = `name: call-center-en-us
locale: en-US
steps:
  - { id: measured, uses: evaluate, with: { dataset: ${ids.test}, model: base } }
  - id: retrain
    uses: train
    with:
      if-wer-above: 15%
      measured-by: measured
      base-model: "20250101"
      datasets:
        - ${ids.text}
`;
    const { files } = changed({ kind: 'retrain', model: ids.new }, worldOf(text));
    expect(files[0]?.after).toBe(
      text.replace('      if-wer-above: 15%\n      measured-by: measured\n', '').replace('20250101', '20260101'),
    );
  });

  it('leaves a condition alone that has no line of its own, and says so', () => {
    const text = `name: call-center-en-us
locale: en-US
steps:
  - { id: measured, uses: evaluate, with: { dataset: ${ids.test}, model: base } }
  - if: \${{ steps.measured.outputs.wer > 0.1 }}
    id: retrain
    uses: train
    with: { datasets: [${ids.text}] }
`;
    expect(refusal({ kind: 'retrain', model: ids.new }, worldOf(text))).toContain(
      'a condition of retrain stands on one line',
    );
  });

  it('trains nothing that would be the same model', () => {
    const newest = {
      ...seen,
      models: seen.models.map((model) => ({ ...model, baseModel: { self: self('models/base', '2') } })),
    };
    expect(refusal({ kind: 'retrain', model: ids.new }, worldOf(example, { seen: newest }))).toContain(
      'the same data on the same base model',
    );
    expect(
      refusal({ kind: 'retrain', model: ids.new }, worldOf(example, { seen: { ...seen, baseModels: [] } })),
    ).toContain('there is none');
  });

  it('trains by a pipeline of its own what no pipeline makes', () => {
    const { files, run } = changed({ kind: 'retrain', model: ids.new }, worldOf(null));
    expect(run).toBe('pipelines/train-retrain.yaml');
    expect(sourceOf(files[0]?.after ?? '').pipeline.steps[0]).toMatchObject({
      uses: 'train',
      with: { datasets: [ids.text], 'base-model': '20260101' },
    });
    const gone = { ...seen, datasets: [] };
    expect(refusal({ kind: 'retrain', model: ids.new }, worldOf(null, { seen: gone }))).toContain(
      '1 of the datasets of retrain are not',
    );
  });

  it('takes out the step that makes what nobody needs, with its comment', () => {
    const text = pinned(ids.new).replace(
      'steps:\n',
      `steps:\n  # Calls of before.\n  - id: test-data\n    uses: upload\n    with: { kind: Acoustic, from: data }\n\n`,
    );
    const named = sourceOf(text.replace('name: calls', 'name: call-center-en-us'));
    const { files, run, notes } = changed(
      { kind: 'delete', of: 'dataset', id: ids.test },
      worldOf(null, { pipelines: [named] }),
    );
    expect(files[0]?.after).toBe(pinned(ids.new).replace('name: calls', 'name: call-center-en-us'));
    expect(run).toBeUndefined();
    expect(notes.join()).toContain('stays in the Speech resource');
  });

  it('takes out no step that stands on one line with another', () => {
    const text = `name: call-center-en-us
locale: en-US
steps: [
  { id: test-data, uses: upload, with: { kind: Acoustic, from: data } }, { id: go-live, uses: swap, with: { endpoint: x, model: base } },
  ]
`;
    expect(refusal({ kind: 'delete', of: 'dataset', id: ids.test }, worldOf(text))).toContain(
      'on one line with others',
    );
  });

  it('says what needs an object that is to go', () => {
    expect(refusal({ kind: 'delete', of: 'dataset', id: ids.text }, worldOf())).toContain('model retrain');
    expect(refusal({ kind: 'delete', of: 'model', id: ids.new }, worldOf())).toContain('endpoint call-center');
    expect(refusal({ kind: 'delete', of: 'dataset', id: ids.test }, worldOf())).toContain(
      'Change what reads the step that makes test-data first: baseline in calls/pipeline.yaml, candidate in calls/pipeline.yaml',
    );
    expect(refusal({ kind: 'delete', of: 'endpoint', id: ids.endpoint }, worldOf())).toContain(
      'baseline in calls/pipeline.yaml',
    );
    expect(refusal({ kind: 'delete', of: 'model', id: ids.old }, worldOf(null))).toContain('No file makes last year');
  });
});

describe('whereDeclared', () => {
  it('finds the step that makes an object, and those that name it, as they are written', () => {
    const endpoint = { kind: 'endpoint', entity: seen.endpoints[0]! } as const;
    const found = whereDeclared(endpoint, [sourceOf(example)]);
    expect(found.map(({ step, role }) => [step, role])).toEqual([
      ['baseline', 'names'],
      ['candidate', 'names'],
      ['go-live', 'makes'],
    ]);
    const text = example.split('\n');
    const made = found.at(-1)!;
    expect(made.text).toBe(
      text
        .slice(made.lines[0] - 1, made.lines[1])
        .map((line) => line.slice(2))
        .join('\n'),
    );
    expect(made.text).toMatch(/^- id: go-live\n {2}uses: swap/);
  });

  it('knows what a step has made by the pipeline and its name alone', () => {
    const [text, test] = seen.datasets;
    const found = (object: typeof text) =>
      whereDeclared({ kind: 'dataset', entity: object! }, [sourceOf(example)]).map(({ step }) => step);
    expect([found(text), found(test)]).toEqual([['domain-text'], ['test-data']]);
    expect(found({ ...text!, customProperties: { [pipelineProperty]: 'another' } })).toEqual([]);
  });

  it('takes the copies of a matrix for one step', () => {
    const text = `name: calls
strategy: { matrix: { locale: [en-US, en-GB] } }
locale: \${{ matrix.locale }}
steps:
  - { id: go-live, uses: swap, with: { endpoint: call-center, model: base } }
`;
    const found = whereDeclared({ kind: 'endpoint', entity: seen.endpoints[0]! }, [sourceOf(text)]);
    expect(found).toMatchObject([{ step: 'go-live', role: 'makes', lines: [5, 5] }]);
  });
});
