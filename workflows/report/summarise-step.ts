import type { StepRecord } from '../engine/run-record.ts';
import { stepKinds } from '../steps/registry.ts';

/** The outputs of an ended step that a person wants to see, in a few words; empty when there are none of them. */
export function summariseStep({ uses, outputs }: Pick<StepRecord, 'uses' | 'outputs'>): string {
  const kind = Object.hasOwn(stepKinds, uses) ? stepKinds[uses] : undefined;
  return kind?.summarise?.(outputs).join(', ') ?? '';
}
