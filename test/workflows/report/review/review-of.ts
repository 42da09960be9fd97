import type { PlanDocument, ResultsDocument, SavedPipeline, SavedStep } from '../../../../schemas/types.gen.ts';
import type { Review } from '../../../../workflows/report/review/review-comment.ts';

/** A plan of one pipeline with these steps; what they do not say is that they would make something. */
export function planWith(steps: readonly Partial<SavedStep>[], pipeline: Partial<SavedPipeline> = {}): PlanDocument {
  return {
    version: 1,
    program: 'speechops 0.1.0',
    hash: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    pipelines: [
      {
        name: 'calls',
        file: { path: 'pipelines/calls.yaml', sha256: 'a', lines: [] },
        normalised: 'n1',
        observedAt: '2026-01-02T03:04:05.000Z',
        target: 'https://contoso.cognitiveservices.azure.com',
        inputs: {},
        given: {},
        variables: {},
        data: [{ path: 'data/test', kind: 'Acoustic', digest: 'd1' }],
        ...pipeline,
        steps: steps.map((step, index) => ({
          id: `s${index}`,
          uses: 'upload',
          action: 'create',
          summary: 'make it',
          effects: ['create-dataset'],
          outputs: {},
          ...step,
        })),
      },
    ],
  };
}

/** Endpoint `ward` would get another model, as the evaluation `candidate` speaks for it. */
export const swapSteps: readonly Partial<SavedStep>[] = [
  { id: 'text', action: 'reuse', effects: [], summary: 'text.txt is there' },
  {
    id: 'adapted',
    uses: 'train',
    action: 'reuse',
    effects: [],
    needs: ['text'],
    restsOn: { 'the base model is': 'A (1)' },
  },
  { id: 'candidate', uses: 'evaluate', action: 'reuse', effects: [], needs: ['adapted'] },
  {
    id: 'go-live',
    uses: 'swap',
    action: 'update',
    effects: ['update-endpoint'],
    summary: 'endpoint ward: Wards 1 -> Wards 2',
    needs: ['candidate'],
    condition: 'steps.candidate.outputs.better is true',
    restsOn: { 'endpoint ward serves': 'Wards 1 (w1)' },
    endpointChange: { endpoint: 'ward', before: 'Wards 1', after: 'Wards 2', rollback: 'Wards 1' },
  },
];

/** What the evaluation `candidate` told. */
export function measured(): ResultsDocument {
  return {
    version: 1,
    source: 'plan',
    title: 'calls',
    verdict: { passed: null, sentence: 'Nothing has run.', reasons: [] },
    made: { finishedAt: '2026-01-02T03:04:05.000Z', program: 'speechops 0.1.0' },
    steps: [],
    sets: [
      {
        id: 'candidate',
        title: 'test',
        profile: 'none',
        profileVersion: 1,
        unit: 'word',
        model: 'Wards 2',
        against: 'Wards 1',
        rate: { value: 0.079, low: 0.061, high: 0.099, utterances: 120, words: 942, errors: 74 },
        againstRate: { value: 0.244, low: 0.21, high: 0.28, utterances: 120, words: 942, errors: 230 },
        comparison: { delta: -0.165, probabilityOfImprovement: 1, pValue: 0.0001, verdict: 'better' },
        decision: { better: true, sentence: 'better' },
        slices: [],
        confusions: [],
        missed: [],
        inserted: [],
        utterances: ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((id, index) => ({
          id,
          audio: `audio/${id}.wav`,
          reference: 'the ward is full',
          recognised: { text: 'the word is full', operations: 'CSCC' },
          against: { text: 'the is', operations: index === 2 ? 'CDCD' : 'CDCD' },
        })),
      },
    ],
    swaps: [],
    lineage: [],
    expiry: [{ kind: 'base model', name: 'A', ends: '2027-01-15T00:00:00Z', consequence: 'no training on it' }],
  };
}

export function reviewOf(review: Partial<Review> = {}): Review {
  return {
    plan: planWith(swapSteps),
    results: measured(),
    environment: 'production',
    others: [],
    planFile: 'plan.json',
    commit: '0123456789abcdef0123456789abcdef01234567',
    now: '2026-01-02T03:10:05.000Z',
    ...review,
  };
}

/** A review in which these texts, in turn, stand wherever somebody else can put one. */
export function hostileReview(texts: readonly string[]): Review {
  let at = 0;
  const text = (): string => texts[at++ % texts.length] ?? '';
  const results = measured();
  const [set] = results.sets;
  const words = text();
  const recognised = { text: `${words} ${words}`, operations: 'CSDI' };
  const change = { endpoint: text(), before: text(), after: text(), rollback: text() };
  const plan = planWith(
    [
      { id: text(), action: 'fail', summary: text(), condition: text(), effects: [], restsOn: { [text()]: text() } },
      {
        id: `${text()} 2`,
        action: 'update',
        summary: text(),
        effects: ['delete-endpoint', text()],
        needs: [text()],
        endpointChange: change,
      },
    ],
    { name: text(), target: text(), data: [] },
  );
  const announced = {
    data: [
      {
        path: text(),
        kind: text(),
        digest: text(),
        changes: {
          since: text(),
          added: 1,
          removed: 0,
          changed: 0,
          unit: 'lines',
          examples: [{ change: 'added', text: text() }],
        },
      },
    ],
    cost: {
      currency: 'USD',
      prices: { date: text(), source: text() },
      items: [{ step: text(), what: text(), unit: text(), quantity: 1, per: text(), note: text() }],
      once: 1,
    },
    policies: [
      { rule: text(), verdict: 'denied', message: text(), step: text(), acknowledgedBy: text(), reason: text() },
    ],
  } as unknown as Partial<SavedPipeline>;
  const pipelines = plan.pipelines.map((pipeline) => ({ ...pipeline, ...announced }));
  const earlier = { planHash: text(), plannedAt: text(), commit: text(), headline: text() };
  return {
    plan: { ...plan, pipelines: [...pipelines, { ...pipelines[0]!, steps: pipelines[0]!.steps.slice(1) }] },
    results: {
      ...results,
      sets:
        set === undefined
          ? []
          : [
              {
                ...set,
                id: text(),
                title: text(),
                model: text(),
                against: text(),
                utterances: [{ id: text(), audio: text(), reference: text(), recognised, against: recognised }],
              },
            ],
      expiry: [{ kind: text(), name: text(), ends: text(), consequence: text() }],
    },
    environment: text(),
    others: [{ number: 12, title: text(), url: 'https://example.com/12', endpoints: [text()] }],
    planFile: text(),
    reportUrl: 'https://example.com/report.html',
    commit: text(),
    now: '2026-01-02T03:10:05.000Z',
    previous: {
      environment: text(),
      ...earlier,
      endpoints: [],
      base: { own: '', urls: {}, models: {}, sets: {} },
      history: [earlier],
    },
  };
}
