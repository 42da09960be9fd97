import type { PipelineOptions } from './options.ts';
import type { Session } from './session.ts';

/** How lock files are written. */
export interface LockOptions extends Omit<PipelineOptions, 'emulator'> {
  readonly check?: boolean;
}

/** A lock file as it would be, or is, written. */
export interface LockedFile {
  /** As people are told it. */
  readonly path: string;
  /** How many uploads it has. */
  readonly uploads: number;
  /** What it says otherwise than before, each as a sentence. */
  readonly changes: readonly string[];
}

/** Writes, or with `check` compares, the lock files beside pipelines; undefined when a pipeline has faults, which are printed. */
export type WriteLocks = (
  files: readonly string[],
  options: LockOptions & { readonly io: Session['io'] },
) => Promise<readonly LockedFile[] | undefined>;
