import type { ResultsSlice } from '../../../schemas/types.gen.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { seedOfDataset } from '../../plan/measurements.ts';
import type { Evidence } from './gate.ts';
import { judgeParts, type MeasuredPart } from './judge-parts.ts';
import type { Pair } from './measured-pair.ts';
import { type ReadSet, setOutputs } from './sets.ts';
import { type Cut, cutRecordings, type JudgedCut, sliceOutputs } from './slices.ts';

/** The outputs about the parts of a test set and about further sets. They are judged together: the more there are, the more differs by chance. */
export function boundedOutputs(of: {
  readonly pair: Pair;
  /** Of the test set, by its `self`. */
  readonly dataset: string;
  readonly evidence: Evidence | string;
  readonly cuts: readonly Cut[];
  readonly sets: readonly ReadSet[];
}): Outputs {
  const { pair, evidence, cuts, sets } = of;
  const isCompared = pair.against !== undefined;
  const slices = cuts.map((cut) => ({
    cut,
    made: typeof evidence === 'string' ? evidence : cutRecordings(evidence.recordings, cut),
  }));
  const parts = slices.flatMap(({ cut: { settings }, made }) =>
    typeof made === 'string' ? [] : [...made].map(([value, recordings]) => ({ settings, value, recordings })),
  );
  const seed = seedOfDataset(of.dataset);
  const telling = sets.flatMap((set) => (typeof set.evidence === 'string' ? [] : [{ set, evidence: set.evidence }]));
  const measured: readonly MeasuredPart[] = [
    ...parts.map(({ settings, recordings }) => ({ recordings, bounds: settings, seed })),
    ...telling.map(({ set: { settings, dataset }, evidence: { recordings } }) => ({
      recordings,
      bounds: settings,
      seed: seedOfDataset(dataset.self),
    })),
  ];
  const judgements = judgeParts(measured, { isCompared });
  const judgedCuts = slices.map(({ cut: { settings }, made }): JudgedCut => {
    if (typeof made === 'string') return { settings, slices: made };
    const judged = parts.flatMap((part, index): readonly ResultsSlice[] => {
      const judgement = judgements[index];
      return part.settings !== settings || judgement === undefined
        ? []
        : [{ by: settings.by, value: part.value, ...judgement }];
    });
    return { settings, slices: judged };
  });
  const judgementOf = new Map(telling.map(({ set }, index) => [set, judgements[parts.length + index]]));
  return {
    ...sliceOutputs(judgedCuts, { isCompared }),
    ...setOutputs(
      sets.map((set) => ({ ...set, judgement: judgementOf.get(set) })),
      { pair, isCompared },
    ),
  };
}
