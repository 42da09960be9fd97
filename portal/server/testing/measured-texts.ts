import { counted } from '../../../workflows/document/counted.ts';
import type { TranscriptLine } from '../../../workflows/document/transcript.ts';
import { StepFailure } from '../../../workflows/engine/step-kind.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import type { MeasuredSide } from '../../../workflows/plan/measurements.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { profileOfLocale } from '../../../workflows/scoring/normalise-text.ts';
import { type Score, scoreUtterances, type Utterance } from '../../../workflows/scoring/score-utterances.ts';
import { type Tokenisation, unitOfLocale } from '../../../workflows/scoring/tokenise.ts';
import { archiveOf, linesOf, type Reader, recognisedIn, transcriptTextIn } from '../../../workflows/steps/test-set.ts';
import { Kept } from '../kept.ts';
import { PortalProblem } from '../portal-context.ts';
import type { ResourceSource } from '../sources.ts';

/** A test set as models recognised it: the recordings of which the service has a result of each of them, sorted by their names. */
export interface MeasuredTexts {
  /** As it was written. */
  readonly transcript: string;
  readonly lines: readonly TranscriptLine[];
  readonly how: Tokenisation;
  readonly models: readonly MeasuredModel[];
  /** Which recordings are not in it, in a sentence. */
  readonly leftOut?: string;
}

export interface MeasuredModel {
  readonly id: string;
  /** The evaluation that says what it recognised. */
  readonly evaluation: Evaluation;
  readonly heard: readonly Utterance[];
  readonly score: Score;
}

/** More models than that side by side are compared by nobody. */
export const mostModels = 4;

/** Reads what models recognised. Evaluations never change, so that each is read once; what was read last is kept. */
export class MeasuredTextsReader {
  readonly #transcripts = new Kept<string>({ most: 8 });
  readonly #recognised = new Kept<Recognised>({ most: 16 });
  /** Readings that have not come to an end. */
  readonly #begun = new Map<string, Map<string, string | undefined>>();
  readonly #measured = new Kept<MeasuredTexts>({ most: 8 });

  /** Of evaluations of one dataset. Rejects with a {@link PortalProblem} where they are not, or have not succeeded. */
  async of(source: ResourceSource, evaluations: readonly Evaluation[]): Promise<MeasuredTexts> {
    const [first] = evaluations as readonly [Evaluation];
    for (const { displayName, status, dataset } of evaluations) {
      if (status !== 'Succeeded')
        throw new PortalProblem(`Choose an evaluation that has succeeded: ${displayName} is ${status}`, {
          status: 409,
        });
      if (entityId(dataset.self) !== entityId(first.dataset.self))
        throw new PortalProblem(`Choose evaluations of one dataset: ${displayName} is of another one`, { status: 409 });
    }
    const key = [source.id, ...evaluations.map(({ self }) => entityId(self))].join(' ');
    return await this.#measured.of(key, async () => await this.#read(source, evaluations));
  }

  async #read(source: ResourceSource, evaluations: readonly Evaluation[]): Promise<MeasuredTexts> {
    const [first] = evaluations as readonly [Evaluation];
    const ended = AbortSignal.timeout(readMilliseconds);
    const borrowed = async <T>(act: (reader: Reader) => Promise<T>): Promise<T> =>
      await source.borrow(
        async (ports, turn) => await act({ ports, signal: AbortSignal.any([turn, ended]), report: () => undefined }),
      );
    try {
      const transcript = await this.#transcripts.of(
        `${source.id} ${entityId(first.dataset.self)}`,
        async () =>
          await borrowed(async (reader) => await transcriptTextIn(await archiveOf(first.dataset.self, reader), reader)),
      );
      const sides = sidesOf(evaluations);
      const recognised = await Promise.all(
        sides.map(
          async ({ evaluation, side }) =>
            await this.#recognised.of(
              `${source.id} ${entityId(evaluation.self)} ${side}`,
              async () => await this.#recognisedBy({ evaluation, side }, { of: source.id, borrowed }),
            ),
        ),
      );
      return measure({ transcript, sides, recognised, locale: first.locale });
    } catch (error) {
      if (error instanceof StepFailure || error instanceof RangeError)
        throw new PortalProblem(error.message, { status: 422, cause: error });
      throw error;
    }
  }

  /** What was read when a run has taken the Speech resource meanwhile is kept for the next attempt. */
  async #recognisedBy(
    { evaluation, side }: MeasuredSide,
    {
      of,
      borrowed,
    }: {
      readonly of: string;
      readonly borrowed: <T>(act: (reader: Reader) => Promise<T>) => Promise<T>;
    },
  ): Promise<Recognised> {
    const key = `${of} ${entityId(evaluation.self)} ${side}`;
    const found = this.#begun.get(key) ?? new Map<string, string | undefined>();
    this.#begun.set(key, found);
    const oldest = this.#begun.keys().next();
    if (this.#begun.size > mostBegun && oldest.done !== true) this.#begun.delete(oldest.value);
    await borrowed(async (reader) => await recognisedIn({ evaluation, side }, reader, { found }));
    this.#begun.delete(key);
    return found;
  }
}

const mostBegun = 8;

type Recognised = ReadonlyMap<string, string | undefined>;

/** Ten thousand recordings, recognised by two models, are read in about two minutes. */
const readMilliseconds = 600_000;

interface Side {
  readonly id: string;
  readonly evaluation: Evaluation;
  readonly side: 1 | 2;
}

/** The models of evaluations in their order, each once, {@link mostModels} at most. */
export function sidesOf(evaluations: readonly Evaluation[]): readonly Side[] {
  const sides = evaluations.flatMap((evaluation) =>
    ([1, 2] as const).map((side): Side => ({ id: entityId(evaluation[`model${side}`].self), evaluation, side })),
  );
  return sides.filter(({ id }, index) => sides.findIndex((one) => one.id === id) === index).slice(0, mostModels);
}

function measure(of: {
  readonly transcript: string;
  readonly sides: readonly Side[];
  readonly recognised: readonly Recognised[];
  readonly locale: string;
}): MeasuredTexts {
  const { transcript, sides, recognised, locale } = of;
  const silent = recognised.findIndex(({ size }) => size === 0);
  if (silent >= 0)
    throw new PortalProblem(
      `Evaluate the models again: ${sides[silent]?.evaluation.displayName} has no files of what was recognised`,
      { status: 422 },
    );
  const all = linesOf(transcript);
  const lines = all
    .filter(({ file }) => recognised.every((texts) => texts.has(file)))
    .toSorted((one, other) => (one.file < other.file ? -1 : 1));
  const how: Tokenisation = { profile: profileOfLocale(locale), unit: unitOfLocale(locale) };
  const references = lines.map(({ file, text }): Utterance => ({ id: file, text }));
  const models = sides.map(({ id, evaluation }, index): MeasuredModel => {
    const heard = lines.map(({ file }): Utterance => ({ id: file, text: recognised[index]?.get(file) ?? '' }));
    return { id, evaluation, heard, score: scoreUtterances({ references, hypotheses: heard, ...how }) };
  });
  const missing = all.length - lines.length;
  const leftOut = `Left out, because the service has no results of them: ${missing} of ${counted(all.length, 'recording')}.`;
  return { transcript, lines, how, models, ...(missing === 0 ? {} : { leftOut }) };
}
