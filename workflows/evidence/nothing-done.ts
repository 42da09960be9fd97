import type { RunStep } from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';

/** That a run has done nothing, and why its first step was skipped, in a sentence; undefined where a step was not skipped. */
export function nothingDone(steps: Readonly<Record<string, Pick<RunStep, 'status' | 'reason'>>>): string | undefined {
  const all = Object.entries(steps);
  const [first, ...others] = all;
  if (first === undefined || all.some(([, { status }]) => status !== 'skipped')) return undefined;
  const [id, { reason }] = first;
  const because = reason === undefined ? '' : `, ${reason}`;
  const rest =
    others.length === 0
      ? ''
      : `; ${counted(others.length, 'other step')} ${others.length === 1 ? 'was' : 'were'} skipped, too`;
  return `Nothing was done: ${id} was skipped${because}${rest}.`;
}
