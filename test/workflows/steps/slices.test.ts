import { describe, expect, it } from 'vitest';
import type { EvaluateSlice, ResultsSlice } from '../../../schemas/types.gen.ts';
import { runResults } from '../../../workflows/evidence/run-results.ts';
import type { Outputs } from '../../../workflows/engine/step-kind.ts';
import { compareRates } from '../../../workflows/scoring/significance/compare-rates.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { boundedOutputs } from '../../../workflows/steps/evaluate/bounded-outputs.ts';
import {
  type Cut,
  cutRecordings,
  type SlicedRecording,
  sliceOutputs,
} from '../../../workflows/steps/evaluate/slices.ts';
import { createFakeWorld, fakeBaseModel, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const settings: EvaluateSlice = { by: 'speaker', 'min-words': 700 };

/** Recordings of 20 words of a speaker; in so many of the first ones each model makes one error, or `each`. */
function said(
  speaker: string,
  of: { readonly before: number; readonly after: number; readonly count?: number; readonly each?: number },
): readonly SlicedRecording[] {
  const { count = 60, each = 1 } = of;
  return Array.from({ length: count }, (_, index) => ({
    name: `${speaker}-${index}.wav`,
    words: 20,
    errorsBefore: index < of.before ? each : 0,
    errorsAfter: index < of.after ? each : 0,
  }));
}

function judge(
  recordings: readonly SlicedRecording[],
  bounds: Partial<EvaluateSlice> & { readonly isCompared?: boolean },
): readonly ResultsSlice[] {
  return slicesIn(judged(recordings, bounds));
}

function slicesIn(outputs: Outputs): readonly ResultsSlice[] {
  return JSON.parse(String(outputs['slices'])) as readonly ResultsSlice[];
}

/** The outputs of a step that cuts these recordings once. */
function judged(
  recordings: readonly SlicedRecording[],
  { isCompared = true, ...bounds }: Partial<EvaluateSlice> & { readonly isCompared?: boolean },
): Outputs {
  return judgedCuts(recordings, { cuts: [{ settings: { ...settings, ...bounds } }], isCompared });
}

function judgedCuts(
  recordings: readonly SlicedRecording[],
  { cuts, isCompared = true }: { readonly cuts: readonly Cut[]; readonly isCompared?: boolean },
): Outputs {
  const model = { self: ours, displayName: 'ours', because: 'named', isStandIn: false, transcribesUntil: undefined };
  return boundedOutputs({
    pair: { model, ...(isCompared ? { against: model } : {}) },
    dataset,
    evidence: { recordings, compared: compareRates(recordings, { seed: 1 })!, matchedPairsP: 1 },
    cuts,
    sets: [],
  });
}

function passedOf(slices: readonly ResultsSlice[]): Readonly<Record<string, boolean | undefined>> {
  return Object.fromEntries(slices.map(({ value, passed }) => [String(value), passed]));
}

describe('the slices of a test set', () => {
  const three = [
    ...said('ada', { before: 40, after: 10 }),
    ...said('bob', { before: 30, after: 28 }),
    ...said('eve', { before: 2, after: 30 }),
  ];

  it('are beyond a bound where a speaker becomes worse by more than it, and not by chance', () => {
    expect(passedOf(judge(three, { 'max-regression': 0.01 }))).toEqual({ eve: false, bob: true, ada: true });
    // Eve has 2.3 points more.
    expect(passedOf(judge(three, { 'max-regression': 0.02 }))).toEqual({ eve: true, bob: true, ada: true });
    expect(passedOf(judge(three, { 'max-regression': 0.03 }))).toEqual({ eve: true, bob: true, ada: true });
  });

  it('are beyond a bound for the rate itself, also without another model', () => {
    const bounds = { 'max-wer': 0.01, isCompared: false };
    expect(passedOf(judge(three, bounds))).toEqual({ eve: false, bob: false, ada: true });
    expect(judge(three, bounds)[0]).not.toHaveProperty('comparison');
    expect(passedOf(judge(three, { ...bounds, 'max-wer': 0.03 }))).toEqual({ eve: true, bob: true, ada: true });
  });

  it('say so where they are above a bound by chance, and what is asked of them', () => {
    // Eve has 2.3 points more, and 2.5 % wrong.
    const slices = judge(three, { 'max-regression': 0.02, 'max-wer': 0.024 });
    const [eve, bob] = ['eve', 'bob'].map((name) => slices.find(({ value }) => value === name));
    expect(eve).toMatchObject({ value: 'eve', passed: true, bound: 0.024, regressionBound: 0.02 });
    expect(eve?.sentence).toMatch(
      /^above 2\.4 %, which chance explains \(p [01]\.\d{3}, of 6 bounds together\); higher by more than 2\.0 %, which chance explains \(p [01]\.\d{3}, of 6 bounds together\)$/,
    );
    expect(bob).toMatchObject({ passed: true, comparison: { together: 3 } });
    expect(bob).not.toHaveProperty('sentence');
    const alone = judge(three, { 'max-wer': 0.024, 'max-regression': 0.02, isCompared: false });
    expect(alone.map(({ sentence }) => sentence ?? '').join('')).toContain('of 3 bounds together');
    expect(alone[0]).not.toHaveProperty('regressionBound');
  });

  it('are tested together', () => {
    const worse = said('eve', { before: 0, after: 8 });
    const others = (count: number): readonly SlicedRecording[] =>
      Array.from({ length: count }, (_, index) => said(`other${index}`, { before: 5, after: 5 })).flat();
    expect(passedOf(judge([...worse, ...others(1)], { 'max-regression': 0 }))['eve']).toBe(false);
    expect(passedOf(judge([...worse, ...others(9)], { 'max-regression': 0 }))['eve']).toBe(true);
  });

  it('decide nothing and say so where they have too few words', () => {
    const recordings = [...three.slice(0, 120), ...said('zoe', { before: 0, after: 20, count: 20, each: 10 })];
    const bounds = { 'max-wer': 0.1, 'max-regression': 0.01 };
    const zoe = judge(recordings, bounds).find(({ value }) => value === 'zoe');
    expect(zoe).toMatchObject({
      comparison: { verdict: 'too few' },
      sentence: 'too few to tell: 400 words in 20 recordings, fewer than 700 in 50',
    });
    expect(zoe).not.toHaveProperty('passed');
    expect(judged(recordings, bounds)).toMatchObject({
      slicesPass: true,
      slicesTooFew: 1,
      slicesVerdict: 'within the bounds: 2 of 3 parts by speaker; too few to tell: 1 of 3 parts by speaker',
    });
    const lowered = judge(recordings, { ...bounds, 'min-words': 280 });
    expect(passedOf(lowered)).toEqual({ zoe: false, ada: true, bob: true });
  });

  it('have recordings without a speaker for one of them, and are none where no name tells one', () => {
    const nameless = said('x', { before: 0, after: 0 }).map((one, index) => ({ ...one, name: `${index}.wav` }));
    expect(judge([...three, ...nameless], {}).map(({ value }) => value)).toContain(null);
    for (const recordings of [nameless, said('recording', { before: 1, after: 1 })]) {
      expect(cutRecordings(recordings, { settings })).toContain('tell no speakers');
      expect(judged(recordings, { 'max-wer': 0.2 })).toMatchObject({ slicesPass: false });
    }
  });

  it('are those of a column, whatever folder and extension it gives to recordings', () => {
    const recordings = [...said('ada', { before: 5, after: 40 }), ...said('bob', { before: 5, after: 5 })];
    const values = new Map(
      recordings
        .slice(0, 110)
        .map(({ name }, index) => [
          `audio/${name.replace('.wav', '')}`,
          index < 60 ? 'scottish' : index < 70 ? '' : 'irish',
        ]),
    );
    const cut = {
      settings: { ...settings, by: 'accent', manifest: 'm.tsv', 'max-regression': 0.01, 'min-words': 0 },
      values,
    };
    const outputs = judgedCuts(recordings, { cuts: [cut] });
    expect(slicesIn(outputs).map(({ by, value, passed, rate }) => [by, value, passed, rate.utterances])).toEqual([
      ['accent', 'scottish', false, 60],
      ['accent', 'irish', true, 40],
      ['accent', null, true, 20],
    ]);
    expect(outputs['slicesVerdict']).toMatch(/^accent scottish: higher by 2\.9 %/);
    const without = judgedCuts(recordings.slice(60), { cuts: [cut] });
    expect(without['slicesVerdict']).toBe('within the bounds: 2 of 2 parts by accent');
  });

  it('cannot be told where a manifest names no recording, or tells nothing of one', () => {
    const recordings = said('ada', { before: 5, after: 5 });
    const cutBy = (values: ReadonlyMap<string, string>): Cut => ({
      settings: { ...settings, by: 'accent', manifest: 'm.tsv', 'max-wer': 0.5 },
      values,
    });
    expect(judgedCuts(recordings, { cuts: [cutBy(new Map([['ada_0', 'irish']]))] })).toEqual({
      slicesPass: false,
      slicesVerdict: 'cannot tell: m.tsv names none of the recordings: it has ada_0, the test set ada-0.wav',
    });
    expect(judgedCuts(recordings, { cuts: [cutBy(new Map([['ada-0', '']]))] })).toMatchObject({
      slicesPass: false,
      slicesVerdict: 'cannot tell: m.tsv tells no accent of any recording',
    });
  });

  it('are of several cuts, each by its own bounds, and are tested together', () => {
    const recordings = [...said('ada', { before: 0, after: 8 }), ...said('bob', { before: 5, after: 5 })];
    const bySpeaker = { settings: { ...settings, 'max-regression': 0 } };
    const by = (name: string, of: (index: number) => number): Cut => ({
      settings: { by: name, manifest: 'm.tsv', 'min-words': 0, 'max-regression': 0 },
      values: new Map(recordings.map((one, index) => [one.name, String(of(index))])),
    });
    const two = judgedCuts(recordings, { cuts: [bySpeaker, by('half', (index) => index % 2)] });
    expect(two).toMatchObject({ slicesPass: false, slicesVerdict: expect.stringMatching(/^speaker ada: /) as string });
    expect(slicesIn(two).map((slice) => slice.by)).toEqual(['speaker', 'speaker', 'half', 'half']);
    const many = judgedCuts(recordings, { cuts: [bySpeaker, by('minute', (index) => index % 20)] });
    expect(many).toMatchObject({
      slicesPass: true,
      slicesVerdict:
        'within the bounds: 2 of 2 parts by speaker, 12 of 20 parts by minute; too few to tell: 8 of 20 parts by minute',
    });
    const shown = judgedCuts(recordings, { cuts: [bySpeaker, { settings: { ...settings } }] });
    expect(shown['slicesVerdict']).toMatch(/^speaker ada: [^;]+$/);
  });

  it('draw the speakers of a part together where it has twenty', () => {
    const recordings = Array.from({ length: 400 }, (_, index) => ({
      name: `${index % 20}-${index}.wav`,
      group: String(index % 20),
      words: 20,
      errorsBefore: 0,
      // One speaker alone has all errors.
      errorsAfter: index % 20 === 0 ? 10 : 0,
    }));
    const values = new Map(recordings.map(({ name }) => [name, 'irish']));
    const cut = { settings: { ...settings, by: 'accent', manifest: 'm.tsv', 'max-wer': 0.001 }, values };
    expect(judgedCuts(recordings, { cuts: [cut] })).toMatchObject({ slicesPass: true });
    const apart = recordings.map((one) => ({ ...one, group: undefined }));
    expect(judgedCuts(apart, { cuts: [cut] })).toMatchObject({ slicesPass: false });
  });

  it('are in an output as far as there is room, those beyond a bound first', () => {
    const [beyond, ...within] = judge(three, { 'max-regression': 0.01 });
    const named = (slice: ResultsSlice | undefined, index: number): ResultsSlice => ({
      ...slice!,
      value: `speaker${index}`,
    });
    const many = Array.from({ length: 300 }, (_, index) => named(index < 19 ? beyond : within[0], index));
    const bounded = { ...settings, 'max-regression': 0.01 };
    const outputs = sliceOutputs([{ settings: bounded, slices: many }], { isCompared: true });
    const text = String(outputs['slices']);
    expect(text.length).toBeLessThan(65_536);
    const listed = JSON.parse(text) as readonly ResultsSlice[];
    expect(listed.length).toBeGreaterThan(100);
    expect(listed.slice(0, 19).every(({ passed }) => passed === false)).toBe(true);
    const [verdict, leftOut] = String(outputs['slicesVerdict']).split(' are beyond a bound');
    expect(verdict).toMatch(/^speaker speaker0: higher by 2\.3 % .*; 16 more$/);
    expect(leftOut).toBe(`; ${300 - listed.length} parts left out of the list, which has no room for more`);
  });
});

const dataset = 'https://speech/datasets/test';
const [ours, base] = ['https://speech/models/ours', 'https://speech/models/base/new'];
const always = { 'min-improvement': 0, 'min-words': 700, name: 'measure', dataset, model: 'ours' } as const;

/** Three speakers: `ours` is better over all of them, and worse for the last. */
function worldOfSpeakers(): FakeWorld {
  const world = createFakeWorld();
  const at = '2026-01-01T00:00:00Z';
  const common = { locale: 'en-US', createdDateTime: at, lastActionDateTime: at, status: 'Succeeded' };
  world.objects.datasets.push({ ...common, self: dataset, displayName: 'test', kind: 'Acoustic' });
  world.objects.baseModels.push(fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }));
  world.objects.models.push(fakeModel('ours'));
  const texts = (isWrong: (speaker: string, index: number) => boolean): Record<string, string> =>
    Object.fromEntries(
      ['ada', 'bob', 'eve'].flatMap((speaker) =>
        Array.from({ length: 60 }, (_, index) => {
          const last = isWrong(speaker, index) ? '<substitution>x</substitution>' : 'a';
          return [`${speaker}-${index}.wav`, `${'a '.repeat(11)}${last}`];
        }),
      ),
    );
  Object.assign(world.texts, {
    [ours]: texts((speaker, index) => speaker === 'eve' && index < 40),
    [base]: texts((speaker, index) => (speaker === 'eve' ? index < 5 : index < 50)),
  });
  world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: 0.0185, wordErrorRate2: 0.0486 } });
  return world;
}

describe('evaluate with slices', () => {
  const eve = 'speaker eve: higher by 4.9 % (3.9 % to 5.8 %, p below 0.001), more than 2.0 %';

  it('has nothing better that is worse for a speaker, and says for whom', async () => {
    const world = worldOfSpeakers();
    const wanted = { ...always, against: 'base', slices: { ...settings, 'max-regression': 0.02 } };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    expect(outputs).toMatchObject({
      better: false,
      verdict: `better, but not everywhere: ${eve}`,
      slicesPass: false,
      slicesVerdict: eve,
      slicesTooFew: 0,
    });
    expect(evaluate.summarise?.(outputs).join(', ')).toContain(`not everywhere: ${eve}`);
    expect(evaluate.summarise?.(outputs).join(', ').split('speaker eve')).toHaveLength(2);
  });

  it('has better what is within the bounds, and tells so', async () => {
    const wanted = { ...always, against: 'base', slices: { ...settings, 'max-regression': 0.1 } };
    const { outcome } = await runStep(evaluate, wanted, { world: worldOfSpeakers() });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    expect(outputs).toMatchObject({ better: true, slicesPass: true });
    expect(evaluate.summarise?.(outputs).at(-1)).toBe('slices: within the bounds: 3 of 3 parts by speaker');
  });

  it('bounds the rate of each speaker for a model that is measured alone', async () => {
    const wanted = { ...always, slices: { ...settings, 'max-wer': 0.02 } };
    const { outcome } = await runStep(evaluate, wanted, { world: worldOfSpeakers() });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    expect(outputs).toMatchObject({ slicesPass: false });
    expect(evaluate.summarise?.(outputs).at(-1)).toMatch(/^slices: speaker eve: 5\.6 % .* is above 2\.0 %$/);
  });

  it('does not pass where the evaluation does not tell what was recognised', async () => {
    const world = worldOfSpeakers();
    delete world.texts[ours];
    const wanted = { ...always, slices: { ...settings, 'max-wer': 0.5 } };
    const { outcome } = await runStep(evaluate, wanted, { world });
    expect(outcome).toMatchObject({
      outputs: {
        slicesPass: false,
        slicesVerdict: 'cannot tell: evaluation measure has no files of what was recognised',
      },
    });
  });

  it('has nothing better where the names tell no speakers', async () => {
    const world = worldOfSpeakers();
    for (const [model, texts] of Object.entries(world.texts))
      world.texts[model] = Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [name.replace('-', ''), text] as const),
      );
    const wanted = { ...always, against: 'base', slices: { ...settings, 'max-wer': 0.5 } };
    const { outcome } = await runStep(evaluate, wanted, { world });
    expect(outcome).toMatchObject({
      outputs: {
        better: false,
        verdict: expect.stringMatching(/^cannot tell: the names .* tell no speakers/) as string,
      },
    });
  });

  it('cuts by what its manifest says, and measures nothing by a column without one', async () => {
    const world = worldOfSpeakers();
    const read: string[] = [];
    world.recordingValues = new Map([
      ...Array.from({ length: 60 }, (_, index) => [`eve-${index}`, 'rural'] as const),
      ['bob-0', 'town'],
    ]);
    const { recordingValues } = world.ports.data;
    Object.assign(world.ports.data, {
      recordingValues: async (file: string, column: string) => {
        read.push(`${column} of ${file}`);
        return await recordingValues(file, column);
      },
    });
    const slices = { by: 'home', manifest: 'data/people.csv', 'min-words': 700, 'max-regression': 0.02 };
    const { outcome } = await runStep(evaluate, { ...always, against: 'base', slices: [slices] }, { world });
    expect(read).toEqual(['home of /pipeline/data/people.csv']);
    expect(outcome).toMatchObject({
      outputs: {
        better: false,
        verdict: expect.stringMatching(/^better, but not everywhere: home rural: higher by 4\.9 %/) as string,
        slicesTooFew: 1,
      },
    });
    const { manifest: _, ...nameless } = slices;
    const other = worldOfSpeakers();
    await expect(runStep(evaluate, { ...always, slices: nameless }, { world: other })).rejects.toThrow(
      'Name a manifest that tells the home of recordings: their names tell speakers alone',
    );
    expect(other.created).toEqual([]);
  });

  it('plans them, and leaves to the run what they come to', async () => {
    const world = worldOfSpeakers();
    const slices = { ...settings, 'max-wer': 0.2, 'max-regression': 0.02 };
    const wanted = { ...always, against: 'base', slices };
    const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    expect(evaluate.plan({ ...about, known: wanted, with: wanted }, facts).summary).toContain(
      ', speaker by speaker (none above 20.0 %, none higher by more than 2.0 %)',
    );
    await runStep(evaluate, wanted, { world });
    const { undecided } = evaluate.plan({ ...about, known: wanted, with: wanted }, { ...facts, ...world.objects });
    expect(undecided).toEqual(expect.arrayContaining(['slices', 'slicesPass', 'slicesVerdict', 'slicesTooFew']));
  });

  it('has them in results.json as it judged them', async () => {
    const wanted = { ...always, against: 'base', slices: { ...settings, 'max-regression': 0.02 } };
    const { outcome } = await runStep(evaluate, wanted, { world: worldOfSpeakers() });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    const step = { uses: 'evaluate', status: 'succeeded', outputs } as never;
    const { sets } = runResults({ steps: { candidate: step }, status: 'succeeded', pipeline: 'p' } as never, {
      made: { program: 'speechops' },
      inputs: {},
      summaryOf: () => '',
      texts: new Map(),
      known: undefined,
    });
    expect(sets[0]?.slices.map(({ value, passed }) => [value, passed])).toEqual([
      ['eve', false],
      ['ada', true],
      ['bob', true],
    ]);
    expect(sets[0]?.slices[0]).toMatchObject({
      by: 'speaker',
      rate: { words: 720, errors: 40, utterances: 60 },
      againstRate: { errors: 5 },
      comparison: { verdict: 'worse' },
    });
  });
});
