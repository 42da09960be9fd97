import { setImmediate } from 'node:timers/promises';
import { type Score, scoreUtterances, type Utterance } from '../../workflows/scoring/score-utterances.ts';
import type {
  Dataset,
  EntityFile,
  Evaluation,
  EvaluationScore,
  ModelReference,
  TokenScore,
  Transcription,
} from '../state/entities.ts';
import { serviceRate, tokenErrors } from '../../workflows/scoring/token-errors.ts';
import { displayOf } from '../protocol/recognised-phrase.ts';
import type { Clip } from '../recognition/dataset-content.ts';
import { writeEntityFile } from '../state/entity-files.ts';
import { type EvaluationSide, evaluationTranscript } from './evaluation-transcripts.ts';
import { contentOf, recogniserOf } from './recognition-models.ts';
import { recogniseAudio, recogniseClip, type RecognisedWord } from '../recognition/recognise.ts';
import type { SpeechResource, WorkResult } from '../state/speech-resource.ts';
import { scoreFile } from './score-file.ts';

/** Recognises every recording of the dataset with both models, scores the words and writes the score files. */
export async function runEvaluation(resource: SpeechResource, evaluation: Evaluation): Promise<WorkResult> {
  const dataset = resource.store.get('datasets', evaluation.datasetId);
  if (!dataset) throw new Error(`Dataset ${evaluation.datasetId} is not there`);
  const first = await measure(resource, { evaluation, dataset, model: evaluation.model1, suffix: 'model1' });
  const second = await measure(resource, { evaluation, dataset, model: evaluation.model2, suffix: 'model2' });
  const change: Partial<Evaluation> = {
    scores: first.score && second.score ? [first.score, second.score] : undefined,
    files: [...first.files, ...second.files],
  };
  return {
    kind: 'succeeded',
    change,
    onShown: () => {
      for (const { transcription } of [first, second]) resource.store.put('transcriptions', transcription);
    },
  };
}

async function measure(
  resource: SpeechResource,
  task: {
    readonly evaluation: Evaluation;
    readonly dataset: Dataset;
    readonly model: ModelReference;
    readonly suffix: EvaluationSide;
  },
): Promise<{
  readonly score: EvaluationScore | undefined;
  readonly files: readonly EntityFile[];
  readonly transcription: Transcription;
}> {
  const recogniser = await recogniserOf(resource, task.model);
  // Both models meet the same noise.
  const noise = { share: resource.settings.recognitionNoise, seed: task.evaluation.id };
  const { clips } = await contentOf(resource, { datasetId: task.dataset.id, ...task.dataset });
  const references: Utterance[] = [];
  const hypotheses: Utterance[] = [];
  const recognised: (readonly RecognisedWord[])[] = [];
  for (const clip of clips) {
    const words =
      task.dataset.kind === 'AudioFiles'
        ? recogniseAudio(clip.samples, clip.sampleRate, { library: resource.library, model: recogniser, noise })
        : recogniseClip(clip, recogniser, { noise });
    references.push({ id: clip.name, text: clip.transcript });
    hypotheses.push({ id: clip.name, text: words.map(({ word }) => word).join(' ') });
    recognised.push(words);
    // Requests come first: an evaluation of hours of audio must not hold them up.
    await setImmediate();
    resource.closing.throwIfAborted();
  }
  const transcription = await evaluationTranscript(resource, task.evaluation, {
    side: task.suffix,
    clips,
    recognised,
  });
  if (task.dataset.kind === 'AudioFiles') {
    const files: EntityFile[] = [];
    for (const [index, clip] of clips.entries()) {
      const name = `${clip.name}.${task.suffix}_score.json`;
      const content = scoreFile(clip.name, undefined, recognised[index] ?? []);
      files.push(await writeEntityFile(resource, task.evaluation.id, { name, kind: 'EvaluationDetails', content }));
    }
    return { score: undefined, files, transcription };
  }
  // Transcripts were normalised on import, English ones with numbers as words; the recogniser's words need the same.
  const profile =
    task.dataset.locale === 'en-US' && task.dataset.textNormalizationKind === 'Default' ? 'azure-en-US' : 'none';
  const score = scoreUtterances({ profile, unit: 'word', references, hypotheses });
  const files: EntityFile[] = [];
  for (const [index, utterance] of score.utterances.entries()) {
    const name = `${utterance.id}.${task.suffix}_score.json`;
    const content = scoreFile(utterance.id, utterance, recognised[index] ?? []);
    files.push(await writeEntityFile(resource, task.evaluation.id, { name, kind: 'EvaluationDetails', content }));
  }
  return { score: { ...asServiceRounds(score), ...tokenScore(clips, recognised) }, files, transcription };
}

/**
 * Percentages are rounded and then divided by 100 in double precision: 5 errors in 173 words are 0.028900000000000002
 * (Microsoft Learn: evaluate a custom speech model, whose samples have two decimals for words and one for sentences).
 */
export function asServiceRounds(
  score: Pick<Score, 'counts' | 'words' | 'wordErrorRate' | 'sentenceErrorRate' | 'utterances'>,
): EvaluationScore {
  const { correct, substitutions, deletions, insertions } = score.counts;
  return {
    wordErrorRate: rounded(score.wordErrorRate ?? 0, 2),
    sentenceErrorRate: rounded(score.sentenceErrorRate ?? 0, 1),
    sentenceCount: score.utterances.length,
    wordCount: score.words,
    correctWordCount: correct,
    wordSubstitutionCount: substitutions,
    wordDeletionCount: deletions,
    wordInsertionCount: insertions,
  };
}

/** What the display form adds; nothing where no transcript has one, because the members are optional. */
function tokenScore(
  clips: readonly Clip[],
  recognised: readonly (readonly RecognisedWord[])[],
): TokenScore | undefined {
  if (!clips.some(({ display = '' }) => /[\p{Lu}\p{P}\p{N}]/u.test(display))) return undefined;
  const score = scoreUtterances({
    profile: 'none',
    unit: 'token',
    references: clips.map(({ name, display = '' }) => ({ id: name, text: display })),
    hypotheses: clips.map(({ name }, index) => ({ id: name, text: displayOf(recognised[index] ?? []) })),
  });
  const { correct, substitutions, deletions, insertions } = score.counts;
  const edits = Object.entries({ ...tokenErrors(score.utterances), others: 0 });
  return {
    tokenErrorRate: rounded(serviceRate(score) ?? 0, 2),
    // Insertions are counted in, as in the rate.
    tokenCount: correct + score.errors,
    correctTokenCount: correct,
    tokenSubstitutionCount: substitutions,
    tokenDeletionCount: deletions,
    tokenInsertionCount: insertions,
    tokenErrors: Object.fromEntries(
      edits.map(([kind, count]) => [
        kind,
        {
          numberOfEdits: count,
          percentageOfAllEdits: Math.round((count * 10_000) / Math.max(1, score.errors)) / 100,
        },
      ]),
    ),
  };
}

function rounded(rate: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(rate * 100 * scale) / scale / 100;
}
