import { createHash } from 'node:crypto';
import type { ResultsDocument, ResultsRate, ResultsSet } from '../../schemas/types.gen.ts';

/** Several documents side by side, the oldest first. */
export interface RatesOverTime {
  readonly runs: readonly ComparedRun[];
  /** One for each step that measures, test set and rules: rates of other data or rules cannot be compared. */
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
  /** The step that measured it, a candidate or what is served; absent where files were scored. */
  readonly step?: string;
  /** Begins a digest that tells test sets of one name apart; absent where nothing is known of the data. */
  readonly data?: string;
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
  /** Why the rate is not of the whole test set as it is counted here. */
  readonly incomplete?: string;
  /** The rate less that of the run before; absent where one of them is none or incomplete. */
  readonly change?: number;
}

/** How the rates of test sets went from document to document. */
export function ratesOverTime(documents: readonly ResultsDocument[]): RatesOverTime {
  const sorted = documents.toSorted(({ made: one }, { made: other }) => (one.finishedAt < other.finishedAt ? -1 : 1));
  const measured = sorted.flatMap(({ source, sets, lineage }, run) =>
    sets.map((set): Measured => ({
      run,
      set,
      data: digestOf(set, lineage),
      step: source === 'score' ? undefined : set.id,
    })),
  );
  const groups = Map.groupBy(measured, ({ step, data, set }) =>
    JSON.stringify([
      step,
      data,
      set.title,
      set.profile,
      set.profileVersion,
      set.rules,
      set.unit,
      set.mergeCompounds ?? false,
      set.marks ?? [],
    ]),
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

interface Measured {
  readonly run: number;
  readonly set: ResultsSet;
  readonly data: string | undefined;
  readonly step: string | undefined;
}

/** Of the dataset where the run knows its digest; else of the utterances. */
function digestOf(
  { title, utterances, marks = [], mergeCompounds = false }: ResultsSet,
  lineage: ResultsDocument['lineage'],
): string | undefined {
  const [dataset, ...others] = lineage.filter(({ kind, name }) => kind === 'dataset' && name === title);
  if (dataset?.digest !== undefined && others.length === 0) return dataset.digest.slice(0, digits);
  if (utterances.length === 0) return undefined;
  // With these rules the reference that stands in the document depends on what was recognised.
  const isFixed = marks.length === 0 && !mergeCompounds;
  const said = utterances.map(({ id, reference }) => JSON.stringify(isFixed ? [id, reference] : [id])).toSorted();
  return createHash('sha256').update(said.join('\n')).digest('hex').slice(0, digits);
}

const digits = 8;

function seriesOf(measured: readonly Measured[]): RateSeries {
  const { set, step, data } = measured[0]!;
  const { title, profile, profileVersion, rules, unit, mergeCompounds = false } = set;
  return {
    title,
    ...(step === undefined ? {} : { step }),
    ...(data === undefined ? {} : { data }),
    profile,
    profileVersion,
    ...(rules === undefined ? {} : { rules }),
    unit,
    mergeCompounds,
    points: measured.map(({ run, set: { model, rate, incomplete } }, index) => {
      const before = measured[index - 1];
      const earlier = before === undefined || before.set.incomplete !== undefined ? null : before.set.rate.value;
      const isKnown = earlier !== null && rate.value !== null && incomplete === undefined;
      return {
        run,
        model,
        rate,
        ...(incomplete === undefined ? {} : { incomplete }),
        ...(isKnown ? { change: rate.value - earlier } : {}),
      };
    }),
  };
}
