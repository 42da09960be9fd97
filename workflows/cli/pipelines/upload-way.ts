import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { Pipeline } from '../../language/pipeline.ts';

/** How an upload sends local data. */
export type UploadWay = UploadWith['via'];

export const uploadWays: readonly UploadWay[] = ['auto', 'blocks', 'storage'];

/** The pipeline with uploads that send local data in this way, whatever their steps say. */
export function withUploadWay(pipeline: Pipeline, via: UploadWay | undefined): Pipeline {
  if (via === undefined) return pipeline;
  const steps = pipeline.steps.map((step) =>
    step.uses === 'upload' ? { ...step, with: { ...step.with, via } } : step,
  );
  return { ...pipeline, steps };
}
