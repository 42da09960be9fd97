import path from 'node:path';
import { isOpen } from '../../workflows/engine/engine.ts';
import type { RunDetails, RunSummary } from '../../workflows/durable/journal.ts';
import { journalFormat } from '../../workflows/durable/journal-format.ts';
import type { StepRecord } from '../../workflows/engine/run-record.ts';
import { EvaluationError } from '../../workflows/expressions/expressions.ts';
import type { PipelineStep } from '../../workflows/language/pipeline.ts';
import { isCredentialName } from '../../workflows/language/variables/credential-names.ts';
import { secretVariablesOf } from '../../workflows/language/variables/secret-variables.ts';
import { hasFinally, type PlannedStep } from '../../workflows/plan/plan.ts';
import { settingsKnownNow } from '../../workflows/plan/known-input.ts';
import { waitingApprovals } from '../../workflows/report/commands/approvals-text.ts';
import { endpointChangeLines } from '../../workflows/report/endpoint-change-text.ts';
import { stateOfRun } from '../../workflows/report/commands/runs-text.ts';
import { stepStateOf, type StepState } from '../../workflows/report/step-state.ts';
import { summariseStep } from '../../workflows/report/summarise-step.ts';
import type { LogEntry } from '../../workflows/store/run-log.ts';
import type { Approval, NamedValue, RunDetail, RunRow, RunState, RunStepView } from '../api/runs.ts';

/** A run in the list. `details` is of an open one. */
export function rowOf(run: RunSummary, details: RunDetails | undefined): RunRow {
  return {
    ...headOf(run),
    asks: details === undefined ? [] : waitingApprovals(details).map(({ stepId }) => stepId),
  };
}

/** One run, as far as this version can read it; what it does now is told by the last lines of its log. */
export function detailOf(
  run: RunDetails,
  about: {
    readonly log: readonly LogEntry[];
    readonly now: Date;
    readonly person: string;
    /** The folder from which the file of the pipeline is named. */
    readonly root: string;
  },
): Omit<RunDetail, 'files'> {
  const { log, now, person, root } = about;
  const { plan, runId, status } = run;
  const pipeline = plan?.pipeline;
  const said = saidIn(log);
  const steps = stepsOf(run).map((step) => stepOf(step, { run, said: said.get(step.id) }));
  const isReadable = plan !== undefined && run.format === journalFormat;
  const isAboutToResume = status === 'cancelled' && run.record === undefined && hasFinally(plan);
  return {
    ...headOf(run),
    now: now.toISOString(),
    ...(plan?.hash !== undefined && { planHash: plan.hash }),
    ...(plan?.file !== undefined && { file: fileFrom(root, path.join(plan.folder, plan.file.name)) }),
    ...(plan !== undefined && {
      resource: plan.target === 'embedded-emulator' ? 'the embedded emulator' : plan.target.endpoint,
    }),
    ...(pipeline?.concurrency !== undefined && { group: pipeline.concurrency }),
    inputs: Object.entries(pipeline?.inputs ?? {}).map(([name, { value }]) => ({ name, value: String(value) })),
    steps,
    approvals: approvalsOf(run, { steps, person }),
    canCancel: isOpen(status) || isAboutToResume,
    canResume: isReadable && (isOpen(status) ? run.abandoned === 'until-resumed' : status !== 'succeeded'),
    // What is under way would be done by two runs at once.
    forkFrom: isReadable && (!isOpen(status) || run.abandoned !== undefined) ? plan.pipeline.layers.flat() : [],
    secrets: pipeline === undefined ? [] : secretVariablesOf(pipeline).filter(isCredentialName),
    runId,
  };
}

/** A file from a folder, with `/`; its name alone where it is outside. */
function fileFrom(root: string, file: string): string {
  const near = path.relative(root, file);
  return near.startsWith('..') || path.isAbsolute(near) ? path.basename(file) : near.split(path.sep).join('/');
}

function headOf(run: RunSummary): Omit<RunRow, 'asks'> {
  const { runId, pipeline, startedAt, finishedAt, error } = run;
  const note = noteOn(run);
  return {
    runId,
    pipeline,
    state: stateOfRun(run) as RunState,
    startedAt,
    ...(finishedAt !== undefined && { finishedAt }),
    ...(error !== undefined && { error }),
    ...(note !== undefined && { note }),
  };
}

function noteOn({ format, abandoned, waitsForRoom }: RunSummary): string | undefined {
  if (format !== journalFormat)
    return `Kept as ${format}, for another version of speechops: this one reads ${journalFormat}.`;
  if (waitsForRoom !== undefined)
    return `Waits for room on the disk of ${waitsForRoom.place}, which is full since ${waitsForRoom.since}.`;
  if (abandoned === 'until-resumed')
    return 'The process that executed it has ended: resume it, and it goes on where it stood.';
  return abandoned === 'until-taken-over'
    ? 'The worker that executed it has ended: another one takes it over.'
    : undefined;
}

type AnyStep = Pick<PipelineStep, 'id' | 'needs' | 'finally'> & {
  readonly uses: string;
  readonly inPipeline?: PipelineStep;
};

/** Of the plan; of what has ended, where that cannot be read. */
function stepsOf({ plan, steps, record }: RunDetails): readonly AnyStep[] {
  if (plan !== undefined) return plan.pipeline.steps.map((step) => ({ ...step, inPipeline: step }));
  return Object.entries({ ...record?.steps, ...steps }).map(([id, { uses }]) => ({ id, uses, needs: [] }));
}

function stepOf(
  step: AnyStep,
  { run, said }: { readonly run: RunDetails; readonly said: Said | undefined },
): RunStepView {
  const { plan } = run;
  const state = stepStateOf(step, run);
  const layer = plan?.pipeline.layers.findIndex((ids) => ids.includes(step.id)) ?? 0;
  const planned = plan?.steps.find(({ id }) => id === step.id);
  return {
    id: step.id,
    name: step.inPipeline?.name ?? step.id,
    uses: step.uses,
    needs: [...step.needs],
    isFinally: step.finally === true,
    layer: Math.max(0, layer),
    state: nameOf(state),
    waitsFor: state.kind === 'waits' ? [...state.for] : [],
    ...(state.kind === 'ended' ? endOf(state.record) : nowOf(step, { state, run, said })),
    ...(planned !== undefined && { planned: plannedOf(planned) }),
    settings: step.inPipeline === undefined || plan === undefined ? [] : settingsOf(step.inPipeline, { run, plan }),
  };
}

function nameOf(state: StepState): RunStepView['state'] {
  return state.kind === 'ended' ? state.record.status : state.kind;
}

function endOf(record: StepRecord): Pick<RunStepView, 'startedAt' | 'error' | 'outputs'> {
  const { startedAt, finishedAt, attempts, error, reason, outputs } = record;
  const said = summariseStep(record);
  return {
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(attempts !== undefined && { attempts }),
    ...(error !== undefined && { error }),
    ...(reason !== undefined && { reason }),
    ...(said !== '' && { said }),
    outputs: namedValues(outputs),
  };
}

function nowOf(
  step: AnyStep,
  { state, run, said }: { readonly state: StepState; readonly run: RunDetails; readonly said: Said | undefined },
): Pick<RunStepView, 'startedAt' | 'message' | 'outputs'> {
  const isBegun = state.kind === 'works' || state.kind === 'asks' || state.kind === 'abandoned';
  const startedAt = isBegun ? (said?.startedAt ?? sinceNeeds(step, run)) : undefined;
  return {
    ...(startedAt !== undefined && { startedAt }),
    ...(isBegun && said?.message !== undefined && { message: said.message }),
    outputs: [],
  };
}

/** A step begins when the last of those that it needs has ended. */
function sinceNeeds({ needs }: AnyStep, { steps, startedAt }: RunDetails): string {
  return needs.reduce((latest, id) => {
    const ended = steps[id]?.finishedAt ?? '';
    return ended > latest ? ended : latest;
  }, startedAt);
}

function plannedOf(planned: PlannedStep): NonNullable<RunStepView['planned']> {
  const { action, summary, effects, condition, endpointChange } = planned;
  const [endpoint] = endpointChange === undefined ? [] : endpointChangeLines({ steps: [planned] });
  return {
    action,
    summary,
    effects: [...effects],
    ...(condition !== undefined && { condition }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

function settingsOf(
  step: PipelineStep,
  { run, plan }: { readonly run: RunDetails; readonly plan: NonNullable<RunDetails['plan']> },
): NamedValue[] {
  try {
    return namedValues(settingsKnownNow(step, { plan, runId: run.runId, ended: run.steps }));
  } catch (error) {
    // An output that a step has not made after all.
    if (error instanceof EvaluationError) return [];
    throw error;
  }
}

function namedValues(values: Readonly<Record<string, unknown>>): NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}

function approvalsOf(
  run: RunDetails,
  { steps, person }: { readonly steps: readonly RunStepView[]; readonly person: string },
): Approval[] {
  return waitingApprovals(run).map(({ stepId, message, by }) => {
    const step = steps.find(({ id }) => id === stepId);
    const expires = Number(step?.settings.find(({ name }) => name === 'expires')?.value);
    const since = Date.parse(step?.startedAt ?? '');
    const expiresAt = Number.isFinite(expires) && Number.isFinite(since) ? since + expires * 1000 : undefined;
    return {
      step: stepId,
      ...(message !== undefined && { message }),
      ...(by !== undefined && { by: [...by] }),
      mayAnswer: by === undefined || by.includes(person),
      lets: followers(stepId, steps),
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    };
  });
}

/** The steps that need this one, and those that need these. */
function followers(stepId: string, steps: readonly RunStepView[]): string[] {
  const found = new Set([stepId]);
  for (const { id, needs } of steps.toSorted((one, other) => one.layer - other.layer))
    if (needs.some((need) => found.has(need))) found.add(id);
  return steps.flatMap(({ id }) => (id !== stepId && found.has(id) ? [id] : []));
}

interface Said {
  readonly startedAt?: string;
  readonly message?: string;
}

/** When each step has last begun, and what it said since. */
function saidIn(log: readonly LogEntry[]): ReadonlyMap<string, Said> {
  const said = new Map<string, Said>();
  for (const { stepId, kind, at, message } of log) {
    if (stepId === undefined) continue;
    if (kind === 'step-started') said.set(stepId, { startedAt: at });
    if (kind === 'step-progress') said.set(stepId, { ...said.get(stepId), message });
  }
  return said;
}
