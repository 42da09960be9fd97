import { batchResult } from '../protocol/transcription-result.ts';
import type { Clip } from '../recognition/dataset-content.ts';
import type { RecognisedWord } from '../recognition/recognise.ts';
import { dateTime } from '../state/date-time.ts';
import type { EntityFile, Evaluation, Transcription } from '../state/entities.ts';
import { writeEntityFile } from '../state/entity-files.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { stableUuid } from '../state/stable-uuid.ts';

/** One of the two models of an evaluation. */
export type EvaluationSide = 'model1' | 'model2';

/** The longest time that a transcription is kept. */
const longestHours = 31 * 24;

/** The id of the transcription that an evaluation makes with one of its models. */
export function transcriptionId(evaluationId: string, side: EvaluationSide): string {
  return stableUuid(`transcription ${evaluationId}/${side}`);
}

/** The transcription that an evaluation has made with one of its models: what was heard in each recording, in one file. */
export async function evaluationTranscript(
  resource: SpeechResource,
  evaluation: Evaluation,
  heard: {
    readonly side: EvaluationSide;
    readonly clips: readonly Clip[];
    readonly recognised: readonly (readonly RecognisedWord[])[];
  },
): Promise<Transcription> {
  const { side, clips, recognised } = heard;
  const id = transcriptionId(evaluation.id, side);
  const now = resource.clock.now();
  const results = clips.map(({ name, samples, sampleRate }, index) =>
    batchResult(
      {
        sampleRate,
        length: samples.length,
        phrases: [{ words: recognised[index] ?? [], start: 0, length: samples.length }],
      },
      { source: name, timestamp: dateTime(now), hasWords: false, hasDisplayWords: false, hasSpeakers: false },
    ),
  );
  const file: EntityFile = await writeEntityFile(resource, id, {
    name: `${side}.json`,
    kind: 'Transcription',
    content: JSON.stringify(results),
  });
  const seconds = clips.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0);
  return {
    id,
    displayName: `${evaluation.displayName} (${side})`,
    locale: evaluation.locale,
    createdAt: now,
    lastActionAt: now,
    status: 'Succeeded',
    projectId: evaluation.projectId,
    model: evaluation[side],
    source: { kind: 'evaluation' },
    timeToLiveHours: longestHours,
    settings: {},
    durationMilliseconds: Math.round(seconds * 1000),
    files: [file],
  };
}
