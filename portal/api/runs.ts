import { Type, type Static } from 'typebox';
import { Moment } from './common.ts';

/** How a run stands, as `speechops runs` says it. */
export const RunState = Type.Union(
  [
    Type.Literal('queued'),
    Type.Literal('running'),
    Type.Literal('waiting'),
    Type.Literal('abandoned'),
    Type.Literal('cancelled'),
    Type.Literal('succeeded'),
    Type.Literal('failed'),
    Type.Literal('ended'),
  ],
  { description: 'How it stands. `ended`: as this version cannot read.' },
);
export type RunState = Static<typeof RunState>;

const runProperties = {
  runId: Type.String({ description: 'Its id.' }),
  pipeline: Type.String({ description: 'The name of its pipeline; `?` when its plan cannot be read.' }),
  state: RunState,
  startedAt: Moment,
  finishedAt: Type.Optional(Moment),
  error: Type.Optional(Type.String({ description: 'Why it failed, when that is not for one of its steps.' })),
  note: Type.Optional(Type.String({ description: 'What is to be known of its state, and what to do.' })),
};

/** A run in the list of runs. */
export const RunRow = Type.Object({
  ...runProperties,
  asks: Type.Array(Type.String(), { description: 'The approve steps that wait for a person now.' }),
});
export type RunRow = Static<typeof RunRow>;

/** The runs, the newest first. */
export const RunList = Type.Object({
  now: Moment,
  runs: Type.Array(RunRow, { description: 'The newest first.' }),
  most: Type.Integer({ description: 'How many are listed at most; there may be older ones.' }),
  hasFleet: Type.Boolean({ description: 'Whether workers share the runs, so that there are schedules and workers.' }),
});
export type RunList = Static<typeof RunList>;

/** A name and a value, as people read them. */
export const NamedValue = Type.Object({
  name: Type.String({ description: 'Its name.' }),
  value: Type.String({ description: 'Its value as text.' }),
});
export type NamedValue = Static<typeof NamedValue>;

/** An object of a Speech resource that settings or outputs of a run name. */
const RunObject = Type.Object({
  text: Type.String({ description: 'As the run names it.' }),
  kind: Type.Union(
    [Type.Literal('dataset'), Type.Literal('model'), Type.Literal('evaluation'), Type.Literal('endpoint')],
    { description: 'What sort of object it is.' },
  ),
  id: Type.String({ description: 'Its id; that of a base model with `base/`.' }),
  name: Type.String({ description: 'Its display name.' }),
});
export type RunObject = Static<typeof RunObject>;

/** What a Speech resource has of that which a run names. */
export const RunObjects = Type.Object({
  objects: Type.Array(RunObject, { description: 'What is gone is not among them.' }),
});
export type RunObjects = Static<typeof RunObjects>;

/** How a step stands. */
export const StepStateName = Type.Union(
  [
    Type.Literal('succeeded'),
    Type.Literal('reused'),
    Type.Literal('skipped'),
    Type.Literal('cancelled'),
    Type.Literal('failed'),
    Type.Literal('not-run'),
    Type.Literal('queued'),
    Type.Literal('waits'),
    Type.Literal('asks'),
    Type.Literal('works'),
    Type.Literal('abandoned'),
  ],
  { description: 'How it stands: how it ended, or what it does.' },
);
export type StepStateName = Static<typeof StepStateName>;

/** A step of a run. */
export const RunStepView = Type.Object({
  id: Type.String({ description: 'Its id in the pipeline.' }),
  name: Type.String({ description: 'What people call it.' }),
  uses: Type.String({ description: 'Its kind.' }),
  needs: Type.Array(Type.String(), { description: 'The steps that have to end before it.' }),
  isFinally: Type.Boolean({ description: 'Whether it is done after all others, however these end.' }),
  layer: Type.Integer({ description: 'How far it stands from the start: those it needs are in lower layers.' }),
  state: StepStateName,
  waitsFor: Type.Array(Type.String(), { description: 'The steps that it waits for now.' }),
  startedAt: Type.Optional(Moment),
  finishedAt: Type.Optional(Moment),
  message: Type.Optional(Type.String({ description: 'What it said last.' })),
  attempts: Type.Optional(Type.Integer({ description: 'How often it was tried, when it was tried again.' })),
  error: Type.Optional(Type.String({ description: 'Why it failed.' })),
  reason: Type.Optional(Type.String({ description: 'Why it was skipped, or the condition on which it ran.' })),
  said: Type.Optional(Type.String({ description: 'What came out, in a few words.' })),
  planned: Type.Optional(
    Type.Object(
      {
        action: Type.String({ description: 'What it would do: create, delete, reuse, decide at run time.' }),
        summary: Type.String({ description: 'The same in a line.' }),
        effects: Type.Array(Type.String(), { description: 'The changes of a Speech resource that it may make.' }),
        condition: Type.Optional(Type.String({ description: 'What is to be so for it to be done.' })),
        endpoint: Type.Optional(Type.String({ description: 'What an endpoint would serve after it, in a sentence.' })),
      },
      { description: 'What the plan says of it.' },
    ),
  ),
  settings: Type.Array(NamedValue, { description: 'Its settings, as far as they are known by now.' }),
  outputs: Type.Array(NamedValue, { description: 'Its outputs, when it has ended.' }),
});
export type RunStepView = Static<typeof RunStepView>;

/** An approve step that waits for a person. */
export const Approval = Type.Object({
  step: Type.String({ description: 'The id of the step.' }),
  message: Type.Optional(Type.String({ description: 'The question; absent when it cannot be told.' })),
  by: Type.Optional(Type.Array(Type.String(), { description: 'Who may answer; absent when everybody may.' })),
  mayAnswer: Type.Boolean({ description: 'Whether the person of this page may answer.' }),
  lets: Type.Array(Type.String(), { description: 'The steps that wait for the answer, in their order.' }),
  expiresAt: Type.Optional(Moment),
});
export type Approval = Static<typeof Approval>;

/** A file that a run has left. */
export const RunFile = Type.Object({
  name: Type.String({ description: 'Its name.' }),
  address: Type.String({ description: 'Where it can be opened, for some hours.' }),
});
export type RunFile = Static<typeof RunFile>;

/** One run. */
export const RunDetail = Type.Object({
  ...runProperties,
  now: Moment,
  planHash: Type.Optional(Type.String({ description: 'The hash of its plan.' })),
  file: Type.Optional(Type.String({ description: 'The file of its pipeline.' })),
  resource: Type.Optional(Type.String({ description: 'The Speech resource that it works on.' })),
  group: Type.Optional(Type.String({ description: 'Its concurrency group.' })),
  inputs: Type.Array(NamedValue, { description: 'The inputs with their values in this run.' }),
  steps: Type.Array(RunStepView, { description: 'In the order of the pipeline.' }),
  approvals: Type.Array(Approval, { description: 'What waits for a person now.' }),
  files: Type.Array(RunFile, { description: 'What it has left, for those who look later.' }),
  canCancel: Type.Boolean({ description: 'Whether it can be ended.' }),
  canResume: Type.Boolean({ description: 'Whether it can be resumed.' }),
  forkFrom: Type.Array(Type.String(), { description: 'The steps from which a new run can do it again.' }),
  secrets: Type.Array(Type.String(), { description: 'The secret variables that a resumed run reads again.' }),
});
export type RunDetail = Static<typeof RunDetail>;

/** A line of the log of a run. */
export const LogLine = Type.Object({
  number: Type.Integer({ description: 'Numbers rise, and others lie between those of a run.' }),
  at: Moment,
  kind: Type.String({ description: '`run`, or what a step did.' }),
  step: Type.Optional(Type.String({ description: 'The id of the step; absent in lines about the run.' })),
  message: Type.String({ description: 'What it says.' }),
});
export type LogLine = Static<typeof LogLine>;

/** Lines of the log of a run. */
export const LogPage = Type.Object({
  lines: Type.Array(LogLine, { description: 'The oldest first.' }),
  isCut: Type.Boolean({ description: 'Whether there may be older ones, which were asked for and are left out.' }),
});
export type LogPage = Static<typeof LogPage>;

/** What a person has changed. */
export const Steered = Type.Object({
  said: Type.String({ description: 'What was done, in a sentence.' }),
  runId: Type.Optional(Type.String({ description: 'The run that goes on; absent when that is not known yet.' })),
});
export type Steered = Static<typeof Steered>;

/** An answer to an approve step. */
export const ApprovalAnswer = Type.Object(
  {
    step: Type.String({ minLength: 1, maxLength: 200, description: 'The id of the approve step.' }),
    approved: Type.Boolean({ description: 'Yes or no.' }),
    comment: Type.Optional(Type.String({ maxLength: 10_000, description: 'Why, for the record.' })),
    planHash: Type.Optional(Type.String({ maxLength: 200, description: 'The plan that the person has seen.' })),
  },
  { additionalProperties: false },
);

/** What the person looks at who does something to a run. */
export const SeenRun = Type.Object({
  seenAt: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'The `now` of the run as the page shows it: what was done since is not done again.',
    }),
  ),
});

/** What is needed to go on with a run. */
export const GoOn = Type.Object(
  {
    from: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'For a new run: the first step that is done again.' }),
    ),
    allow: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', maxLength: 200 }), {
        maxItems: 100,
        description: 'Secret variables with the name of a credential that the run may read.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type GoOn = Static<typeof GoOn>;

/** What workers share. */
export const FleetView = Type.Object({
  queued: Type.Integer({ description: 'How many runs wait for a worker.' }),
  schedules: Type.Array(
    Type.Object({
      pipeline: Type.String({ description: 'The pipeline that is started.' }),
      name: Type.Optional(Type.String({ description: 'The name of the entry, where a pipeline has several.' })),
      cron: Type.String({ description: 'When, in five fields.' }),
      timeZone: Type.String({ description: 'On which clock.' }),
      file: Type.String({ description: 'The file of the pipeline.' }),
      isPaused: Type.Boolean({ description: 'Whether it starts nothing for now.' }),
      nextAt: Type.Optional(Moment),
      lastAt: Type.Optional(Moment),
      lastRunId: Type.Optional(Type.String({ description: 'The run of the last time.' })),
      lastRunState: Type.Optional(Type.String({ description: 'How that stands.' })),
      trouble: Type.Optional(Type.String({ description: 'Why a run could not be started.' })),
    }),
    { description: 'By pipeline and name.' },
  ),
  executors: Type.Array(
    Type.Object({
      name: Type.String({ description: 'The name of the process: `worker:MACHINE:PROCESS:…`.' }),
      isAlive: Type.Boolean({ description: 'Whether it lives; the runs of a dead one are taken over.' }),
      runIds: Type.Array(Type.String(), { description: 'The runs that it executes.' }),
    }),
    { description: 'The processes that have runs.' },
  ),
});
export type FleetView = Static<typeof FleetView>;
