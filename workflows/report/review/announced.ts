import type { PlanDocument, SavedDataChanges, SavedPipeline } from '../../../schemas/types.gen.ts';

/** What a pipeline of a plan may say besides its steps; each is absent where nobody asked for it. */
export interface Announced {
  readonly cost?: AnnouncedCost;
  readonly policies?: readonly AnnouncedPolicy[];
  readonly changes: readonly DataChange[];
}

export interface AnnouncedCost {
  readonly currency: string;
  readonly prices: { readonly date: string; readonly source: string };
  readonly items: readonly {
    readonly step: string;
    readonly what: string;
    readonly unit: string;
    readonly quantity?: number;
    readonly price?: number;
    /** Absent where it is not known. */
    readonly amount?: number;
    readonly per: 'once' | 'month';
    readonly note?: string;
  }[];
  /** Of the amounts that are known. */
  readonly once?: number;
  readonly perMonth?: number;
}

export interface AnnouncedPolicy {
  readonly rule: string;
  readonly verdict: 'denied' | 'warned' | 'needs-acknowledgement' | 'acknowledged' | 'undecided';
  readonly message: string;
  readonly step?: string;
  readonly acknowledgedBy?: string;
  readonly reason?: string;
}

/** What a file or folder is, held against a Git revision. */
export interface DataChange extends SavedDataChanges {
  readonly path: string;
}

/** What the pipelines of a plan announce, one for each. */
export function announcedBy({ pipelines }: PlanDocument): readonly Announced[] {
  return pipelines.map((pipeline) => {
    const { cost, policies } = pipeline as SavedPipeline & Omit<Announced, 'changes'>;
    return {
      ...(cost === undefined ? {} : { cost }),
      ...(policies === undefined ? {} : { policies }),
      changes: pipeline.data.flatMap(({ path, changes }) => (changes === undefined ? [] : [{ ...changes, path }])),
    };
  });
}
