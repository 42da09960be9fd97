import type { ResultsDocument, ResultsRate, ResultsSet } from '../../schemas/types.gen.ts';

/** Several documents side by side, the oldest first. */
export interface RatesOverTime {
  readonly runs: readonly ComparedRun[];
  /** One for each test set with its rules: rates of other rules cannot be compared. */
  readonly series: readonly RateSeries[];
}

export interface ComparedRun {
  /** The run's id, or what the document is called where it is of no run. */
  readonly name: string;
  readonly title: string;
  readonly finishedAt: string;
  /** None where nothing was to be checked. */
  readonly passed: boolean | null;
  readonly sentence: string;
  readonly commit?: string;
}

export interface RateSeries {
  readonly title: string;
  readonly profile: string;
  readonly profileVersion: number;
  readonly rules?: string;
  readonly unit: ResultsSet['unit'];
  readonly mergeCompounds: boolean;
  readonly points: readonly RatePoint[];
}

export interface RatePoint {
  /** The run that measured it, by its place in the list. */
  readonly run: number;
  readonly model: string;
  readonly rate: ResultsRate;
  /** The rate less that of the point before; absent where one of them is none. */
  readonly change?: number;
}

/** How the rates of test sets went from document to document. */
export function ratesOverTime(documents: readonly ResultsDocument[]): RatesOverTime {
  const sorted = documents.toSorted(({ made: one }, { made: other }) => (one.finishedAt < other.finishedAt ? -1 : 1));
  const measured = sorted.flatMap(({ sets }, run) => sets.map((set) => ({ run, set })));
  const groups = Map.groupBy(measured, ({ set }) =>
    JSON.stringify([set.title, set.profile, set.profileVersion, set.rules, set.unit, set.mergeCompounds ?? false]),
  );
  return {
    runs: sorted.map(({ runId, title, made: { finishedAt, commit }, verdict: { passed, sentence } }) => ({
      name: runId ?? title,
      title,
      finishedAt,
      passed,
      sentence,
      ...(commit === undefined ? {} : { commit }),
    })),
    series: [...groups.values()].map(seriesOf),
  };
}

function seriesOf(measured: readonly { readonly run: number; readonly set: ResultsSet }[]): RateSeries {
  const { title, profile, profileVersion, rules, unit, mergeCompounds = false } = measured[0]!.set;
  return {
    title,
    profile,
    profileVersion,
    ...(rules === undefined ? {} : { rules }),
    unit,
    mergeCompounds,
    points: measured.map(({ run, set: { model, rate } }, index) => {
      const before = measured[index - 1]?.set.rate.value ?? null;
      const isKnown = before !== null && rate.value !== null;
      return { run, model, rate, ...(isKnown ? { change: rate.value - before } : {}) };
    }),
  };
}
