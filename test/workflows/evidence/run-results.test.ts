import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../schemas/documents.ts';
import type { ResultsDocument, RunDocument, RunStep } from '../../../schemas/index.ts';
import { runResults, type RunSources } from '../../../workflows/evidence/run-results.ts';
import { fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(resultsSchema);

function resultsOf(steps: RunDocument['steps'], more: Partial<RunSources & RunDocument> = {}): ResultsDocument {
  const { status = 'succeeded', error, ...sources } = more;
  const document = runResults(
    {
      runId: 'r1',
      pipeline: 'ward',
      status,
      ...(error === undefined ? {} : { error }),
      startedAt: '2026-01-02T03:04:05.000Z',
      finishedAt: '2026-01-02T03:24:05.000Z',
      steps,
    },
    {
      made: { program: 'speechops' },
      inputs: {},
      summaryOf: ({ uses }) => `what ${uses} says`,
      texts: new Map(),
      known: undefined,
      ...sources,
    },
  );
  validate(document);
  expect(validate.errors).toBe(null);
  return document;
}

const dataset = {
  self: 'https://speech/datasets/calls',
  displayName: 'Calls',
  locale: 'en-US',
  kind: 'Acoustic',
  createdDateTime: '2026-01-01T00:00:00Z',
  lastActionDateTime: '2026-01-01T00:00:00Z',
  status: 'Succeeded',
  properties: { durationMilliseconds: 1_800_000 },
};

const evaluation = {
  ...dataset,
  self: 'https://speech/evaluations/e',
  displayName: 'Candidate',
  dataset: { self: dataset.self },
  // The step asked for the two the other way round, and found this one.
  model1: { self: 'https://speech/models/base/new' },
  model2: { self: 'https://speech/models/ours' },
  properties: {},
};

const ward = fakeEndpoint('ward', 'https://speech/models/ours');

const known = {
  observedAt: '2026-06-01T00:00:00Z',
  datasets: [dataset],
  evaluations: [evaluation],
  models: [fakeModel('ours', { baseModel: { self: 'https://speech/models/base/new' } })],
  baseModels: [fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' })],
  endpoints: [ward],
};

const texts = {
  evaluation,
  references: [
    { id: 'a.wav', text: 'stop ramipril now' },
    { id: 'b.wav', text: 'good morning' },
  ],
  recognised: {
    1: new Map([
      ['a.wav', 'stop rum now'],
      ['b.wav', 'good morning'],
    ]),
    2: new Map([
      ['a.wav', 'stop ramipril now'],
      ['b.wav', undefined],
    ]),
  },
};

function evaluated(outputs: RunStep['outputs'] = {}): RunStep {
  return {
    uses: 'evaluate',
    status: 'succeeded',
    outputs: {
      evaluation: evaluation.self,
      model: 'https://speech/models/ours',
      againstModel: 'https://speech/models/base/new',
      ...outputs,
    },
  };
}

function swapped(status: RunStep['status'], outputs: RunStep['outputs']): RunStep {
  const served = { endpoint: ward.self, model: 'https://speech/models/ours' };
  return { uses: 'swap', status, outputs: { ...served, previousModel: 'https://speech/models/old', ...outputs } };
}

describe('the evidence of a run', () => {
  it('takes each model from its side of the evaluation, and what is told of no text for not recognised', () => {
    const { sets } = resultsOf(
      { candidate: evaluated({ wer: 0.4 }) },
      { known, texts: new Map([['candidate', texts]]) },
    );
    expect(sets).toMatchObject([
      {
        title: 'Calls',
        model: 'ours',
        against: 'new',
        rate: { value: 0.4, words: 5, errors: 2, deletions: 2 },
        againstRate: { value: 0.2, errors: 1 },
        utterances: [
          { recognised: { operations: 'CCC' }, against: { text: 'stop rum now', operations: 'CSC' } },
          { recognised: { text: '', operations: 'DD' }, against: { operations: 'CC' } },
        ],
      },
    ]);
  });

  it('has the numbers that the step decided by, and says where the utterances have others', () => {
    const outputs = { wer: 0.5, words: 4, substitutions: 1, deletions: 1, insertions: 0, againstWer: 0.25 };
    const { sets } = resultsOf({ candidate: evaluated(outputs) }, { known, texts: new Map([['candidate', texts]]) });
    expect(sets[0]?.rate).toEqual({
      value: 0.5,
      utterances: 2,
      words: 4,
      errors: 2,
      substitutions: 1,
      deletions: 1,
      insertions: 0,
    });
    expect(sets[0]?.againstRate?.value).toBe(0.25);
    expect(sets[0]?.incomplete).toBe(
      'The rate is that of the service, 2 errors in 4 words; the utterances as they are aligned here have 2 in 5.',
    );
  });

  describe('where the step says that the evaluation is partial', () => {
    const why = 'evaluation Candidate is partial: it has results of 1 of 2 recordings';
    const counted = {
      ...evaluation,
      properties: {
        wordCount1: 5,
        wordSubstitutionCount1: 3,
        wordDeletionCount1: 0,
        wordInsertionCount1: 0,
        wordCount2: 5,
        wordSubstitutionCount2: 1,
        wordDeletionCount2: 0,
        wordInsertionCount2: 1,
      },
    };
    const step = evaluated({
      wer: 0.4,
      werLow: 0.4,
      werHigh: 0.4,
      words: 5,
      substitutions: 1,
      deletions: 0,
      insertions: 1,
      againstWer: 0.6,
      incomplete: why,
      better: false,
      verdict: `cannot tell: ${why}`,
    });
    const { 1: base, 2: ours } = texts.recognised;
    const partial = {
      ...texts,
      evaluation: counted,
      recognised: { 1: base, 2: new Map([...ours].filter(([id]) => id === 'a.wav')) },
    };

    it.each([
      ['of one model', partial],
      ['of both', { ...texts, evaluation: counted }],
    ] as const)('compares nothing, with results %s', (_, told) => {
      const { sets } = resultsOf({ candidate: step }, { known, texts: new Map([['candidate', told]]) });
      expect(sets[0]).not.toHaveProperty('comparison');
      expect(sets[0]?.incomplete).toBe(why);
      expect(sets[0]?.rate).toEqual({ value: 0.4, words: 5, errors: 2, substitutions: 1, deletions: 0, insertions: 1 });
      expect(sets[0]?.againstRate).toEqual({
        value: 0.6,
        words: 5,
        errors: 3,
        substitutions: 3,
        deletions: 0,
        insertions: 0,
      });
    });

    it('shows no recording as deleted that has no result', () => {
      const { sets } = resultsOf({ candidate: step }, { known, texts: new Map([['candidate', partial]]) });
      expect(sets[0]?.utterances.map(({ id }) => id)).toEqual(['a.wav']);
      expect(sets[0]?.missed.map(({ word }) => word)).toEqual([]);
    });
  });

  it.each([
    [9, undefined],
    [10, 0.1],
  ])('has the interval that the step drew from %i recordings only where these are ten', (utterances, low) => {
    const outputs = { wer: 0.2, werLow: 0.1, werHigh: 0.3, utterances, againstWer: 0.3 };
    const compared = { delta: -0.1, deltaLow: -0.2, deltaHigh: 0.1, probabilityOfImprovement: 0.8, pValue: 0.3 };
    const { sets } = resultsOf({ candidate: evaluated({ ...outputs, ...compared }) });
    expect([sets[0]?.rate.low, sets[0]?.comparison?.deltaLow]).toEqual([low, low && -0.2]);
  });

  describe('compares by chance alone, and says beside it what the step decided', () => {
    const clear = { delta: -0.05, deltaLow: -0.07, deltaHigh: -0.03, probabilityOfImprovement: 1, pValue: 0.0001 };
    const none = { ...clear, deltaHigh: 0.01, pValue: 0.04 };
    const worse = { ...clear, delta: 0.05, deltaLow: 0.03, deltaHigh: 0.07, probabilityOfImprovement: 0 };

    it.each([
      ['better', clear, { better: false, verdict: 'better by 5.0 %, less than 6.0 %' }],
      ['better', clear, { better: true, verdict: 'better' }],
      ['no difference', { ...clear, pValue: 0.05 }, { better: false, verdict: 'not better: chance explains it' }],
      ['no difference', none, { better: false, verdict: 'not better: chance explains it' }],
      ['worse', worse, { better: false, verdict: 'not better' }],
      ['too few', { ...clear, tooFew: true }, { better: false, verdict: 'too few to tell' }],
    ] as const)('%s', (verdict, compared, decided) => {
      const step = evaluated({ wer: 0.05, againstWer: 0.1, ...compared, ...decided });
      const { sets } = resultsOf({ candidate: step });
      expect(sets[0]?.comparison?.verdict).toBe(verdict);
      expect(sets[0]?.decision).toEqual({ better: decided.better, sentence: decided.verdict });
    });

    it('with what the terms and noise come to', () => {
      const noise = { evaluations: 3, noise: 'they differ', noisePass: false };
      const { sets } = resultsOf({
        candidate: evaluated({ wer: 0.05, termsPass: false, termsVerdict: 'too many', ...noise }),
      });
      expect(sets[0]).toMatchObject({
        termsPassed: false,
        termsSentence: 'too many',
        noise: { passed: false, sentence: 'they differ' },
      });
    });

    it('or nothing where it decided nothing', () => {
      expect(resultsOf({ served: evaluated({ wer: 0.05 }) }).sets[0]).not.toHaveProperty('decision');
    });
  });

  it('does not compare recordings that are left out, and says how many', () => {
    const recognised = { 1: texts.recognised[1], 2: new Map([['a.wav', 'stop ramipril now']]) };
    const { sets } = resultsOf(
      { candidate: evaluated() },
      { known, texts: new Map([['candidate', { ...texts, recognised }]]) },
    );
    expect(sets[0]).not.toHaveProperty('comparison');
    expect(sets[0]?.incomplete).toBe('Left out, because the service has no results of them: 1 of 2 recordings.');
  });

  it('has the rate without utterances, and why, where the service does not tell them', () => {
    const step = evaluated({
      wer: 0.05,
      words: 1000,
      substitutions: 30,
      deletions: 12,
      insertions: 8,
      againstWer: 0.08,
    });
    const { sets, lineage } = resultsOf({ candidate: step }, { texts: new Map([['candidate', 'It was away.']]) });
    expect(sets).toMatchObject([
      {
        incomplete: 'It was away.',
        profile: 'service',
        model: 'ours',
        rate: { value: 0.05, words: 1000, errors: 50 },
        utterances: [],
      },
    ]);
    expect(sets[0]?.rate).not.toHaveProperty('utterances');
    expect(sets[0]?.againstRate).toEqual({ value: 0.08 });
    expect(lineage.map(({ id }) => id)).toEqual(['run', 'e', 'ours', 'base/new']);
  });

  it('names the Speech resource of an endpoint that was changed, and of what ends, where there are several', () => {
    const steps = { live: swapped('succeeded', { heard: true, rolledBack: false }) } as const;
    const hosts = new Map([
      ['id-of-ward', 'north.example'],
      ['ours', 'north.example'],
    ]);
    const { swaps, expiry } = resultsOf(steps, { known: { ...known, hosts } });
    expect(swaps).toMatchObject([{ endpoint: 'ward', resource: 'north.example' }]);
    expect(expiry.find(({ kind }) => kind === 'endpoint')).toMatchObject({ resource: 'north.example' });
    const alone = resultsOf(steps, { known });
    expect([alone.swaps[0], ...alone.expiry].some((one) => one !== undefined && 'resource' in one)).toBe(false);
    const twice = { ...known, baseModels: [...known.baseModels, ...known.baseModels], hosts };
    expect(resultsOf(steps, { known: twice }).expiry).toHaveLength(alone.expiry.length);
  });

  it('says of which model another one is a copy, and never that one is made from itself', () => {
    const copyOf = (self: string) => ({ customProperties: { 'speechops-copied-from': self } });
    const there = 'https://west.example/models/there';
    const source = fakeModel('there', { self: there, datasets: [{ self: dataset.self }] });
    const lineageOf = (...models: readonly ReturnType<typeof fakeModel>[]) =>
      resultsOf(
        { copied: { uses: 'copy', status: 'succeeded', outputs: { model: 'https://speech/models/ours' } } },
        { known: { ...known, models } },
      ).lineage.map(({ name, from }) => [name, from]);
    expect(lineageOf(fakeModel('ours', copyOf(there)), source)).toEqual([
      ['r1', []],
      ['Calls', []],
      ['there', ['calls']],
      ['ours', ['run', 'there']],
    ]);
    for (const forged of ['run', 'commit', 'https://west.example/models/run', 'https://west.example/commit'])
      expect(lineageOf(fakeModel('ours', copyOf(forged)))).toEqual([
        ['r1', []],
        ['ours', ['run']],
      ]);
    const round = { ...source, ...copyOf('https://speech/models/ours'), datasets: [] };
    expect(lineageOf(fakeModel('ours', copyOf(there)), round)).toEqual([
      ['r1', []],
      ['there', []],
      ['ours', ['run', 'there']],
    ]);
  });

  it('says what was made from what, each behind what it is made from', () => {
    const steps = {
      calls: { uses: 'upload', status: 'reused', outputs: { dataset: dataset.self, digest: 'd1' } },
      candidate: evaluated(),
      live: swapped('succeeded', { heard: true, rolledBack: false }),
    } as const;
    const { lineage, expiry, cost } = resultsOf(steps, { known, made: { program: 'speechops', commit: 'c0ffee' } });
    expect(lineage.map(({ kind, name, from }) => [kind, name, from])).toEqual([
      ['commit', 'c0ffee', []],
      ['run', 'r1', ['commit']],
      ['dataset', 'Calls', ['run']],
      ['base-model', 'new', []],
      ['custom-model', 'ours', ['base/new']],
      ['evaluation', 'Candidate', ['run', 'calls', 'base/new', 'ours']],
      ['endpoint', 'ward', ['ours']],
      ['custom-model', 'old', []],
    ]);
    expect(lineage.find(({ kind }) => kind === 'dataset')?.digest).toBe('d1');
    expect(expiry.map(({ kind }) => kind)).toContain('endpoint');
    expect(cost).toEqual([{ what: 'evaluation Candidate, two models', amount: 1, unit: 'hours of audio' }]);
    const repeated = { ...evaluated(), outputs: { ...evaluated().outputs, evaluations: 3, evaluationsMade: 2 } };
    expect(resultsOf({ candidate: repeated }, { known }).cost).toEqual([
      { what: 'evaluation Candidate, two models, 2 times', amount: 2, unit: 'hours of audio' },
    ]);
    const itself = { evaluation: evaluated().outputs['evaluation'], name: 'again', rate: { value: 0.1 }, reused: true };
    const twice = { ...repeated, outputs: { ...repeated.outputs, sets: JSON.stringify([itself]) } };
    expect(resultsOf({ candidate: twice }, { known }).cost).toMatchObject([{ amount: 2 }]);
    const found = { ...evaluated(), outputs: { ...evaluated().outputs, evaluations: 3, evaluationsMade: 0 } };
    expect(resultsOf({ candidate: found }, { known })).not.toHaveProperty('cost');
  });

  it.each([
    ['proved', 'succeeded', { heard: true, rolledBack: false }],
    ['unheard', 'succeeded', { heard: false, rolledBack: false }],
    ['unproved', 'failed', { heard: false, rolledBack: false }],
    ['taken back', 'failed', { heard: true, rolledBack: true, model: 'https://speech/models/old' }],
  ] as const)('says that a model is %s', (proof, status, outputs) => {
    const { swaps } = resultsOf({ live: swapped(status, outputs) }, { known, status });
    expect(swaps).toMatchObject([{ step: 'live', endpoint: 'ward', previousModel: 'old', proof }]);
  });

  it('says of a swap that a later step of the run has taken back what is served now', () => {
    const [old, ours] = ['https://speech/models/old', 'https://speech/models/ours'];
    const at = (minute: number): string => `2026-01-02T03:${minute}:00.000Z`;
    const forth = swapped('succeeded', { heard: true, rolledBack: false, changedAt: at(10) });
    const way = { heard: true, rolledBack: false, model: old, previousModel: ours };
    const back = swapped('succeeded', { ...way, changedAt: at(20) });
    const taken = { step: 'live', model: 'old', triedModel: 'ours', proof: 'taken back', takenBackAt: at(20) };
    const { swaps } = resultsOf({ live: forth, back }, { known, status: 'failed' });
    expect(swaps).toMatchObject([taken, { step: 'back', model: 'old', previousModel: 'ours', proof: 'proved' }]);

    // A step that has changed nothing there, or an endpoint of another name, takes nothing back.
    const found = swapped('succeeded', way);
    const other = swapped('succeeded', { ...way, changedAt: at(20), endpoint: 'https://speech/endpoints/other' });
    for (const later of [found, other])
      expect(resultsOf({ live: forth, later }, { known }).swaps[0]).toMatchObject({ model: 'ours', proof: 'proved' });
  });

  it('has what was tried, what was served before and what serves apart where a swap was taken back', () => {
    const [old, ours] = ['https://speech/models/old', 'https://speech/models/ours'];
    const back = {
      heard: true,
      rolledBack: true,
      model: old,
      triedModel: ours,
      takenBackAt: '2026-01-02T03:22:00.000Z',
    };
    const { swaps, verdict } = resultsOf({ live: swapped('failed', back) }, { known, status: 'failed' });
    expect(swaps).toMatchObject([
      { model: 'old', previousModel: 'old', triedModel: 'ours', takenBackAt: '2026-01-02T03:22:00.000Z' },
    ]);
    expect(verdict.sentence).toBe(
      'The run failed at live. Endpoint ward has its previous model old again: ours was tried there and taken back.',
    );
  });

  it.each([
    [true, 'ours serves endpoint ward.'],
    [false, 'ours was given to endpoint ward, and nobody has heard it there.'],
  ])('says that a model serves only where it was heard: %s', (heard, sentence) => {
    const { verdict } = resultsOf({ live: swapped('succeeded', { heard, rolledBack: false }) }, { known });
    expect(verdict.sentence).toBe(sentence);
  });

  describe('says first that a candidate was not taken, and why', () => {
    const clear = { delta: -0.05, deltaLow: -0.07, deltaHigh: -0.03, probabilityOfImprovement: 1, pValue: 0.0001 };
    const guarded = { ...clear, better: false, verdict: 'better, but not on all sets: noisy: too high' };
    const unclear = { better: false, verdict: 'not better: chance explains it' };

    it.each([
      [guarded, 'candidate was refused: better, but not on all sets: noisy: too high; no endpoint was changed.'],
      [unclear, 'candidate is not better: chance explains it; no endpoint was changed.'],
      [
        { better: false, verdict: 'too few to tell: 3 words' },
        'candidate is not better: too few to tell: 3 words; no endpoint was changed.',
      ],
      [{ ...clear, better: true, verdict: 'better' }, 'The run succeeded, and changed no endpoint.'],
    ])('%j', (outputs, sentence) => {
      const { verdict } = resultsOf({ candidate: evaluated({ wer: 0.05, againstWer: 0.1, ...outputs }) });
      expect(verdict).toMatchObject({ passed: true, sentence });
    });

    it('but not where an endpoint was changed, or the run failed', () => {
      const candidate = evaluated({ wer: 0.05, ...unclear });
      const live = swapped('succeeded', { heard: true, rolledBack: false });
      expect(resultsOf({ candidate, live }, { known }).verdict.sentence).toBe('ours serves endpoint ward.');
      expect(resultsOf({ candidate }, { status: 'failed' }).verdict.sentence).toBe('The run failed.');
    });
  });

  it('has the recognitions of the swap in time, and when the model was changed', () => {
    const series = [{ at: '2026-01-02T03:21:07.250Z', milliseconds: 412, answeredBy: 'model' }] as const;
    const changedAt = '2026-01-02T03:21:00.000Z';
    const { swaps } = resultsOf({ live: { ...swapped('succeeded', { heard: true, changedAt }), series } });
    expect(swaps).toMatchObject([{ changedAt, probes: series }]);
  });

  it('has no swap where nothing was changed', () => {
    const unchanged = { model: 'https://speech/models/old', heard: false, rolledBack: false };
    const { swaps } = resultsOf({
      failed: { ...swapped('failed', unchanged), error: 'too slow; nothing was changed' },
      served: swapped('reused', { heard: true, rolledBack: false }),
    });
    expect(swaps).toEqual([]);
  });

  it('says what was deleted and that people were told, and nothing where neither was', () => {
    const { verdict } = resultsOf({
      tidy: { uses: 'prune', status: 'succeeded', outputs: { deleted: 1, refused: 0, names: 'model calls' } },
      kept: { uses: 'prune', status: 'succeeded', outputs: { deleted: 0, refused: 1, names: '' } },
      tell: { uses: 'notify', status: 'succeeded', outputs: { told: 'teams' } },
    });
    expect(verdict.reasons).toEqual(['tidy: what prune says', 'tell: what notify says']);
  });

  it('says first why it did not pass, and leaves out what had nothing to do with it', () => {
    const { verdict } = resultsOf(
      {
        calls: { uses: 'upload', status: 'succeeded', outputs: { dataset: dataset.self, digest: 'd' } },
        candidate: { ...evaluated(), reason: '24.4 % > 15.0 %' },
        retrain: { uses: 'train', status: 'failed', outputs: {}, error: 'Too little data' },
        live: { uses: 'swap', status: 'skipped', outputs: {}, reason: 'retrain failed' },
      },
      { status: 'failed', error: 'The time is up' },
    );
    expect(verdict).toEqual({
      passed: false,
      sentence: 'The run failed at retrain.',
      reasons: [
        'The time is up',
        'candidate: what evaluate says, because 24.4 % > 15.0 %',
        'retrain failed: Too little data',
        'live was skipped: retrain failed',
      ],
    });
  });
});
