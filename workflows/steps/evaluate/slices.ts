import path from 'node:path';
import type { EvaluateSlice, EvaluateWith, ResultsSlice } from '../../../schemas/types.gen.ts';
import { type Outputs, type StepContext, StepFailure, type StepInput } from '../../engine/step-kind.ts';
import { speakersOf } from '../../scoring/speakers.ts';
import { bareId } from '../../scoring/readers/pair-ids.ts';
import type { RecordingValues } from '../../scoring/readers/recording-values.ts';
import type { PairedUtterance } from '../../scoring/significance/compare-rates.ts';
import { boundsInWords, decidesNothing, isBounded, type NamedPart, verdictOfParts } from './judge-parts.ts';
import { leftOutOfList, listOutput } from './list-output.ts';

/** One way to cut a test set. */
export interface Cut {
  readonly settings: EvaluateSlice;
  /** Absent where the names of the recordings tell their speakers. */
  readonly values?: RecordingValues;
}

/** A recording as two models recognised it; by its name it belongs to a slice. */
export interface SlicedRecording extends PairedUtterance {
  readonly name: string;
}

/** How a step cuts its test set, in the order of writing. */
export function slicesOf({ slices = [] }: Pick<EvaluateWith, 'slices'>): readonly EvaluateSlice[] {
  return [slices].flat();
}

/** The cuts of a step with what their manifests say, before anything is paid for that could not be cut. */
export async function cutsOf(
  { with: wanted, folder }: Pick<StepInput<EvaluateWith>, 'with' | 'folder'>,
  { ports }: Pick<StepContext, 'ports'>,
): Promise<readonly Cut[]> {
  return await Promise.all(
    slicesOf(wanted).map(async (settings): Promise<Cut> => {
      const { by, manifest } = settings;
      if (manifest === undefined && by !== 'speaker')
        throw new StepFailure(`Name a manifest that tells the ${by} of recordings: their names tell speakers alone`);
      if (manifest === undefined) return { settings };
      return { settings, values: await ports.data.recordingValues(path.resolve(folder, manifest), by) };
    }),
  );
}

/** The parts that a cut makes of recordings, null for those that have no value; a text says why there are none. */
export function cutRecordings<T extends SlicedRecording>(
  recordings: readonly T[],
  { settings: { by, manifest = '' }, values }: Cut,
): ReadonlyMap<string | null, readonly T[]> | string {
  if (values === undefined) {
    const bySpeaker = speakersOf(recordings, ({ name }) => name);
    return bySpeaker ?? 'the names of the recordings tell no speakers, as `SPEAKER-1.wav` and `SPEAKER_1.wav` do';
  }
  const known = new Map([...values].map(([name, value]) => [bareId(name), value]));
  const valueOf = ({ name }: SlicedRecording): string | null => known.get(bareId(name)) || null;
  if (recordings.some((one) => valueOf(one) !== null)) return Map.groupBy(recordings, valueOf);
  if (recordings.some(({ name }) => known.has(bareId(name)))) return `${manifest} tells no ${by} of any recording`;
  const [theirs = ''] = values.keys();
  return `${manifest} names none of the recordings: it has ${theirs}, the test set ${recordings[0]?.name ?? 'none'}`;
}

/** What a cut comes to: its slices, or why there are none. */
export interface JudgedCut {
  readonly settings: EvaluateSlice;
  readonly slices: readonly ResultsSlice[] | string;
}

/** The outputs about the slices; a cut without slices is not within its bounds. Those beyond a bound come first, then the largest. */
export function sliceOutputs(cuts: readonly JudgedCut[], how: { readonly isCompared: boolean }): Outputs {
  if (cuts.length === 0) return {};
  const slices = cuts
    .flatMap((cut) => slicesIn(cut))
    .toSorted((one, other) => rankOf(one) - rankOf(other) || (other.rate.words ?? 0) - (one.rate.words ?? 0));
  const shown =
    slices.length === 0 ? {} : { slices: listOutput(slices), slicesTooFew: slices.filter(decidesNothing).length };
  const bounded = cuts.filter(({ settings }) => isBounded(settings, how));
  if (bounded.length === 0) return shown;
  const untold = bounded.flatMap(({ slices: told }) => (typeof told === 'string' ? [told] : []));
  const named = bounded.map((cut) => [`parts by ${cut.settings.by}`, slicesIn(cut).map(namedPart)] as const);
  return {
    ...shown,
    slicesPass: untold.length === 0 && slices.every(({ passed }) => passed !== false),
    slicesVerdict:
      untold.length > 0
        ? `cannot tell: ${[...new Set(untold)].join('; ')}`
        : `${verdictOfParts(named)}${leftOutOfList(slices, 'part')}`,
  };
}

function slicesIn({ slices }: JudgedCut): readonly ResultsSlice[] {
  return typeof slices === 'string' ? [] : slices;
}

function rankOf({ passed }: ResultsSlice): number {
  return passed === false ? 0 : 1;
}

function namedPart({ by, value, ...slice }: ResultsSlice): NamedPart {
  return { ...slice, name: value === null ? `recordings without a ${by}` : `${by} ${value}` };
}

/** How a test set is cut and what is asked of the parts, as the end of a plan's sentence; empty where nothing is. */
export function slicesInWords(slices: readonly EvaluateSlice[]): string {
  return slices
    .map((settings) => {
      const bounds = boundsInWords(settings).map((bound) => `none ${bound}`);
      return `, ${settings.by} by ${settings.by}${bounds.length === 0 ? '' : ` (${bounds.join(', ')})`}`;
    })
    .join('');
}
