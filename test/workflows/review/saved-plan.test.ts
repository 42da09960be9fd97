import { describe, expect, it } from 'vitest';
import type { PlanDocument, SavedPipeline, SavedStep } from '../../../schemas/types.gen.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { digestsOfLines } from '../../../workflows/review/digests-of-lines.ts';
import { readPlanDocument } from '../../../workflows/review/read-plan-document.ts';
import { planDocument, planHash, savedPipeline, savedStep } from '../../../workflows/review/saved-plan.ts';
import { planOf } from '../report/plan-of.ts';
import { savedPipelineOf, savedStepOf } from './saved-pipeline.ts';

const plan: Plan = {
  pipeline: {
    name: 'calls',
    locale: 'en-US',
    inputs: {
      from: { type: 'string', value: 'https://host/data.zip?sig=access' },
      token: { type: 'string', value: 'a-secret-value' },
      wer: { type: 'rate', value: 0.1 },
    },
    steps: [],
    layers: [],
  },
  folder: '/somewhere',
  target: { endpoint: 'https://west' },
  env: { REGION: 'west' },
  steps: [],
};
const origin = {
  observedAt: '2026-01-02T03:04:05.000Z',
  localData: { 'Acoustic:data/a:b': { digest: 'd', files: 1, bytes: 1 } },
  urls: {
    'https://host/data.zip?sig=access': { md5: 'm', etag: 'e', bytes: 1 },
    'https://host/tagged': { etag: 'e', bytes: 1 },
    'https://host/long': { bytes: 12 },
    'https://host/silent': { reason: 'does not answer' },
  },
  given: { from: 'https://host/data.zip?sig=access', token: 'a-secret-value', wer: '10%' },
  mask: (text: string) => text.replaceAll('a-secret-value', '***'),
};

describe('a plan as it is saved', () => {
  it('has what it rests on, and nothing that gives access', () => {
    const saved = savedPipeline(plan, origin);
    expect(saved).toMatchObject({
      target: 'https://west',
      inputs: { from: { value: 'https://host/data.zip' }, token: { value: '***' }, wer: { type: 'rate', value: 0.1 } },
      given: { wer: '10%' },
      variables: { REGION: 'west' },
      data: [
        { path: 'data/a:b', kind: 'Acoustic', digest: 'd' },
        { path: 'https://host/data.zip', kind: 'URL', digest: 'm' },
        { path: 'https://host/tagged', kind: 'URL', digest: 'e' },
        { path: 'https://host/long', kind: 'URL', digest: '12 bytes' },
        { path: 'https://host/silent', kind: 'URL', digest: 'unknown' },
      ],
    });
    expect(JSON.stringify(saved)).not.toMatch(/access|a-secret-value|somewhere/);
  });

  it('has a digest of the pipeline that no order of keys changes, and every value does', () => {
    const digestOf = (pipeline: Plan['pipeline']): string => savedPipeline({ ...plan, pipeline }, origin).normalised;
    const { name, ...rest } = plan.pipeline;
    expect(digestOf({ ...rest, name })).toBe(digestOf(plan.pipeline));
    expect(digestOf({ ...rest, name: 'others' })).not.toBe(digestOf(plan.pipeline));
  });

  it('knows lines by digests that do not tell them', () => {
    expect(digestsOfLines('a\r\nb')).toEqual(digestsOfLines('a\nb'));
    expect(digestsOfLines('a\nb')).toEqual([
      expect.stringMatching(/^ca978112ca1b$/),
      expect.stringMatching(/^3e23e8160039$/),
    ]);
  });
});

describe('the hash of a plan', () => {
  const changes: readonly Partial<SavedPipeline>[] = [
    { name: 'other' },
    { normalised: 'c'.repeat(64) },
    { target: 'https://east' },
    { inputs: { wer: { type: 'rate', value: 0.1 } } },
    { given: { wer: '10%' } },
    { variables: { REGION: 'east' } },
    { data: [{ path: 'data', kind: 'Acoustic', digest: 'd' }] },
    { file: { path: 'calls.yaml', sha256: 'c'.repeat(64), lines: [] } },
    { steps: [savedStepOf({ summary: 'other' })] },
    { steps: [savedStepOf({ restsOn: { 'endpoint ward serves': 'A (2)' } })] },
  ];

  it('is another for everything that is saved, but the time', () => {
    const hashes = changes.map((change) => planHash([savedPipelineOf(change)]));
    expect(new Set([planHash([savedPipelineOf()]), ...hashes]).size).toBe(changes.length + 1);
    expect(planHash([savedPipelineOf({ observedAt: '2027-01-01T00:00:00Z' })])).toBe(planHash([savedPipelineOf()]));
    expect(planHash([savedPipelineOf(), savedPipelineOf()])).not.toBe(planHash([savedPipelineOf()]));
  });
});

describe('a plan that is read', () => {
  const document = planDocument([savedPipelineOf()], {
    program: 'speechops 0.1.0',
    hash: planHash([savedPipelineOf()]),
  });

  function faultOf(text: string): string {
    const read = readPlanDocument(text);
    return 'fault' in read ? read.fault : '';
  }

  it('is what was written', () => {
    expect(readPlanDocument(JSON.stringify(document))).toEqual({ document });
  });

  const other = (change: Partial<Record<keyof PlanDocument, unknown>>): string =>
    JSON.stringify({ ...document, ...change });
  it.each([
    ['no JSON', 'name: x', 'it is no JSON'],
    ['nothing', '', 'it is no JSON'],
    ['another version', other({ version: 2 }), 'it has version 2, and this program reads version 1'],
    ['another document', '[]', 'it is not what schemas/plan.schema.json says: must be object'],
    ['no pipelines', other({ pipelines: [] }), 'it is not what schemas/plan.schema.json says: /pipelines must'],
    ['another hash', other({ hash: 'a'.repeat(64) }), 'somebody has edited it: its hash is of another plan'],
    [
      'a step that was edited',
      other({ pipelines: [savedPipelineOf({ steps: [savedStepOf({ action: 'skip' })] })] }),
      'somebody has edited it: its hash is of another plan',
    ],
    [
      'more than a plan has',
      JSON.stringify({ ...document, note: 'x' }),
      'it is not what schemas/plan.schema.json says: must NOT have additional properties',
    ],
  ])('is refused with %s', (_, text, fault) => {
    expect(faultOf(text)).toContain(fault);
  });

  it('is refused when its keys are of no plan at all', () => {
    expect(faultOf('{"__proto__": {"version": 1}}')).toContain('it is not what schemas/plan.schema.json says');
  });

  it('says what a step deletes besides, and not that it deletes nothing', () => {
    const [deleting, sparing] = planOf({ deletes: ['ward-canary-dead'] }, {}).steps.map(savedStep);
    expect(sparing).not.toHaveProperty('deletes');
    const pipelines = [savedPipelineOf({ steps: [deleting!] })];
    const saved = planDocument(pipelines, { program: 'speechops 0.1.0', hash: planHash(pipelines) });
    expect(readPlanDocument(JSON.stringify(saved))).toMatchObject({
      document: { pipelines: [{ steps: [{ deletes: ['ward-canary-dead'] }] }] },
    });
  });

  it('names objects of the embedded emulator without its port, which is another one in each process', () => {
    const stepAt = (port: number, resource: string): SavedStep =>
      savedStep({
        ...planOf({ outputs: { dataset: `http://127.0.0.1:${port}/speechtotext/datasets/1`, wer: 0.1 } }).steps[0]!,
        resource,
      });
    expect(stepAt(1, 'embedded-emulator')).toEqual(stepAt(2, 'embedded-emulator'));
    expect(stepAt(1, 'http://127.0.0.1:1')).not.toEqual(stepAt(2, 'http://127.0.0.1:1'));
  });
});
