import path from 'node:path';
import type { SavedDataChanges, SavedPipeline } from '../../../schemas/types.gen.ts';
import { observeFacts, timeAt } from '../../engine/observe.ts';
import { type DataPort, DataError, type Ports } from '../../engine/ports.ts';
import type { Secrets } from '../../engine/secrets.ts';
import { type Pipeline, type PipelineStep, usesResource } from '../../language/pipeline.ts';
import { type DataCheck, dataCheckKey, type DataCheckRequest } from '../../plan/data/data-check.ts';
import { type Facts, type LocalDataFacts } from '../../plan/facts.ts';
import { localDataKey } from '../../plan/data/local-data.ts';
import {
  dataToCheck,
  localDataOf,
  localesOf,
  readPathsOf,
  releaseFilesOf,
  smokeAudioOf,
  urlsOf,
} from '../../plan/data/wanted-data.ts';
import { knownInputs } from '../../plan/known-input.ts';
import { planPipeline } from '../../plan/plan-pipeline.ts';
import type { PlanSource } from '../../plan/plan.ts';
import { stepsThatFail, type Plan, type PlannedStep } from '../../plan/plan.ts';
import { planHash, savedPipeline } from '../../review/saved-plan.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { DatasetKind } from '../../plan/speech-entities.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { costOf } from '../../review/cost.ts';
import { judgePlan, policySentence, stopsPlan } from '../../review/judge-plan.ts';
import { CheckFailure, type Io } from '../session.ts';
import { connect, type Connection } from '../connect/connection.ts';
import type { BaseRevision } from './changes-since.ts';
import { policiesFor, pricesFor, type ReviewOptions } from './review-files.ts';
import { fileKind, parseInputs, readPipelineFile, type PipelineFile } from './pipeline-file.ts';
import type { PipelineOptions } from '../options.ts';
import type { FoundOutputs } from './plan-with-evidence.ts';
import { type UploadWay, withUploadWay } from './upload-way.ts';
import { allowedVariables, secretsOf } from './variables.ts';

export interface OpenPipeline {
  readonly pipeline: Pipeline;
  readonly connection: Connection;
  /** Its secret variables, as they are set here. */
  readonly secrets: Secrets | undefined;
  /** Observes the Speech resources and the local data, and plans. */
  plan(): Promise<Plan>;
  /** The same with what it was planned from. Throws a {@link CheckFailure} when a secret variable is not set that tells where data are. */
  observe(): Promise<ObservedPipeline>;
  /** The same with the hash of the plan, and as it is saved. */
  review(wanted?: ReviewRequest): Promise<ReviewedPlan>;
  /** The same for a run. Throws a {@link CheckFailure} when a step would fail whatever the others come to, before anything is paid. */
  planRun(): Promise<Plan>;
}

export interface ReviewRequest {
  /** The time from which the saved plan counts the days that are left. @default now */
  readonly countedFrom?: string;
  /** Whether what evaluations that are there have recognised is read, too, so that the plan decides what depends on it. @default false */
  readonly evidence?: boolean | undefined;
  /** The revision that local data are held against. @default none */
  readonly base?: BaseRevision | undefined;
  /** The hash that acknowledgements may name. @default that of the plan alone */
  readonly hash?: string;
}

/** A plan of now, and what it was made from. */
export interface ObservedPipeline {
  readonly source: PlanSource;
  readonly facts: ReadonlyMap<Ports, Facts>;
  readonly plan: Plan;
}

/** A plan of now, and what is saved of it. */
export interface ReviewedPlan {
  readonly plan: Plan;
  readonly saved: SavedPipeline;
  /** What was seen of the Speech resources and the data. */
  readonly observed: Pick<ObservedPipeline, 'source' | 'facts'>;
  /** What is saved of it where acknowledgements may name this hash, as that of a document with further plans. */
  judge(hash: string): SavedPipeline;
}

/** A checked pipeline and the Speech resource it works on; undefined when the pipeline has faults, which are printed. */
export async function openPipeline(
  file: string,
  options: PipelineOptions & {
    readonly io: Io;
    readonly observer?: RequestObserver | undefined;
    /** Whether its Speech resources may have been made a moment ago. @default false */
    readonly mayBeNew?: boolean;
    /** The files that plans are reviewed with. @default plans are not reviewed */
    readonly reviewed?: ReviewOptions;
    /** How uploads send local data. @default as their steps say */
    readonly via?: UploadWay;
  },
): Promise<OpenPipeline | undefined> {
  const { io, observer, mayBeNew, reviewed } = options;
  const inputs = parseInputs(options.input ?? []);
  const allowed = await allowedVariables(options, { io, files: [file] });
  const read = await readPipelineFile(file, { io, inputs, allowedVariables: allowed });
  if (read === undefined) return undefined;
  const pipeline = withUploadWay(read.pipeline, options.via);
  return await openPipelineFile(
    { ...read, pipeline },
    {
      io,
      emulator: options.emulator ?? false,
      given: inputs,
      observer,
      mayBeNew,
      reviewed,
    },
  );
}

/** Opens a pipeline whose file was read, or one that comes from no file. */
export async function openPipelineFile(
  { pipeline, folder, file, lines, env }: Omit<PipelineFile, 'file' | 'lines'> & Partial<PipelineFile>,
  options: {
    readonly io: Io;
    readonly emulator: boolean;
    /** The inputs as they were given. @default none */
    readonly given?: Readonly<Record<string, string>>;
    readonly observer?: RequestObserver | undefined;
    readonly mayBeNew?: boolean | undefined;
    readonly reviewed?: ReviewOptions | undefined;
  },
): Promise<OpenPipeline> {
  const { io, emulator, given = {}, observer, mayBeNew, reviewed } = options;
  const prices = reviewed && (await pricesFor({ io, folder, named: reviewed.prices }));
  const policies = reviewed && (await policiesFor({ io, folder, named: reviewed.policies }));
  // The reading of the file has checked which variables are allowed.
  const secrets = secretsOf(pipeline, { io, mayRead: () => true });
  const connection = await connect(io, {
    emulator,
    pipeline,
    preflight: true,
    folder,
    knownAudio: smokeAudioOf({ pipeline, env }).map((audio) => path.resolve(folder, audio)),
    observer,
    mayBeNew,
  });
  const source: PlanSource = { pipeline, folder, file, target: connection.target, env, kinds: stepKinds };
  const { resources, ports } = connection;
  const observe = async (): Promise<ReadonlyMap<Ports, Facts>> => {
    const facts = await observeFacts(
      { resources, data: ports.data, releases: ports.releases },
      {
        locales: localesOf(pipeline),
        localData: localDataOf(source),
        urls: urlsOf(source),
        releases: releaseFilesOf(source),
        resolvePath: (name) => path.resolve(folder, name),
        signal: io.signal,
      },
    );
    const checks = await checkNewData(dataToCheck(source, factsFor(facts, connection)), { folder, data: ports.data });
    return new Map([...facts].map(([at, seen]) => [at, { ...seen, checks }] as const));
  };
  const planOf = (facts: ReadonlyMap<Ports, Facts>, found: FoundOutputs = {}): Plan => {
    const seen = factsFor(facts, connection);
    const made = planPipeline(source, (step) => ({ ...seen(step), found }));
    return secrets === undefined ? made : { ...made, steps: made.steps.map((step) => maskPlanned(step, secrets)) };
  };
  const review: OpenPipeline['review'] = async (wanted = {}) => {
    const facts = await observe();
    const [one] = facts.values();
    const observedAt = wanted.countedFrom ?? one?.observedAt ?? timeAt(ports);
    const from = new Map([...facts].map(([at, seen]) => [at, { ...seen, countedFrom: observedAt }] as const));
    const { evidence = false } = wanted;
    const { plan: counted, found } = evidence
      ? await (
          await import('./plan-with-evidence.ts')
        ).planWithEvidence((known) => planOf(from, known), { io, connection })
      : { plan: planOf(from), found: {} };
    const shown = path.relative(io.cwd, path.join(folder, file?.name ?? '')).replaceAll(path.sep, '/');
    const read = await describePaths(readPathsOf(source), { folder, data: ports.data });
    const localData = { ...one?.localData, ...read };
    const saved = savedPipeline(counted, {
      observedAt,
      localData,
      ...(wanted.base === undefined ? {} : { changes: await changesOf(wanted.base, { localData, folder }) }),
      urls: one?.urls ?? {},
      file: file && { path: shown, sha256: file.sha256, lines: lines ?? [] },
      given,
      evidence,
      cost: prices && costOf(counted, prices),
      mask: secrets?.mask ?? ((text) => text),
    });
    const plan = wanted.countedFrom === undefined ? counted : planOf(facts, found);
    const hash = planHash([saved]);
    const now = ports.clock.now().toISOString();
    const judge = (named: string): SavedPipeline =>
      policies === undefined
        ? saved
        : { ...saved, policies: judgePlan(plan, { policies, cost: saved.cost, hash: named, now }) };
    return { plan: { ...plan, hash }, saved: judge(wanted.hash ?? hash), observed: { source, facts }, judge };
  };
  return {
    pipeline,
    connection,
    secrets,
    plan: async () => planOf(await observe()),
    observe: async () => {
      refuseUnsetSecrets(source);
      const facts = await observe();
      return { source, facts, plan: planOf(facts) };
    },
    review,
    planRun: async () => refuse(await review()),
  };
}

/** How local data have changed since a revision. What compares them is loaded where it is asked for. */
async function changesOf(
  base: BaseRevision,
  { localData, folder }: { readonly localData: Facts['localData']; readonly folder: string },
): Promise<ReadonlyMap<string, SavedDataChanges>> {
  const { changesSince } = await import('./changes-since.ts');
  return await changesSince(base, Object.keys(localData), { folder });
}

/** What the service would make of data that are not there yet. One after the other: each reads its disk as fast as that can. */
async function checkNewData(
  requests: readonly DataCheckRequest[],
  { folder, data }: { readonly folder: string; readonly data: DataPort },
): Promise<Readonly<Record<string, DataCheck>>> {
  const checks: Record<string, DataCheck> = {};
  for (const request of requests) {
    checks[dataCheckKey(request)] = await data.check({ ...request, folder });
  }
  return checks;
}

/** The digests of files and folders that steps read as they are. One that cannot be read has none: the step that reads it says why. */
async function describePaths(
  paths: readonly string[],
  { folder, data }: { readonly folder: string; readonly data: DataPort },
): Promise<Readonly<Record<string, LocalDataFacts>>> {
  const described = await Promise.all(
    paths.map(async (name) => {
      const absolute = path.resolve(folder, name);
      const kind = fileKind(absolute) === 'folder' ? 'Acoustic' : 'Language';
      const found = await data.describe(absolute, kind).catch((error: unknown) => {
        if (error instanceof DataError) return undefined;
        throw error;
      });
      return found === undefined ? [] : [[localDataKey({ from: name, kind }), found] as const];
    }),
  );
  return Object.fromEntries(described.flat());
}

/** The plan, when it may be done. Throws a {@link CheckFailure} when a step would fail whatever the others come to, or a rule forbids it. */
export function refuse({ plan, saved }: Pick<ReviewedPlan, 'plan' | 'saved'>): Plan {
  const forbidden = (saved.policies ?? []).filter(stopsPlan).map((one) => policySentence(one));
  if (forbidden.length > 0)
    throw new CheckFailure(
      `Change what would be done, or what policies say of it: nothing was done. ${forbidden.join('. ')}`,
    );
  // What rules have let through is what is done.
  return refuseToFail(saved.policies === undefined ? plan : boundPlan(plan, saved));
}

/** A plan whose run does what was planned, or fails. */
export function boundPlan(plan: Plan, { data }: SavedPipeline): Plan {
  const local = data.filter(({ kind }) => kind !== 'URL');
  return {
    ...plan,
    bound: {
      data: Object.fromEntries(
        local.map(({ kind, path: at, paths, digest }) => [
          localDataKey({ from: paths ?? at, kind: kind as DatasetKind }),
          digest,
        ]),
      ),
    },
  };
}

/** Data whose place is not known cannot be compared with those of the Speech resource. */
function refuseUnsetSecrets(source: PlanSource): void {
  for (const { step, input } of knownInputs(source))
    if (usesResource(step.uses) && input.lacks !== undefined) throw new CheckFailure(input.lacks.message);
}

/** Throws a {@link CheckFailure} when a step of the plan would fail whatever the others come to. */
function refuseToFail(plan: Plan): Plan {
  const [first, ...others] = stepsThatFail(plan);
  if (first === undefined) return plan;
  const more = others.length === 0 ? '' : `; so would ${others.map(({ id }) => id).join(', ')}`;
  throw new CheckFailure(`${first.summary} (step ${first.id} would fail, and nothing was done${more})`);
}

function maskPlanned(step: PlannedStep, { mask }: Secrets): PlannedStep {
  const outputs = Object.entries(step.outputs).map(([name, value]) => [
    name,
    typeof value === 'string' ? mask(value) : value,
  ]);
  return {
    ...step,
    summary: mask(step.summary),
    ...(step.condition === undefined ? {} : { condition: mask(step.condition) }),
    outputs: Object.fromEntries(outputs) as PlannedStep['outputs'],
    ...(step.bills && { bills: step.bills.map((bill) => ({ ...bill, what: mask(bill.what) })) }),
  };
}

function factsFor(
  facts: ReadonlyMap<Ports, Facts>,
  { portsOf }: Pick<Connection, 'portsOf'>,
): (step: Pick<PipelineStep, 'resource'>) => Facts {
  return (step) => {
    const found = facts.get(portsOf(step));
    if (found === undefined) throw new Error(`Observe the resource ${step.resource ?? ''} before planning with it`);
    return found;
  };
}
