import { Type, type Static } from 'typebox';
import { Locale, Moment } from './common.ts';
import { Cost, Life, Named, NewerBase } from './lives.ts';

/** How sure it is which model answers on an endpoint. */
export const Proof = Type.Union(
  [Type.Literal('proved'), Type.Literal('unheard'), Type.Literal('unproved'), Type.Literal('none')],
  {
    description:
      '`proved`: a swap heard the model there; `unheard`: the swap went well and nothing told the model from the one before; `unproved`: a swap ended before its proof; `none`: no swap gave the model.',
  },
);
export type Proof = Static<typeof Proof>;

/** The run that gave an endpoint its model, as far as files here tell it. */
export const GivenBy = Type.Object({
  run: Type.String({ description: 'Its id.' }),
  pipeline: Type.Optional(Type.String({ description: 'The name of its pipeline.' })),
  commit: Type.Optional(Type.String({ description: 'The commit that was checked out.' })),
  at: Type.Optional(Type.String({ description: 'When: by the clock of the service.' })),
});
export type GivenBy = Static<typeof GivenBy>;

/** An endpoint and what it serves. */
export const EndpointCard = Type.Object({
  id: Type.String({ description: 'Its id, by which consumers name it.' }),
  name: Type.String({ description: 'Its display name.' }),
  locale: Locale,
  status: Type.String({ description: 'As the service says it.' }),
  createdAt: Moment,
  lastActionAt: Moment,
  error: Type.Optional(Type.String({ description: 'Why its last deployment has failed.' })),
  project: Type.Optional(Type.String({ description: 'Display name of its project.' })),
  canaryOf: Type.Optional(Named),
  model: Type.Optional(Named),
  proof: Proof,
  mayAnswer: Type.Array(Named, { description: 'The models that may answer while the swap is not proved; else empty.' }),
  previousModel: Type.Optional(Named),
  life: Life,
  expired: Type.Optional(
    Type.Object(
      { at: Moment, answers: Type.Optional(Named) },
      { description: 'When the model that it was given has expired, and which base model answers since.' },
    ),
  ),
  newerBase: Type.Optional(NewerBase),
  givenBy: Type.Optional(GivenBy),
  latency: Type.Optional(
    Type.Object(
      {
        p50Milliseconds: Type.Number({ description: 'Within how long half of the answers came.' }),
        p95Milliseconds: Type.Number({ description: 'Within how long 95 % of them came.' }),
        recognitions: Type.Optional(
          Type.Integer({ description: 'Of how many; absent where the release file says it.' }),
        ),
      },
      { description: 'Of the answers of the model in the last swap, with the sending of the audio.' },
    ),
  ),
  logsContent: Type.Boolean({ description: 'Whether it keeps what is said to it.' }),
});
export type EndpointCard = Static<typeof EndpointCard>;

/** What the tab Deployment shows of a Speech resource. */
export const Deployment = Type.Object({
  observedAt: Moment,
  endpoints: Type.Array(EndpointCard, { description: 'By locale and name.' }),
});
export type Deployment = Static<typeof Deployment>;

/** How a swap ended. */
const ReleaseProof = Type.Union(
  [Type.Literal('proved'), Type.Literal('unheard'), Type.Literal('unproved'), Type.Literal('taken back')],
  { description: 'Whether the model was heard there; `taken back`: the previous one was given back.' },
);

const Probe = Type.Object({
  at: Moment,
  milliseconds: Type.Number({ description: 'How long its answer took.' }),
  answeredBy: Type.Optional(
    Type.Union([Type.Literal('model'), Type.Literal('previous'), Type.Literal('neither')], {
      description: 'Whose answer it was; absent where that cannot be told.',
    }),
  ),
  failed: Type.Optional(Type.Boolean({ description: 'Whether the answer was none that a caller can use.' })),
});

/** A change of the model behind an endpoint, as the results of its run have it. */
const Swap = Type.Object({
  step: Type.String({ description: 'The step that made it.' }),
  endpoint: Type.String({ description: 'The endpoint, for people.' }),
  model: Type.String({ description: 'What it served after it, for people.' }),
  previousModel: Type.Optional(Type.String({ description: 'What it served before.' })),
  triedModel: Type.Optional(Type.String({ description: 'The model that was taken back.' })),
  proof: ReleaseProof,
  changedAt: Type.Optional(Type.String({ description: 'When the endpoint was given the model.' })),
  takenBackAt: Type.Optional(Type.String({ description: 'When the previous one was given back.' })),
  firstOfModel: Type.Optional(Type.String({ description: 'The first answer that was that of the model.' })),
  lastOfPrevious: Type.Optional(Type.String({ description: 'The last answer that was that of the one before.' })),
  failures: Type.Optional(Type.Integer({ description: 'How many recognitions failed.' })),
  probes: Type.Array(Probe, { description: 'The recognitions before, while and after, in their order.' }),
});

/** An entry of the history of an endpoint. */
export const Release = Type.Object({
  at: Moment,
  model: Type.String({ description: 'What it served from then on, for people.' }),
  copyOf: Type.Optional(
    Type.Object(
      {
        model: Type.String({ description: 'The model that it is a copy of, for people.' }),
        resource: Type.Optional(Type.String({ description: 'The base URL of the Speech resource that has that.' })),
      },
      { description: 'Where the release file says that it is a copy.' },
    ),
  ),
  proof: Type.Optional(ReleaseProof),
  run: Type.Optional(Type.String({ description: 'The run that gave it.' })),
  commit: Type.Optional(Type.String({ description: 'The commit of the repository that the run had checked out.' })),
  recorded: Type.Optional(
    Type.Object(
      {
        commit: Type.Optional(Type.String({ description: 'Absent where it is not committed yet.' })),
        author: Type.Optional(Type.String({ description: 'Who made the commit.' })),
        subject: Type.Optional(Type.String({ description: 'The first line of its message.' })),
      },
      { description: 'The commit that has brought it into the release file; absent where no release file has it.' },
    ),
  ),
  measured: Type.Optional(
    Type.Object({
      dataset: Type.String({ description: 'The name of the test set.' }),
      rate: Type.Number({ description: '0..1.' }),
    }),
  ),
});
export type Release = Static<typeof Release>;

/** Somewhere in the repository. */
const Place = Type.Object({
  file: Type.String({ description: 'From the root of the repository.' }),
  line: Type.Optional(Type.Integer({ description: 'From 1.' })),
});

/** Who uses an endpoint, or the model that it serves. */
export const Consumers = Type.Object({
  steps: Type.Array(
    Type.Object({
      ...Place.properties,
      pipeline: Type.String({ description: 'The name of the pipeline.' }),
      step: Type.String({ description: 'The id of the step.' }),
      does: Type.String({ description: 'What it does with it.' }),
    }),
    { description: 'Steps of pipelines that name the endpoint or one of the ids.' },
  ),
  places: Type.Array(Type.Object({ ...Place.properties, id: Type.String({ description: 'Which id stands there.' }) }), {
    description: 'Lines of tracked files that have one of the ids; of many the first two hundred.',
  }),
  evaluations: Type.Array(Named, { description: 'Evaluations of the model that it serves; the newest first.' }),
  endpoints: Type.Array(Named, { description: 'Other endpoints that serve the same model.' }),
  snippets: Type.Array(
    Type.Object({
      name: Type.String({ description: 'The language or program.' }),
      by: Type.Union([Type.Literal('endpoint'), Type.Literal('model')], { description: 'Whose id it has.' }),
      code: Type.String({ description: 'As one copies it; the key is left to the environment.' }),
    }),
    { description: 'What a program says to use them.' },
  ),
});
export type Consumers = Static<typeof Consumers>;

/** An endpoint with all that is known of it. */
export const EndpointDetail = Type.Object({
  observedAt: Moment,
  endpoint: EndpointCard,
  releaseFile: Type.Optional(
    Type.Object({
      file: Type.String({ description: 'From the root of the repository.' }),
      isOfServed: Type.Boolean({ description: 'Whether it has the model that is served.' }),
      model: Type.String({ description: 'The model that it has, for people.' }),
    }),
  ),
  history: Type.Array(Release, { description: 'The newest first.' }),
  swap: Type.Optional(Swap),
  consumers: Consumers,
  cost: Type.Optional(Cost),
});
export type EndpointDetail = Static<typeof EndpointDetail>;

/** What one endpoint has heard. */
export const Heard = Type.Object({
  endpoint: Named,
  model: Type.Optional(Named),
  status: Type.String({ description: '`Success`, `NoMatch`, …; `Failed` where it did not answer.' }),
  display: Type.String({ description: 'As people read it.' }),
  lexical: Type.String({ description: 'As it was spoken.' }),
  firstResultSeconds: Type.Optional(Type.Number({ description: 'From connecting to the first hypothesis.' })),
  finalSeconds: Type.Optional(
    Type.Number({ description: 'From connecting to the answer, with the sending of the audio.' }),
  ),
  problem: Type.Optional(Type.String({ description: 'Why there is no answer.' })),
});

export type Heard = Static<typeof Heard>;

/** What one or two endpoints have heard in the same recording. */
export const Tried = Type.Object({
  heard: Type.Array(Heard, { description: 'In the order in which they were asked for.' }),
  difference: Type.Optional(
    Type.Object(
      {
        unit: Type.Union([Type.Literal('word'), Type.Literal('char')], { description: 'What is compared.' }),
        reference: Type.String({ description: 'What the first has heard.' }),
        text: Type.String({ description: 'What the second has heard.' }),
        operations: Type.String({ description: 'A letter a step: C, S, D, I.' }),
      },
      { description: 'From the first text to the second; absent where both are not there.' },
    ),
  ),
});
export type Tried = Static<typeof Tried>;
