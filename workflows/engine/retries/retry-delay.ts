import { createHash } from 'node:crypto';
import type { RetryPolicy } from '../../language/pipeline.ts';

/**
 * The seconds to wait after an attempt (from 1) has failed. They double with every attempt up to the maximum of the policy; up to
 * half is taken off so that steps do not all come back at once. A hash of run, step and attempt gives that part, so that it is
 * the same in every execution.
 */
export function retryDelaySeconds(
  policy: RetryPolicy,
  of: { readonly runId: string; readonly stepId: string; readonly attempt: number },
): number {
  const whole = Math.min(policy.maxDelaySeconds, policy.delaySeconds * 2 ** (of.attempt - 1));
  const digest = createHash('sha256').update(`${of.runId}/${of.stepId}/${of.attempt}`).digest();
  return whole * (1 - digest.readUInt32BE() / 2 ** 33);
}
