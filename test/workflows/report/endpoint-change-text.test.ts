import { describe, expect, it } from 'vitest';
import { endpointChangeLines } from '../../../workflows/report/endpoint-change-text.ts';
import { savedPipelineOf, savedStepOf } from '../review/saved-pipeline.ts';

describe('what endpoints would serve', () => {
  it('is a line each, with the ends of models and what a rollback gives back', () => {
    const wards = { endpoint: 'ward', before: 'Wards 1', after: 'Wards 2', rollback: 'Wards 1' };
    const steps = [
      savedStepOf({ endpointChange: { ...wards, beforeEnds: '2027-10-15', afterEnds: '2028-10-15' } }),
      savedStepOf({ action: 'at-run-time', endpointChange: { endpoint: 'calls', before: 'Calls' } }),
      savedStepOf({ action: 'at-run-time', endpointChange: { endpoint: 'calls', before: 'Calls', after: 'Wards 2' } }),
      savedStepOf({ action: 'create', endpointChange: { endpoint: 'new', after: 'Calls' } }),
      savedStepOf({ action: 'reuse' }),
    ];
    expect(endpointChangeLines(savedPipelineOf({ steps }))).toEqual([
      'endpoint ward: Wards 1 (until 2027-10-15) -> Wards 2 (until 2028-10-15); a rollback gives back Wards 1',
      'endpoint calls: Calls -> what the run decides; there is no model to go back to',
      'endpoint calls: Calls -> Wards 2, if the run decides so; there is no model to go back to',
      'endpoint new: Calls; there is no model to go back to',
    ]);
    expect(endpointChangeLines(savedPipelineOf({ steps }), { quoted: (text) => `\`${text}\`` })[3]).toBe(
      'endpoint `new`: `Calls`; there is no model to go back to',
    );
  });

  it('says of which Speech resource each is, where they are of several', () => {
    const steps = ['north', 'south'].map((name) =>
      savedStepOf({ resource: `https://${name}.example`, endpointChange: { endpoint: 'calls', after: 'Calls' } }),
    );
    expect(endpointChangeLines(savedPipelineOf({ steps }))).toEqual([
      'endpoint calls at north.example: Calls; there is no model to go back to',
      'endpoint calls at south.example: Calls; there is no model to go back to',
    ]);
  });
});
