import type { DataPlaces } from './data-places.ts';
import { localDataKey, type LocalDataRequest } from './local-data.ts';

/** Local data that a step would upload, to be checked as the service would take them. */
export interface DataCheckRequest extends LocalDataRequest {
  readonly locale: string;
  /** Undefined where the pipeline uses them for both, for neither, or does not say. */
  readonly purpose?: DataPurpose | undefined;
  /** The test sets that models which are trained with them are measured with, as the pipeline writes their places. @default none */
  readonly tests?: readonly DataPlaces[];
  /** What of them the step uploads all the same. */
  readonly tolerance: Tolerance;
}

/** What the pipeline does with a dataset. */
export type DataPurpose = 'train' | 'test';

/** Which faulty data a step uploads. */
export interface Tolerance {
  readonly faults: 'fail' | 'warn';
  /** Whether models may be trained with what they are tested with. */
  readonly allowsLeak: boolean;
  /** Of all lines, 0..1. */
  readonly maxRejected: number;
}

/** What the service would make of data. */
export interface DataCheck {
  /** Whether it would refuse all of them. */
  readonly isRefused: boolean;
  /** Whether the word error rate of a model that is trained with them would be too good, because they are in a test set as well. */
  readonly isUntrue: boolean;
  /** How many lines or recordings it would count, and how many of them it would reject. */
  readonly lines: number;
  readonly rejected: number;
  readonly warnings: number;
  /** The first findings, errors before warnings: `path:line:column: message [code]`. */
  readonly told: readonly string[];
}

/** Of all purposes: what is used for two is checked for either. */
export function dataCheckKey({ from, kind, locale }: Omit<DataCheckRequest, 'tolerance' | 'purpose'>): string {
  return `${localDataKey({ from, kind })}:${locale}`;
}

/** Whether a step makes no dataset of such data. */
export function isTooFaulty(
  { isRefused, isUntrue, rejected, lines }: Pick<DataCheck, 'isRefused' | 'isUntrue' | 'rejected' | 'lines'>,
  { faults, maxRejected, allowsLeak }: Tolerance,
): boolean {
  if (faults === 'warn') return false;
  return isRefused || (isUntrue && !allowsLeak) || (rejected > 0 && rejected / Math.max(lines, rejected) > maxRejected);
}
