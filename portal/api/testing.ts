import { Type, type Static } from 'typebox';
import { Moment } from './common.ts';

const Named = Type.Object({
  id: Type.String({ description: 'Its id in the Speech resource.' }),
  name: Type.String({ description: 'What people call it.' }),
});

/** How one model did in an evaluation, as the service counts. */
const EvaluatedModel = Type.Object({
  id: Type.String({ description: 'The id of the model.' }),
  name: Type.String({ description: 'What people call the model.' }),
  rate: Type.Optional(
    Type.Number({ description: 'Errors for each word, 0..1 and above; absent before there is one.' }),
  ),
  words: Type.Optional(
    Type.Integer({ description: 'Words of the references; absent where the service has no counts.' }),
  ),
  errors: Type.Optional(Type.Integer({ description: 'Substitutions, deletions and insertions together.' })),
});

/** An evaluation in the list. */
export const ListedEvaluation = Type.Object({
  id: Type.String({ description: 'The id of the evaluation.' }),
  name: Type.String({ description: 'What people call the evaluation.' }),
  createdAt: Moment,
  status: Type.String({ description: 'What the service says of it: `Succeeded`, `Running`, `Failed`.' }),
  failure: Type.Optional(Type.String({ description: 'Why it failed, as the service says it.' })),
  locale: Type.String({ description: 'The locale of its test set.' }),
  dataset: Named,
  models: Type.Array(EvaluatedModel, {
    description: 'The models that were measured: two, or one that was measured twice.',
  }),
  pipeline: Type.Optional(Type.String({ description: 'The pipeline that made it; absent where a person did.' })),
});
export type ListedEvaluation = Static<typeof ListedEvaluation>;

export const EvaluationList = Type.Object({
  evaluations: Type.Array(ListedEvaluation, { description: 'The newest first.' }),
});
export type EvaluationList = Static<typeof EvaluationList>;

/** Runs by the evaluations that they made or decided by. */
export const EvaluationRuns = Type.Object({
  runs: Type.Array(
    Type.Object({
      evaluation: Type.String({ description: 'The id of the evaluation.' }),
      runId: Type.String({ description: 'The newest run that judged a model by it.' }),
      step: Type.String({ description: 'The step of the run, of a further test set with its name.' }),
      startedAt: Moment,
      low: Type.Optional(Type.Number({ description: 'The lower end of the 95 % interval of the first model.' })),
      high: Type.Optional(Type.Number({ description: 'The upper end of it.' })),
      against: Type.Optional(Type.String({ description: 'The id of the model that it was compared with.' })),
      bound: Type.Optional(Type.Number({ description: 'The rate that the run allowed at most.' })),
      terms: Type.Optional(
        Type.Array(Type.Unknown(), { description: 'How listed terms fared, as `terms` of a set in results.json.' }),
      ),
      model: Type.Optional(
        Type.String({ description: 'The id of the model that was judged, which has the interval.' }),
      ),
    }),
    { description: 'One for each evaluation that a run here knows.' },
  ),
  most: Type.Optional(
    Type.Integer({ description: 'How many of the newest runs were looked at, where there are older ones.' }),
  ),
});
export type EvaluationRuns = Static<typeof EvaluationRuns>;

/** What chooses models among evaluations of one dataset. */
export const MeasuredQuery = Type.Object({
  with: Type.Optional(Type.String({ description: 'Ids of further evaluations of the same dataset, with commas.' })),
  a: Type.Optional(Type.String({ description: 'The id of the model that is looked at; the first one without it.' })),
  b: Type.Optional(
    Type.String({ description: 'The id of the model that it is compared with; the second one without it.' }),
  ),
  by: Type.Optional(
    Type.String({ maxLength: 200, description: 'What the test set is cut by; the first of its `cuts` without it.' }),
  ),
});
export type MeasuredQuery = Static<typeof MeasuredQuery>;

/** A test set as two to four models recognised it. */
export const Measured = Type.Object({
  name: Type.String({ description: 'What people call the evaluation.' }),
  createdAt: Moment,
  locale: Type.String({ description: 'The locale of the test set.' }),
  dataset: Named,
  models: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The id of the model.' }),
      name: Type.String({ description: 'What people call the model.' }),
      evaluation: Type.String({ description: 'The id of the evaluation that says what it recognised.' }),
      rate: Type.Unknown({ description: 'Its rate with its interval, as `rate` of a set in results.json.' }),
    }),
    { description: 'A, then B where there are two, then the others.' },
  ),
  set: Type.Unknown({
    description: 'A set of results.json with A as its model and B beside it, of which the utterances are sorted by id.',
  }),
  cuts: Type.Array(Type.String(), {
    description: 'What the test set can be cut by: `speaker`, and columns of the manifests of its pipeline.',
  }),
  cut: Type.Optional(Type.String({ description: 'What it is cut by; absent where it is not.' })),
  written: Type.Array(Type.String(), { description: 'What the transcript says of each utterance, as it was written.' }),
  agreed: Type.Record(Type.String(), Type.String(), {
    description:
      'By utterances: what the transcript would say if it had what all models recognised the same and it has not.',
  }),
  uncertainty: Type.Array(Type.Number(), {
    description:
      'How much models and reference differ in each utterance: the mean of the error rates between each two of them.',
  }),
  others: Type.Array(Type.Array(Type.Unknown()), {
    description: 'What each of the other models recognised of each utterance, as `recognised` of results.json.',
  }),
  leftOut: Type.Optional(Type.String({ description: 'Which recordings are not in it, and why, in a sentence.' })),
  transcripts: Type.Array(Type.String(), {
    description: 'Files of the repository that are the transcript of the dataset to the letter.',
  }),
  downloads: Type.Array(
    Type.Object({
      name: Type.String({ description: 'The name of the file.' }),
      address: Type.String({ description: 'Where it is, for some hours.' }),
    }),
    { description: 'The same as files.' },
  ),
  candidates: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The id of the evaluation.' }),
      models: Type.Array(Named, { description: 'The models that it would add.' }),
    }),
    { description: 'Further evaluations of the dataset, with models that are not shown yet.' },
  ),
});
export type Measured = Static<typeof Measured>;

/** Texts that the transcript should have. */
export const Corrections = Type.Record(Type.String(), Type.String(), {
  description: 'The right text of recordings, by their names in the transcript.',
});
export type Corrections = Static<typeof Corrections>;

export const CorrectionsBody = Type.Object({
  with: Type.Optional(Type.String({ description: 'Ids of further evaluations of the same dataset, with commas.' })),
  a: Type.Optional(Type.String({ description: 'The id of the model A.' })),
  b: Type.Optional(Type.String({ description: 'The id of the model B.' })),
  corrections: Corrections,
});
export type CorrectionsBody = Static<typeof CorrectionsBody>;

/** What corrections do to the rates, and the patch that makes them. */
export const Corrected = Type.Object({
  models: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The id of the model.' }),
      name: Type.String({ description: 'What people call the model.' }),
      before: Type.Union([Type.Number(), Type.Null()], { description: 'Its rate as the transcript is.' }),
      after: Type.Union([Type.Number(), Type.Null()], { description: 'Its rate by the corrected transcript.' }),
    }),
    { description: 'In the order in which they were asked for.' },
  ),
  utterances: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The corrected recording.' }),
      reference: Type.String({ description: 'The corrected text as it is scored.' }),
      sides: Type.Array(Type.Unknown(), {
        description: 'What each model recognised, aligned with it, in their order.',
      }),
    }),
    { description: 'The corrected ones alone.' },
  ),
  patch: Type.String({ description: 'A unified diff of the transcript, for `git apply` or `patch`.' }),
});
export type Corrected = Static<typeof Corrected>;

export const WriteCorrectionsBody = Type.Object({
  evaluation: Type.String({ description: 'An evaluation of the dataset that has the transcript.' }),
  file: Type.String({ description: 'The file of the repository to be corrected, one of `transcripts`.' }),
  corrections: Corrections,
});
export type WriteCorrectionsBody = Static<typeof WriteCorrectionsBody>;

export const WrittenCorrections = Type.Object({
  file: Type.String({ description: 'The file that was written, from the root of the repository.' }),
  lines: Type.Integer({ description: 'How many of its lines are others now.' }),
});
export type WrittenCorrections = Static<typeof WrittenCorrections>;
