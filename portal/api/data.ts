import { Type, type Static } from 'typebox';
import { Moment } from './common.ts';

const Id = Type.String({ description: 'The id in addresses of the page.' });
const Name = Type.String({ description: 'What people call it.' });

/** Another object that has to do with a dataset. */
export const NamedObject = Type.Object({ id: Id, name: Name });
export type NamedObject = Static<typeof NamedObject>;

/** A dataset as a list shows it. */
export const DatasetRow = Type.Object({
  id: Id,
  name: Name,
  description: Type.Optional(Type.String({ description: 'What people say of it.' })),
  project: Type.Optional(Type.String({ description: 'The name of its project; absent without one.' })),
  locale: Type.String({ description: 'Its locale.' }),
  kind: Type.String({ description: 'What the data are, `Acoustic` and so on.' }),
  status: Type.String({ description: 'How far the service is with it.' }),
  error: Type.Optional(Type.String({ description: 'Why the service could not import it.' })),
  createdAt: Moment,
  accepted: Type.Optional(Type.Integer({ description: 'Lines that the service has taken.' })),
  rejected: Type.Optional(Type.Integer({ description: 'Lines that it has left out.' })),
  seconds: Type.Optional(Type.Number({ description: 'How long its recordings are together.' })),
  words: Type.Optional(
    Type.Integer({ description: 'The words of its transcripts, where an evaluation has counted them.' }),
  ),
  digest: Type.Optional(Type.String({ description: 'What it was made from, as pipelines tell data apart.' })),
  pipeline: Type.Optional(Type.String({ description: 'The name of the pipeline that has made it.' })),
  trained: Type.Integer({ description: 'How many models were trained with it.' }),
  tested: Type.Integer({ description: 'How many evaluations measured with it.' }),
});
export type DatasetRow = Static<typeof DatasetRow>;

/** All datasets of a Speech resource. */
export const DatasetList = Type.Object({
  datasets: Type.Array(DatasetRow, { description: 'The newest first.' }),
});
export type DatasetList = Static<typeof DatasetList>;

/** A dataset, and what was made with it. */
export const DatasetDetails = Type.Object({
  dataset: DatasetRow,
  models: Type.Array(NamedObject, { description: 'The models that were trained with it, the newest first.' }),
  evaluations: Type.Array(
    Type.Object({
      id: Id,
      name: Name,
      models: Type.Array(NamedObject, { description: 'What it compares.' }),
    }),
    { description: 'The evaluations that measured with it, the newest first.' },
  ),
  comparable: Type.Array(NamedObject, {
    description: 'Models of its locale with training data of their own; those that were measured with it first.',
  }),
});
export type DatasetDetails = Static<typeof DatasetDetails>;

/** Data that a step of a pipeline declares. */
export const DeclaredData = Type.Object({
  pipeline: Type.String({ description: 'The name of the pipeline.' }),
  file: Type.String({ description: 'Its file, from the root of the repository.' }),
  line: Type.Optional(Type.Integer({ description: 'The line of the step.' })),
  step: Type.String({ description: 'The id of the step.' }),
  source: Type.String({
    description:
      'Where the data are: a path or several from the root of the repository, or a URL without what gives access.',
  }),
  sources: Type.Optional(
    Type.Array(Type.String(), { description: 'The paths and patterns, one by one; absent where there is one.' }),
  ),
  kind: Type.String({ description: 'What the data are.' }),
  name: Type.String({ description: 'What the dataset is called.' }),
  locale: Type.String({ description: 'The locale of the data.' }),
  project: Type.Optional(Type.String({ description: 'The project of the pipeline.' })),
  digest: Type.Optional(
    Type.String({ description: 'What a dataset of these data bears; absent where they cannot be read.' }),
  ),
  parts: Type.Optional(
    Type.Array(Type.String(), {
      description: 'What each dataset of them bears, where one cannot hold all of them; absent where it can.',
    }),
  ),
  files: Type.Optional(Type.Integer({ description: 'How many files they are.' })),
  bytes: Type.Optional(Type.Integer({ description: 'How large they are.' })),
  seconds: Type.Optional(Type.Number({ description: 'How long their recordings are together.' })),
  problem: Type.Optional(Type.String({ description: 'Why they cannot be read, and what to do.' })),
  dataset: Type.Optional(Type.String({ description: 'The id of the dataset that has them; absent where none has.' })),
});
export type DeclaredData = Static<typeof DeclaredData>;

/** The data of the pipelines of the repository that work on a Speech resource. */
export const DeclaredList = Type.Object({
  data: Type.Array(DeclaredData, { description: 'In the order of files and steps.' }),
  faulty: Type.Array(
    Type.Object({
      file: Type.String({ description: 'A pipeline that has errors, from the root of the repository.' }),
      errors: Type.Integer({ description: 'How many it has.' }),
    }),
    { description: 'Pipelines of which it is not known what they declare.' },
  ),
  isCompared: Type.Boolean({ description: 'Whether the resource has answered, so that it is known what it has.' }),
});
export type DeclaredList = Static<typeof DeclaredList>;

/** The files that a dataset came from. */
export const DatasetOrigins = Type.Object({
  origins: Type.Array(
    Type.Object({
      declared: DeclaredData,
      commit: Type.Optional(
        Type.Object(
          {
            hash: Type.String({ description: 'Its SHA-1 or SHA-256, whole.' }),
            at: Moment,
            subject: Type.String({ description: 'The first line of its message.' }),
            author: Type.String({ description: 'Who has written it.' }),
          },
          { description: 'The commit that has changed the data last; absent where there is none.' },
        ),
      ),
      changed: Type.Boolean({ description: 'Whether the working tree has changes that no commit has.' }),
    }),
    { description: 'The steps whose data have this very content; none where it is in no file.' },
  ),
});
export type DatasetOrigins = Static<typeof DatasetOrigins>;

/** What the service says of lines of a dataset. */
export const ReportedLines = Type.Object({
  total: Type.Integer({ description: 'How many there are; the first thousand are here.' }),
  lines: Type.Array(
    Type.Object({
      place: Type.String({ description: 'The recording, or the line of a text.' }),
      text: Type.String({ description: 'What stands there.' }),
      reason: Type.String({ description: 'Why it was left out, or what is odd about it.' }),
      isRejected: Type.Boolean({ description: 'Whether it was left out.' }),
    }),
    { description: 'Those that were left out first.' },
  ),
});
export type ReportedLines = Static<typeof ReportedLines>;

/** A line of the content of a dataset. */
export const ContentLine = Type.Object({
  number: Type.Integer({ description: 'From 1, in the order of the content.' }),
  text: Type.String({ description: 'What is said, written, or displayed for what is spoken; empty for audio alone.' }),
  spoken: Type.Optional(Type.String({ description: 'How it is spoken; of pronunciations alone.' })),
  recording: Type.Optional(Type.String({ description: 'The name of its recording.' })),
  audio: Type.Optional(
    Type.String({ description: 'The address of the recording; absent where the archive has none.' }),
  ),
});
export type ContentLine = Static<typeof ContentLine>;

/** A part of the content of a dataset. */
export const DatasetContentPart = Type.Object({
  total: Type.Integer({ description: 'How many lines the content has.' }),
  found: Type.Integer({ description: 'How many of them have the text that is looked for.' }),
  from: Type.Integer({ description: 'How many of those stand before this part.' }),
  lines: Type.Array(ContentLine, { description: 'At most 1000.' }),
  isLocal: Type.Boolean({
    description: 'Whether the service does not give the content, and it was read from a file with the same digest.',
  }),
});
export type DatasetContentPart = Static<typeof DatasetContentPart>;

/** What a dataset consists of. */
export const DatasetStatistics = Type.Object({
  unit: Type.Union([Type.Literal('word'), Type.Literal('char')], {
    description: 'What is counted: characters in locales that put no space between words.',
  }),
  lines: Type.Integer({ description: 'How many lines it has.' }),
  repeated: Type.Integer({ description: 'How many of them say what a line before them says.' }),
  words: Type.Integer({ description: 'How many words they have.' }),
  distinct: Type.Integer({ description: 'How many different ones.' }),
  median: Type.Integer({ description: 'Half of the lines have at most so many words.' }),
  longest: Type.Integer({ description: 'The words of the longest line.' }),
  lengths: Type.Array(
    Type.Object({
      from: Type.Integer({ description: 'Words of a line, at least.' }),
      to: Type.Optional(Type.Integer({ description: 'At most; absent where there is no bound.' })),
      lines: Type.Integer({ description: 'How many lines have so many.' }),
    }),
    { description: 'How many lines are how long, from short to long.' },
  ),
});
export type DatasetStatistics = Static<typeof DatasetStatistics>;

/** A dataset beside the training data of a model. */
export const DatasetAgainst = Type.Object({
  model: NamedObject,
  sets: Type.Array(
    Type.Object({
      id: Id,
      name: Name,
      kind: Type.String({ description: 'What the data are.' }),
      problem: Type.Optional(Type.String({ description: 'Why it could not be compared.' })),
    }),
    { description: 'What the model was trained with.' },
  ),
  isTrainedWithIt: Type.Boolean({ description: 'Whether the dataset itself is among them.' }),
  unknownWords: Type.Object(
    {
      distinct: Type.Integer({ description: 'How many different words the training data do not have.' }),
      occurrences: Type.Integer({ description: 'How often those are in the dataset.' }),
      words: Type.Array(
        Type.Object({
          word: Type.String({ description: 'The word, as it is compared.' }),
          count: Type.Integer({ description: 'How often it is in the dataset.' }),
        }),
        { description: 'The most frequent 200.' },
      ),
    },
    { description: 'Words of the dataset that are not in the training data.' },
  ),
  sameLines: Type.Object(
    {
      total: Type.Integer({ description: 'How many lines of three words or more stand in the training data.' }),
      lines: Type.Array(
        Type.Object({
          number: Type.Integer({ description: 'Its number in the content of the dataset.' }),
          text: Type.String({ description: 'What it says.' }),
          recording: Type.Optional(Type.String({ description: 'The name of its recording.' })),
          dataset: NamedObject,
        }),
        { description: 'The first 200, each with a training set that has it.' },
      ),
    },
    { description: 'Lines that the model was trained with.' },
  ),
  sameRecordings: Type.Object(
    {
      total: Type.Integer({ description: 'How many recordings have the content of one in the training data.' }),
      recordings: Type.Array(
        Type.Object({
          name: Type.String({ description: 'The recording of the dataset.' }),
          other: Type.String({ description: 'What it is called in the training data.' }),
          dataset: NamedObject,
        }),
        { description: 'The first 200.' },
      ),
    },
    { description: 'Recordings that the model was trained with, by length and checksum.' },
  ),
});
export type DatasetAgainst = Static<typeof DatasetAgainst>;
