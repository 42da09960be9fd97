import path from 'node:path';
import { observeFacts } from '../../engine/observe.ts';
import type { Ports } from '../../engine/ports.ts';
import type { Secrets } from '../../engine/secrets.ts';
import type { Pipeline, PipelineStep } from '../../language/pipeline.ts';
import type { Facts } from '../../plan/facts.ts';
import {
  localDataOf,
  localesOf,
  planPipeline,
  type PlanSource,
  releaseFilesOf,
  smokeAudioOf,
  urlsOf,
} from '../../plan/plan-pipeline.ts';
import { stepsThatFail, type Plan, type PlannedStep } from '../../plan/plan.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { CheckFailure, type Io } from '../session.ts';
import { connect, type Connection } from '../connect/connection.ts';
import { parseInputs, readPipelineFile, type PipelineFile } from './pipeline-file.ts';
import type { PipelineOptions } from '../options.ts';
import { allowedVariables, secretsOf } from './variables.ts';

export interface OpenPipeline {
  readonly pipeline: Pipeline;
  readonly connection: Connection;
  /** Its secret variables, as they are set here. */
  readonly secrets: Secrets | undefined;
  /** Observes the Speech resources and the local data, and plans. */
  plan(): Promise<Plan>;
  /** The same for a run. Throws a {@link CheckFailure} when a step would fail whatever the others come to, before anything is paid. */
  planRun(): Promise<Plan>;
}

/** A checked pipeline and the Speech resource it works on; undefined when the pipeline has faults, which are printed. */
export async function openPipeline(
  file: string,
  options: PipelineOptions & {
    readonly io: Io;
    readonly observer?: RequestObserver | undefined;
    /** Whether its Speech resources may have been made a moment ago. @default false */
    readonly mayBeNew?: boolean;
  },
): Promise<OpenPipeline | undefined> {
  const { io, observer, mayBeNew } = options;
  const inputs = parseInputs(options.input ?? []);
  const allowed = await allowedVariables(options, { io, files: [file] });
  const read = await readPipelineFile(file, { io, inputs, allowedVariables: allowed });
  if (read === undefined) return undefined;
  return await openPipelineFile(read, { io, emulator: options.emulator ?? false, observer, mayBeNew });
}

/** Opens a pipeline whose file was read, or one that comes from no file. */
export async function openPipelineFile(
  { pipeline, folder, file, env }: Omit<PipelineFile, 'file'> & Partial<Pick<PipelineFile, 'file'>>,
  options: {
    readonly io: Io;
    readonly emulator: boolean;
    readonly observer?: RequestObserver | undefined;
    readonly mayBeNew?: boolean | undefined;
  },
): Promise<OpenPipeline> {
  const { io, emulator, observer, mayBeNew } = options;
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
  const plan = async (): Promise<Plan> => {
    const source: PlanSource = { pipeline, folder, file, target: connection.target, env, kinds: stepKinds };
    const { resources, ports } = connection;
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
    const made = planPipeline(source, factsFor(facts, connection));
    return secrets === undefined ? made : { ...made, steps: made.steps.map((step) => maskPlanned(step, secrets)) };
  };
  return { pipeline, connection, secrets, plan, planRun: async () => refuseToFail(await plan()) };
}

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
  return { ...step, summary: mask(step.summary), outputs: Object.fromEntries(outputs) as PlannedStep['outputs'] };
}

function factsFor(
  facts: ReadonlyMap<Ports, Facts>,
  { portsOf }: Pick<Connection, 'portsOf'>,
): (step: PipelineStep) => Facts {
  return (step) => {
    const found = facts.get(portsOf(step));
    if (found === undefined) throw new Error(`Observe the resource of ${step.id} before planning it`);
    return found;
  };
}
