import { timeAt } from '../../engine/observe.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { isUnproved, previousModelOf } from '../../plan/endpoint-proof.ts';
import { expiryOf, sameModel, transcribesUntil } from '../../plan/models.ts';
import type { Change } from './change.ts';
import { notedOutput } from './marks.ts';
import type { Heard } from './until-heard.ts';

/** The outputs of a swap step. `model` is what the endpoint serves now; `previous` what it served before, where that is not as in `at`. */
export function outputsOf(
  at: Change,
  now: {
    readonly model: string;
    readonly previous?: string;
    readonly created?: boolean;
    readonly rolledBack?: boolean;
    /** What this step has heard of that model. */
    readonly heard?: Heard;
    /** Whether an earlier one has. */
    readonly isProved?: boolean;
    /** Whether it is this run that has given the endpoint its model. @default where that is the candidate */
    readonly isGiven?: boolean;
  },
): Outputs {
  const { smoke, streams, known, context, ear } = at;
  const { model, previous = at.before, created = false, rolledBack = false, heard, isProved = false } = now;
  const served = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, model));
  const { recordings = [], neither = 0, firstOfWanted, lastOfOther } = 'recordings' in ear ? ear : {};
  const told = streams.counts();
  const { isGiven = sameModel(model, at.candidate.self) } = now;
  return {
    endpoint: at.endpoint.self,
    model,
    ...(served === undefined ? {} : expiryOf(transcribesUntil(served), { observedAt: timeAt(context.ports) })),
    created,
    previousModel: previous,
    probes: smoke.probes,
    probeFailures: smoke.failures,
    probeRepeats: smoke.repeats,
    streams: told.streams,
    streamPhrases: told.phrases,
    streamPhrasesLost: told.lost,
    streamDrops: told.drops,
    streamFailures: told.failures,
    ...smoke.latencies.outputs(),
    rolledBack,
    ...(isGiven ? { given: true, ...notedIn(at) } : {}),
    heard: isProved || heard?.kind === 'heard',
    ...(heard?.kind === 'heard' ? { heardAt: heard.at } : {}),
    ...(smoke.changedAt === undefined ? {} : { changedAt: smoke.changedAt }),
    ...(rolledBack ? { triedModel: at.candidate.self } : {}),
    ...(rolledBack && smoke.takenBackAt !== undefined ? { takenBackAt: smoke.takenBackAt } : {}),
    ...(firstOfWanted === undefined ? {} : { firstOfCandidate: firstOfWanted }),
    ...(lastOfOther === undefined ? {} : { lastOfPrevious: lastOfOther }),
    discriminating: recordings.length,
    neitherAnswers: neither,
  };
}

/** What the endpoint noted as the model before, as the step found it. The note of a swap that was not proved is no earlier one. */
function notedIn({ endpoint, candidate, isNew }: Change): Outputs {
  const id = previousModelOf(endpoint);
  const isFirst = isNew || isUnproved(endpoint) || sameModel(candidate.self, endpoint.model?.self);
  return isFirst || id === undefined ? {} : { [notedOutput]: id };
}
