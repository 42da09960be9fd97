import { describe, expect, it } from 'vitest';
import type { Pipeline, PipelineStep } from '../../../../workflows/language/pipeline.ts';
import { localDataOf, smokeAudioOf } from '../../../../workflows/plan/data/wanted-data.ts';
import { step, pipeline, source } from '../retraining-pipeline.ts';

describe('the data that is looked at before the plan', () => {
  it('asks for the digests of the local data that the pipeline names', () => {
    expect(localDataOf(source)).toEqual([
      { from: 'data/test', kind: 'Acoustic' },
      { from: 'data/text.txt', kind: 'Language' },
    ]);
  });

  it('finds the smoke audio whose paths are known, without the secrets that other settings read', () => {
    const swapWith = (audio: string): PipelineStep => step(audio, 'swap', { endpoint: 'e', verify: { audio } });
    const from = '${{ env.URL }}';
    const swaps = ['data/smoke', 'data/smoke', '${{ inputs.smoke }}', '${{ steps.text.outputs.digest }}'].map(swapWith);
    const heard: Pipeline = {
      ...pipeline,
      inputs: { smoke: { type: 'string', value: 'other' } },
      env: { URL: { secret: true } },
      steps: [step('text', 'upload', { kind: 'Language', from }), ...swaps],
    };
    expect(smokeAudioOf({ pipeline: heard, env: {} })).toEqual(['data/smoke', 'other']);
  });
});
