import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { TestSets } from '../compare/test-sets.ts';
import type { WordCounts } from '../statistics/word-counts.ts';
import type { Purpose } from './checked-set.ts';
import type { DataFindings } from './data-findings.ts';

/** The tiers of a Speech resource: standard, and free. */
export type Tier = 'S0' | 'F0';

/** What every check of a set is given. */
export interface CheckContext {
  readonly kind: UploadWith['kind'];
  readonly locale: string;
  /** Undefined where the set may be used for either. */
  readonly purpose: Purpose | undefined;
  /** `quick` reads names, headers and beginnings; `whole` reads every byte. */
  readonly depth: 'quick' | 'whole';
  readonly findings: DataFindings;
  /** Of the resource that is to take the set. @default S0 */
  readonly tier?: Tier | undefined;
  /** The test sets that training data may have nothing in common with. @default none */
  readonly tests?: TestSets | undefined;
  /** Whether what was heard in recordings is kept, to compare others with it. @default false */
  readonly keepsHeard?: boolean | undefined;
  /** Where the words of the lines are counted that the service takes. @default they are not */
  readonly words?: WordCounts | undefined;
  /** Told of bytes that have been read. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
