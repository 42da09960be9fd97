import type { SavedPipeline, SavedStep } from '../../../schemas/types.gen.ts';

/** A step as it is saved. */
export function savedStepOf(members: Partial<SavedStep> = {}): SavedStep {
  const { id = 'go-live' } = members;
  return { id, uses: 'swap', action: 'update', summary: 'ward: A -> B', effects: [], outputs: {}, ...members };
}

/** A plan of one pipeline as it is saved. */
export function savedPipelineOf(members: Partial<SavedPipeline> = {}): SavedPipeline {
  return {
    name: 'calls',
    file: { path: 'calls.yaml', sha256: 'a'.repeat(64), lines: ['1', '2', '3', '4', '5'] },
    normalised: 'b'.repeat(64),
    observedAt: '2026-01-02T03:04:05.000Z',
    target: 'https://west',
    inputs: {},
    given: {},
    variables: {},
    data: [],
    steps: [savedStepOf()],
    ...members,
  };
}
