import type { ResultsDocument, ResultsProbe } from '../../../../schemas/types.gen.ts';
import { scoreResults } from '../../../../workflows/evidence/score-results.ts';
import { compareScores } from '../../../../workflows/scoring/compare-scores.ts';
import { scoreUtterances } from '../../../../workflows/scoring/score-utterances.ts';
import { readTerms } from '../../../../workflows/scoring/readers/term-list.ts';
import { scoreTerms } from '../../../../workflows/scoring/terms.ts';
import { createDraws, type Draws } from '../../../fuzz/draws.ts';

/** A run that measured two models on ward rounds and changed an endpoint's model: the same for the same seed. */
export function sampleResults({
  utterances = 240,
  seed = 1,
}: { readonly utterances?: number; readonly seed?: number } = {}): ResultsDocument {
  const draws = createDraws(seed);
  const speakers = ['nurse-1', 'nurse-2', 'nurse-3', 'doctor-1', 'doctor-2', 'porter-1'];
  const said = Array.from({ length: utterances }, (_, index) => ({
    id: `${speakers[index % speakers.length]}-${String(index + 1).padStart(5, '0')}.wav`,
    text: sentence(draws),
  }));
  const heard = (share: number, terms: number): readonly { readonly id: string; readonly text: string }[] =>
    said.map(({ id, text }) => ({ id, text: recognised(text, { draws, share, terms }) }));
  const [model, against] = [heard(0.03, 0.12), heard(0.04, 0.55)].map((hypotheses) =>
    scoreUtterances({ references: said, hypotheses, profile: 'lexical', unit: 'word' }),
  );
  if (model === undefined || against === undefined) throw new Error('Two scores were made');
  const groupOf = (id: string): string | undefined => /^[a-z]+-\d+/.exec(id)?.[0];
  const read = readTerms(Object.keys(drugs).join('\n'));
  const terms =
    'terms' in read ? scoreTerms(model.utterances, { terms: read.terms, profile: 'lexical', unit: 'word' }) : undefined;
  const scored = scoreResults(
    {
      score: model,
      files: { references: 'Ward rounds', hypotheses: 'Wards 2', against: 'Wards 1' },
      maxWer: 0.06,
      groups: { by: 'speaker', valueOf: groupOf },
      speakerOf: groupOf,
      audioOf: (id) => `audio/${id}`,
      terms,
      comparison: compareScores(model, against, { seed: 1, speakerOf: groupOf }),
    },
    { made: sampleMade },
  );
  return { ...sampleRun, verdict: { ...sampleRun.verdict, reasons: scored.verdict.reasons }, sets: scored.sets };
}

const drugs: Readonly<Record<string, string>> = {
  ibuprofen: 'eye profane',
  paracetamol: 'para seat a mole',
  amoxicillin: 'a mocks a cillin',
  metoprolol: 'metro roll',
  furosemide: 'few rose mide',
  heparin: 'hip airing',
  'co-codamol': 'coco dam all',
};

const near: Readonly<Record<string, string>> = {
  four: 'for',
  eight: 'ate',
  their: 'there',
  ward: 'word',
  bed: 'bad',
  hours: 'ours',
  dose: 'doze',
  pain: 'pane',
  week: 'weak',
};

function sentence(draws: Draws): string {
  const drug = (): string => draws.pick(Object.keys(drugs));
  const number = (): string => draws.pick(['two', 'four', 'five', 'eight', 'ten', 'twelve']);
  return draws.pick([
    () => `the patient in bed ${number()} got ${drug()} ${number()} hours ago and the pain is better this morning`,
    () =>
      `please give ${number()} hundred milligrams of ${drug()} ${draws.pick(['twice', 'three times'])} a day until the end of the week`,
    () =>
      `${draws.pick(['mister', 'missis'])} ${draws.pick(['keller', 'okafor', 'lindqvist', 'nguyen'])} on ward ${number()} is allergic to ${drug()} so we change to ${drug()}`,
    () =>
      `blood pressure is one hundred and ${number()} over seventy and their pulse is ${number()} beats above the last dose`,
    () =>
      `can somebody from the pharmacy bring ${drug()} to ward ${number()} before the night shift starts at ${number()}`,
  ])();
}

function recognised(
  text: string,
  { draws, share, terms }: { readonly draws: Draws; readonly share: number; readonly terms: number },
): string {
  return text
    .split(' ')
    .flatMap((word) => {
      const drug = drugs[word];
      if (drug !== undefined) return draws.chance(terms) ? [drug] : [word];
      if (!draws.chance(share)) return [word];
      const other = near[word];
      if (other !== undefined) return [other];
      return draws.pick([[], [word, 'the'], [word, 'uh'], [`${word}s`]]);
    })
    .join(' ');
}

const sampleMade = {
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:24:10.000Z',
  program: 'speechops 0.1.0',
  by: 'dana',
  host: 'GitHub Actions, wards run 4711, job release',
  commit: '8c1f0e2b6f6c1d5d3a0b3f5ad4b1c9b1f0d2e3a4',
  branch: 'main',
  resource: 'https://wards.cognitiveservices.azure.com',
};

const changed = Date.parse('2026-01-02T03:21:00.000Z');

function probes(): readonly ResultsProbe[] {
  const draws = createDraws(7);
  return Array.from({ length: 90 }, (_, index) => {
    const seconds = index - 30;
    const isNew = seconds > 14 || (seconds > 9 && index % 2 === 0);
    return {
      at: new Date(changed + seconds * 1000 + draws.below(400)).toISOString(),
      milliseconds: 330 + draws.below(120) + (seconds > 0 && seconds < 18 ? draws.below(380) : 0),
      answeredBy: isNew ? ('model' as const) : ('previous' as const),
    };
  });
}

const sampleRun: ResultsDocument = {
  version: 1,
  source: 'run',
  title: 'ward-en-us',
  runId: 'ward-en-us-20260102-030405-7f3a',
  verdict: { passed: true, sentence: 'Wards 2 serves endpoint ward, and fewer words are wrong.', reasons: [] },
  made: sampleMade,
  inputs: { 'max-wer': 0.06, 'min-improvement': 0.005, notify: true, token: '***' },
  steps: [
    {
      id: 'audio',
      uses: 'upload',
      status: 'reused',
      sentence: 'Ward rounds, as uploaded on 2025-12-29',
      startedAt: '2026-01-02T03:04:06.000Z',
      finishedAt: '2026-01-02T03:04:09.000Z',
    },
    {
      id: 'terms',
      uses: 'upload',
      status: 'succeeded',
      sentence: 'Ward terms 14, 312 lines',
      startedAt: '2026-01-02T03:04:06.000Z',
      finishedAt: '2026-01-02T03:04:31.000Z',
    },
    {
      id: 'candidate',
      uses: 'train',
      status: 'succeeded',
      sentence: 'Wards 2 from base model 20260814',
      startedAt: '2026-01-02T03:04:32.000Z',
      finishedAt: '2026-01-02T03:13:02.000Z',
    },
    {
      id: 'gate',
      uses: 'evaluate',
      status: 'succeeded',
      sentence: 'better, by 6 points',
      reason: "needs.candidate.outputs.changed == 'true'",
      startedAt: '2026-01-02T03:13:03.000Z',
      finishedAt: '2026-01-02T03:20:40.000Z',
    },
    {
      id: 'go-live',
      uses: 'swap',
      status: 'succeeded',
      sentence: 'ward serves Wards 2, proved',
      reason: 'needs.gate.outputs.better (true)',
      startedAt: '2026-01-02T03:20:41.000Z',
      finishedAt: '2026-01-02T03:24:08.000Z',
    },
    { id: 'tell', uses: 'approve', status: 'skipped', sentence: '', reason: 'inputs.ask (false)' },
  ],
  sets: [],
  swaps: [
    {
      step: 'go-live',
      endpoint: 'ward',
      model: 'Wards 2',
      previousModel: 'Wards 1',
      proof: 'proved',
      changedAt: new Date(changed).toISOString(),
      firstOfModel: '2026-01-02T03:21:10.250Z',
      lastOfPrevious: '2026-01-02T03:21:14.100Z',
      failures: 0,
      probes: probes(),
    },
  ],
  lineage: [
    { id: 'commit', kind: 'commit', name: '8c1f0e2 on main', digest: '8c1f0e2b', from: [] },
    { id: 'run', kind: 'run', name: 'ward-en-us-20260102-030405-7f3a', from: ['commit'] },
    { id: 'base', kind: 'base-model', name: '20260814', from: [] },
    { id: 'text', kind: 'dataset', name: 'Ward terms 14', digest: '41d1f2aa', from: ['run'] },
    { id: 'audio', kind: 'dataset', name: 'Ward rounds', digest: '9b07c3de', from: ['run'] },
    { id: 'model', kind: 'custom-model', name: 'Wards 2', digest: '9f86d081', from: ['base', 'text'] },
    { id: 'gate', kind: 'evaluation', name: 'Wards 2 against Wards 1 on Ward rounds', from: ['model', 'audio'] },
    { id: 'ward', kind: 'endpoint', name: 'ward', from: ['gate', 'model'] },
  ],
  expiry: [
    { kind: 'base model', name: '20260814', ends: '2027-01-15T00:00:00Z', consequence: 'trains no new model' },
    {
      kind: 'endpoint',
      name: 'ward',
      ends: '2027-07-15T00:00:00Z',
      consequence: 'answers with the newest base model, and no error tells it',
    },
  ],
  cost: [{ what: 'evaluation of two models', amount: 1.5, unit: 'hours of audio' }],
};
