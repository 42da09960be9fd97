import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import type { Evaluation, EvaluationScore, ModelReference } from '../state/entities.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { dangling, invalid, type JsonObject, objectBody, optionalReference } from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { type EvaluationSide, transcriptionId } from '../work/evaluation-transcripts.ts';
import { settled } from '../work/settle.ts';
import { collection, type Keep } from './collection.ts';
import { modelView, workedView } from './entity-views.ts';
import { fileOperations } from './files.ts';
import { usableModelIn } from './model-checks.ts';
import { checkSucceeded } from './models.ts';
import { checkLocale, faultyEnding, newEntityMembers, projectIn } from './worked-entity.ts';

/** Word error rates of two models on one dataset of audio with transcripts, or what they hear in audio without. */
export const evaluationOperations: readonly Operation[] = [
  ...collection('Evaluations', {
    name: 'evaluations',
    view: evaluationView,
    create: newEvaluation,
    deletion: { after: forgetFiles },
  }),
  ...fileOperations('Evaluations', 'evaluations'),
];

export function evaluationView(call: Call, evaluation: Evaluation) {
  const path = `/evaluations/${evaluation.id}`;
  const [score1 = notScored, score2 = notScored] = evaluation.scores ?? [];
  return {
    ...workedView(call, evaluation, path),
    dataset: { self: addressOf(call.origin, `/datasets/${evaluation.datasetId}`) },
    model1: modelView(call, evaluation.model1),
    model2: modelView(call, evaluation.model2),
    transcription1: transcriptionOf(call, evaluation, 'model1'),
    transcription2: transcriptionOf(call, evaluation, 'model2'),
    links: { files: addressOf(call.origin, `${path}/files`) },
    properties: { ...suffixed(score1, 1), ...suffixed(score2, 2), error: evaluation.error },
  };
}

/** What was heard with one of the models, as long as that is kept. */
function transcriptionOf({ origin, resource }: Call, { id }: Evaluation, side: EvaluationSide) {
  const transcription = transcriptionId(id, side);
  if (!resource.store.get('transcriptions', transcription)) return undefined;
  return { self: addressOf(origin, `/transcriptions/${transcription}`) };
}

/** What an evaluation shows before it has Succeeded, and of audio without transcripts for ever. */
const notScored: EvaluationScore = {
  wordErrorRate: -1,
  sentenceErrorRate: -1,
  sentenceCount: -1,
  wordCount: -1,
  correctWordCount: -1,
  wordSubstitutionCount: -1,
  wordDeletionCount: -1,
  wordInsertionCount: -1,
};

function suffixed(score: EvaluationScore, suffix: 1 | 2): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(score).map(([name, value]) => [`${name}${suffix}`, value]));
}

async function newEvaluation(call: Call, keep: Keep<'evaluations'>): Promise<Answer> {
  const { resource } = call;
  const body = objectBody(call);
  const members = newEntityMembers(body);
  const { locale } = members;
  const dataset = await testDataset(call, body, locale);
  const model1 = await requiredModel(call, body, { name: 'model1', locale });
  const model2 = await requiredModel(call, body, { name: 'model2', locale });
  const projectId = projectIn(call, body, locale);
  const now = resource.clock.now();
  return keep({
    id: randomUUID(),
    createdAt: now,
    ...members,
    ...beginLifecycle('evaluation', { now, audioSeconds: (dataset.durationMilliseconds ?? 0) / 1000 }),
    ...faultyEnding(call),
    projectId,
    datasetId: dataset.id,
    model1,
    model2,
    files: [],
  });
}

async function testDataset(call: Call, body: JsonObject, locale: string) {
  const id = optionalReference(body, { name: 'dataset', collection: 'datasets', origin: call.origin });
  if (id === undefined) throw invalid('dataset', 'It is required.');
  const dataset = await settled(call.resource, 'datasets', id);
  if (!dataset) throw dangling('dataset');
  checkLocale('dataset', { found: dataset.locale, wanted: locale });
  checkSucceeded('dataset', dataset);
  if (dataset.kind === 'Acoustic' || dataset.kind === 'AudioFiles') return dataset;
  throw serviceError('InvalidRequest', {
    message: `The kind of dataset is ${dataset.kind}, but it must be Acoustic, or AudioFiles where only what is heard is looked at.`,
    inner: 'InvalidDataset',
    target: 'dataset',
  });
}

async function requiredModel(
  call: Call,
  body: JsonObject,
  wanted: { readonly name: string; readonly locale: string },
): Promise<ModelReference> {
  const model = await usableModelIn(call, body, { ...wanted, failedCode: 'InvalidModel' });
  if (model) return model;
  throw invalid(wanted.name, 'It is required.');
}

async function forgetFiles({ resource }: Call, { id }: Evaluation): Promise<void> {
  await resource.saved();
  await resource.contents.remove(id);
}
