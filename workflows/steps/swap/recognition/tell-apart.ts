import { ServiceError } from '../../../engine/ports.ts';
import type { StepContext } from '../../../engine/step-kind.ts';
import { isUnanswered } from '../../../engine/retries/unanswered.ts';
import { referencesIn } from '../../../plan/identity.ts';
import { findComparison, type MeasuredSide } from '../../../plan/measurements.ts';
import { sameModel } from '../../../plan/models.ts';
import type { EntityFile } from '../../../plan/speech-entities.ts';
import { outlast } from '../../ensure.ts';
import { chooseRecordings, recognisedAs, takeSpeakersInTurn, type TwoTexts } from './choose-recordings.ts';
import { recognisedText, scoreFilesIn, type ScoreFile } from './recognised-texts.ts';

/** A recording that two models recognise as different texts. */
export interface ApartRecording extends TwoTexts {
  readonly audio: Uint8Array;
}

/** What tells two models apart on an endpoint, or why nothing does. */
export type Apart =
  | { readonly kind: 'apart'; readonly recordings: readonly ApartRecording[]; readonly evaluation: string }
  | { readonly kind: 'alike'; readonly why: string };

/** The models to tell apart. */
export interface Models {
  /** The one that is to be heard. */
  readonly wanted: string;
  /** The one that answers before it, where that is known. */
  readonly other: string | undefined;
  /** Models that may answer as well, because earlier swaps to them or from them were not proved. */
  readonly inDoubt: readonly string[];
}

/**
 * Finds recordings that tell two models apart, `most` at most, and on which no model that is in doubt is like the wanted one: what each model recognised stands in the files of evaluations, and
 * the audio in the archive of their dataset. The same resource gives the same recordings. Throws a {@link ServiceError} when the
 * service does not answer in the time there is; where it refuses to give what is needed, the models cannot be told apart.
 */
export async function tellApart(
  context: StepContext,
  { wanted, other, inDoubt, most }: Models & { readonly most: number },
): Promise<Apart> {
  if (most === 0) return alike('verify.discriminate is 0');
  if (other === undefined) return alike('it is not known which model answered before');
  if (sameModel(wanted, other)) return alike('it is the model that answers on every endpoint of the locale');
  try {
    return await outlast(context, async () => await find(context, { wanted, other, inDoubt, most }));
  } catch (error) {
    if (isUnanswered(error) || !(error instanceof ServiceError)) throw error;
    return alike(error.message);
  }
}

function alike(why: string): Apart {
  return { kind: 'alike', why };
}

async function find(
  context: StepContext,
  { wanted, other, inDoubt, most }: Models & { readonly other: string; readonly most: number },
): Promise<Apart> {
  const { signal, ports } = context;
  const { evaluations, datasets } = ports.speech;
  const others = inDoubt.filter((model) => !sameModel(wanted, model) && !sameModel(other, model));
  const sides = findComparison(await evaluations.list({ signal }), [wanted, other, ...others]);
  if (sides === undefined) return alike(notMeasured(others));
  const { displayName: evaluation, dataset } = sides[0].evaluation;
  const files = await filesOfEach(context, sides);
  if (files.length === 0) return alike(`evaluation ${evaluation} has no files that say what each model recognised`);
  const chosen = chooseRecordings(await readTexts(context, files, { enough: most * 4 }));
  if (chosen.length === 0)
    return alike(`${others.length === 0 ? 'both' : 'they'} recognised the same in evaluation ${evaluation}`);
  const archives: EntityFile[] = [];
  for (const part of referencesIn(dataset.self)) {
    const found = await datasets.files(part, { signal });
    archives.push(...found.filter(({ kind }) => kind === 'AcousticDataArchive'));
  }
  if (archives.length === 0) return alike(`the dataset of evaluation ${evaluation} has no archive of its audio`);
  const recordings = await readAudio(context, archives, { chosen, most });
  if (recordings.length === 0)
    return alike(`no recording on which they differ in evaluation ${evaluation} can be recognised at once`);
  return { kind: 'apart', recordings, evaluation };
}

function notMeasured(others: readonly string[]): string {
  if (others.length === 0) return 'no evaluation has measured both models on one dataset';
  return `${others.join(' and ')} may answer too, as an earlier swap was not proved, and no evaluations have measured all of them on one dataset`;
}

/** The score files of a recording: of the wanted model, the other one, and those that are in doubt. */
type FilesOfRecording = readonly [wanted: ScoreFile, other: ScoreFile, ...inDoubt: ScoreFile[]];

/** The score files of all models of each recording; speakers take turns. */
async function filesOfEach(
  { ports, signal }: StepContext,
  sides: readonly [MeasuredSide, MeasuredSide, ...MeasuredSide[]],
): Promise<readonly FilesOfRecording[]> {
  const { evaluations } = ports.speech;
  const filesOf = async ({ evaluation, side }: MeasuredSide): Promise<ReadonlyMap<string, ScoreFile>> => {
    const files: ScoreFile[] = [];
    for (const part of referencesIn(evaluation.self))
      files.push(...scoreFilesIn(await evaluations.files(part, { signal })));
    return new Map(files.filter((file) => file.side === side).map((file) => [file.recording, file]));
  };
  const ofSides: ReadonlyMap<string, ScoreFile>[] = [];
  for (const side of sides) ofSides.push(await filesOf(side));
  return takeSpeakersInTurn([...(ofSides[0]?.keys() ?? [])]).flatMap((recording) => {
    const [wanted, other, ...inDoubt] = ofSides.flatMap((files) => files.get(recording) ?? []);
    const isEach = wanted !== undefined && other !== undefined && inDoubt.length === sides.length - 2;
    return isEach ? [[wanted, other, ...inDoubt] as const] : [];
  });
}

/** A test set may have thousands of recordings, so reading ends when enough of them differ. */
async function readTexts(
  { ports, signal }: StepContext,
  files: readonly FilesOfRecording[],
  { enough }: { readonly enough: number },
): Promise<readonly TwoTexts[]> {
  const read = async ({ file }: ScoreFile): Promise<string | undefined> =>
    recognisedText(await ports.speech.readFile(file, { signal }));
  const differing: TwoTexts[] = [];
  for (let at = 0; at < files.length && differing.length < enough; at += readAtOnce) {
    const texts = await Promise.all(
      files.slice(at, at + readAtOnce).map(async (each) => [each[0].recording, ...(await Promise.all(each.map(read)))]),
    );
    for (const [recording = '', wanted, other, ...inDoubt] of texts) {
      if (wanted === undefined || other === undefined || wanted === other) continue;
      const isLikeWanted = (text: string | undefined): boolean =>
        text === undefined || recognisedAs(text, { wanted, other }) === 'wanted';
      if (!inDoubt.some(isLikeWanted)) differing.push({ recording, wanted, other });
    }
  }
  return differing;
}

const readAtOnce = 8;

/** The audio of the first recordings that can be recognised at once. */
async function readAudio(
  { ports, signal }: StepContext,
  archives: readonly EntityFile[],
  { chosen, most }: { readonly chosen: readonly TwoTexts[]; readonly most: number },
): Promise<readonly ApartRecording[]> {
  const found: ApartRecording[] = [];
  for (let at = 0; at < chosen.length && found.length < most; at += most) {
    const next = chosen.slice(at, at + most);
    const names = next.map(({ recording }) => recording);
    const audio = new Map<string, Uint8Array>();
    for (const archive of archives) {
      const left = names.filter((name) => !audio.has(name));
      if (left.length === 0) break;
      for (const [name, bytes] of await ports.speech.readRecordings(archive, left, { signal })) audio.set(name, bytes);
    }
    for (const text of next) {
      const bytes = audio.get(text.recording);
      if (bytes !== undefined && ports.data.whyNotRecognised(bytes) === undefined)
        found.push({ ...text, audio: bytes });
    }
  }
  return found.slice(0, most);
}
