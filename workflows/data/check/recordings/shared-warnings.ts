import type { DataFindings } from '../data-findings.ts';
import type { SharedBy } from '../rules/rule.ts';

/** The codes of what many recordings share, and may well. */
export type SharedCode =
  | 'audio-sizes'
  | 'too-long-for-training'
  | 'too-short'
  | 'audio-clipped'
  | 'audio-silent'
  | 'audio-quiet'
  | 'audio-offset'
  | 'no-pause'
  | 'audio-upsampled'
  | 'recorded-twice';

interface Shared {
  path: string;
  recordings: number;
  names: string[];
  worst: number;
}

/** Warnings that many recordings of a set share: one finding for each code, with how many there are and the names of the first. */
export class SharedWarnings {
  readonly #shared = new Map<SharedCode, Shared>();

  /** `size` is how bad it is: the largest is told. */
  add(code: SharedCode, recording: { readonly name: string; readonly path: string; readonly size?: number }): void {
    const { name, path, size = 0 } = recording;
    const shared = this.#shared.get(code) ?? { path, recordings: 0, names: [], worst: 0 };
    shared.recordings += 1;
    if (shared.names.length < mostNames) shared.names.push(name);
    shared.worst = Math.max(shared.worst, size);
    this.#shared.set(code, shared);
  }

  count(code: SharedCode): number {
    return this.#shared.get(code)?.recordings ?? 0;
  }

  /** Reports each of them at the first recording that it is true of. */
  report(findings: DataFindings, { except = [] }: { readonly except?: readonly SharedCode[] } = {}): void {
    for (const [code, { path, ...shared }] of this.#shared)
      if (!except.includes(code)) findings.report(code, { path }, shared satisfies SharedBy);
  }
}

const mostNames = 3;
