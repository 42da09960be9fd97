import type { RunRecord } from '../../engine/run-record.ts';
import { type ExitCode, UsageError } from '../session.ts';

/** The exit code of a command that has seen a run end. */
export function exitCodeOf(record: RunRecord): ExitCode {
  if (record.status === 'succeeded') return 0;
  // Stopped from outside, or the world failed: the same run may succeed another time.
  const isWorld = Object.values(record.steps).some((step) => step.failure === 'world');
  return isWorld || record.status === 'cancelled' ? 3 : 1;
}

/** Throws a {@link UsageError} when a run must not be called so. */
export function checkRunId(runId: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) return;
  throw new UsageError(
    `Name the run with letters, digits, dots and hyphens, at most 100: got ${JSON.stringify(runId)}`,
  );
}
