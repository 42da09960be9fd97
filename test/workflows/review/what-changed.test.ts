import { describe, expect, it } from 'vitest';
import type { SavedPipeline, SavedStep } from '../../../schemas/types.gen.ts';
import { whatChanged } from '../../../workflows/review/what-changed.ts';
import { savedPipelineOf as pipeline, savedStepOf as step } from './saved-pipeline.ts';

/** What has changed from one plan to another, whose steps do the same by the days of today unless others are given. */
function changed(
  saved: Partial<SavedPipeline>,
  now: Partial<SavedPipeline>,
  stepsNow?: readonly SavedStep[],
): readonly string[] {
  const planned = pipeline(now);
  return whatChanged(pipeline(saved), { now: planned, stepsNow: stepsNow ?? planned.steps });
}

function file(sha256: string, lines: string): Pick<SavedPipeline, 'file'> {
  return { file: { path: 'calls.yaml', sha256, lines: [...lines] } };
}

describe('what changed', () => {
  it('is nothing between a plan and itself at another time', () => {
    expect(changed({}, { observedAt: '2026-03-01T00:00:00.000Z' })).toEqual([]);
  });

  it.each([
    ['12345', '12x45', 'calls.yaml changed at line 3'],
    ['12345', '1xyz45', 'calls.yaml changed at lines 2 to 4'],
    ['12345', '1245', 'calls.yaml changed behind line 2, where 1 line went out'],
    ['12345', '123455', 'calls.yaml changed at line 6'],
    ['11', '111', 'calls.yaml changed at line 3'],
    ['12345', '12345', 'calls.yaml changed in its line ends or its encoding'],
  ])('is the lines of the file: %s -> %s', (before, after, told) => {
    expect(changed(file('a', before), file('b', after))).toEqual([told]);
  });

  it('is inputs and variables, as people write them', () => {
    const rate = (value: number): Pick<SavedPipeline, 'inputs'> => ({ inputs: { 'max-wer': { type: 'rate', value } } });
    expect(changed(rate(0.1), rate(0.15))).toEqual(['input max-wer is 15.0 %, it was 10.0 %']);
    expect(changed(rate(0.1), {})).toEqual(['input max-wer is none, it was 10.0 %']);
    expect(changed({ variables: { REGION: 'west' } }, { variables: { REGION: 'east' } })).toEqual([
      'variable REGION is east, it was west',
    ]);
    expect(changed({}, { variables: { REGION: 'east' } })).toEqual(['variable REGION is east, it was not set']);
  });

  it('is the Speech resource', () => {
    expect(changed({}, { target: 'https://east' })).toEqual([
      'the Speech resource is https://east, it was https://west',
    ]);
  });

  it('is data by their digests, of a URL by what its server tells', () => {
    const data = (digest: string, kind = 'Acoustic'): Pick<SavedPipeline, 'data'> => ({
      data: [{ path: 'data/test', kind, digest }],
    });
    expect(changed(data('0123456789abcdef'), data('fedcba9876543210'))).toEqual([
      'data/test changed: its digest is fedcba987654, it was 0123456789ab',
    ]);
    expect(changed(data('"an etag of a server"', 'URL'), data('12 bytes', 'URL'))).toEqual([
      'data/test changed: its digest is 12 bytes, it was "an etag of a server"',
    ]);
    expect(changed({}, data('0'))).toEqual(['data/test is read, it was not']);
    expect(changed(data('0'), {})).toEqual(['data/test is not read any more']);
  });

  it('is the world that steps rest on, each change once, and not the steps that follow from it', () => {
    const steps = (model: string): Pick<SavedPipeline, 'steps'> => ({
      steps: ['baseline', 'go-live'].map((id) =>
        step({ id, summary: model, restsOn: { 'endpoint ward serves': model, 'endpoint ward is': 'e' } }),
      ),
    });
    expect(changed(steps('A (1)'), steps('A (2)'))).toEqual([
      'endpoint ward serves A (2) now, it was A (1) (baseline, go-live)',
    ]);
  });

  it('is what a step would do, when no cause of it is known', () => {
    const skip = step({ action: 'skip', summary: 'nothing to do' });
    expect(changed({}, { steps: [skip] })).toEqual([
      'step go-live would skip: nothing to do; planned was: update: ward: A -> B',
    ]);
    const later = step({ action: 'at-run-time', summary: 'swap if better' });
    expect(changed({}, { steps: [later] })[0]).toContain('would decide at run time: swap if better; planned was');
    expect(changed({ steps: [step({ outputs: { model: 'x' } })] }, { steps: [step({ outputs: {} })] })).toEqual([
      'the output model of go-live is not known, it was x',
    ]);
    expect(changed({}, { steps: [step({ effects: ['delete-endpoint'] })] })).toEqual([
      'step go-live may change other things, or finds out others, than it was planned to',
    ]);
    expect(changed({}, { steps: [step({ id: 'new' })] })).toEqual([
      'there is no step go-live any more',
      'step new is new',
    ]);
  });

  it('is not the days that are left, until they make a step do something else, or a model has ended', () => {
    const left = (days: number): SavedStep => step({ outputs: { 'days-left': days, expires: '2026-05-01' } });
    const saved = { steps: [left(40)] };
    expect(changed(saved, saved, [left(12)])).toEqual([]);
    expect(changed(saved, saved, [left(-1)])).toEqual([
      'the model of go-live has ended: it recognises no more since 2026-05-01',
    ]);
    const trains = step({ action: 'create', summary: 'train' });
    expect(changed({}, {}, [trains])).toEqual(['step go-live would create: train; planned was: update: ward: A -> B']);
    expect(changed({}, {}, [step({ effects: ['update-endpoint'] })])).toHaveLength(1);
  });

  it('is told also when nothing but the meaning of the text is another', () => {
    expect(changed({}, { normalised: 'c' })).toEqual([
      'pipeline calls is understood otherwise than it was when the plan was made',
    ]);
  });

  it('is told in a dozen sentences at most', () => {
    const steps = Array.from({ length: 40 }, (_, index) => step({ id: `s${index}` }));
    const others = steps.map((one) => ({ ...one, summary: 'another' }));
    const told = changed({ steps }, { steps: others });
    expect([told.length, told.at(-1)]).toEqual([13, 'and 28 further changes']);
  });
});
