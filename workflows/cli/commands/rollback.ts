import { Command } from 'commander';
import { parseRate } from '../../document/rates.ts';
import { isTemplate } from '../../document/yaml/plain-value.ts';
import { observeLives } from '../../engine/observe.ts';
import type { Ports } from '../../engine/ports.ts';
import { entityId } from '../../plan/identity.ts';
import { endpointByName } from '../../plan/models.ts';
import type { Plan } from '../../plan/plan.ts';
import { endpointToRollBack, modelToGoBackTo } from '../../plan/rollback.ts';
import type { BaseModel, CustomModel, Endpoint } from '../../plan/speech-entities.ts';
import { planText } from '../../report/commands/plan-text.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { connect } from '../connect/connection.ts';
import { addPipelineOptions, formatOption, type PipelineOptions } from '../options.ts';
import { openPipelineFile, type OpenPipeline } from '../pipelines/open-pipeline.ts';
import { swapByHand, swapInFile, swapTo, type SwapOf } from '../pipelines/rollback-pipeline.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { withTelemetry } from '../runs/open-telemetry.ts';
import { type Lent, runHere } from '../runs/run-here.ts';
import { newRunId } from '../runs-folder.ts';
import { CheckFailure, type Io, type Session, UsageError } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { resumeWhenNeeded } from './resume.ts';

interface Options extends PipelineOptions {
  readonly to?: string;
  readonly locale?: string;
  readonly step?: string;
  readonly audio?: string;
  readonly maxWer?: string;
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly format: 'text' | 'json';
}

/** `speechops rollback`: the endpoint serves the model again that it served before, by a run of one swap. */
export function rollbackCommand(session: Session): Command {
  const { io } = session;
  const command = new Command('rollback')
    .argument('<endpoint>', 'display name or id of the endpoint')
    .argument('[file]', 'a pipeline that swaps it: the proof, the resource and `release` are those of its swap');
  return addPipelineOptions(command)
    .option(
      '--to <model>',
      'display name, URL or id of the model to serve, or `base` for the newest base model (default: the one before the last swap)',
    )
    .option('--locale <locale>', 'locale of the endpoint, where several have its name')
    .option(
      '--step <id>',
      'the swap of the pipeline, where several swap the endpoint: one for each region, as its plan lists them',
    )
    .option('--audio <folder>', 'smoke audio to prove it with, where no pipeline names any')
    .option('--max-wer <rate>', 'go forth again when the word error rate on the smoke audio is above this')
    .option('--plan', 'show what it would do, and do nothing')
    .option('-y, --yes', 'ask nothing')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Called twice it goes back and forth. Nothing is deleted, and the run can be resumed as any other (speechops resume).
Examples:
  speechops rollback call-center examples/call-center/pipeline.yaml
  speechops rollback ward pipelines/live.yaml --step go-live-north`,
    )
    .action(async (endpoint: string, file: string | undefined, options: Options) => {
      io.outliveReaders?.();
      const lent = await withTelemetry(
        io,
        async (telemetry) => await rollBack(session, { ...options, endpoint, file, telemetry }),
      );
      if (lent !== undefined) await resumeWhenNeeded(session, { ...options, ...lent });
    });
}

async function rollBack(
  session: Session,
  options: Options & {
    readonly endpoint: string;
    readonly file: string | undefined;
    readonly telemetry: Telemetry | undefined;
  },
): Promise<Lent | undefined> {
  const { io } = session;
  const { telemetry, emulator = false } = options;
  checkOptions(options, io);
  const inFile = options.file === undefined ? undefined : await swapInFile(options.file, { ...options, io });
  if (inFile === undefined && options.file !== undefined) {
    session.exitCode = 1;
    return undefined;
  }
  const { endpoint, name, model } = await choose({ ...options, io, swap: inFile });
  const { locale } = endpoint;
  const proof = { audio: options.audio, maxWer: options.maxWer };
  const swap = inFile ?? swapByHand(name, { io, locale, proof });
  const pipeline = swapTo(swap, { endpoint: name, model: model.self, locale });
  const opened = await withPlace(
    io,
    async () => await openPipelineFile({ ...swap, pipeline }, { io, emulator, observer: telemetry?.requests }),
  );
  try {
    const plan = await opened.planRun();
    const [step] = plan.steps;
    if (step === undefined || step.action === 'at-run-time')
      throw new CheckFailure(`${step?.summary ?? 'There is nothing to do'}; nothing was changed`);
    const isDone = step.action === 'reuse';
    if (options.plan === true || isDone) return showPlan(plan, { io, format: options.format });
    if (options.yes !== true && !(await isWanted(plan, io))) return undefined;
    return await start(session, { ...options, opened, plan });
  } finally {
    await opened.connection.close();
  }
}

function checkOptions(
  { file, step, audio, maxWer, plan, yes }: Options & { readonly file: string | undefined },
  io: Io,
): void {
  if (file !== undefined && (audio !== undefined || maxWer !== undefined))
    throw new UsageError('Leave --audio and --max-wer out: the pipeline says how the endpoint is proved');
  if (file === undefined && step !== undefined)
    throw new UsageError('Give the pipeline as well: --step is the id of one of its swaps');
  if (maxWer !== undefined && audio === undefined)
    throw new UsageError('Give --audio FOLDER as well: --max-wer is of it');
  if (maxWer !== undefined && parseRate(maxWer) === undefined)
    throw new UsageError(`Write --max-wer as a rate, 15% or 0.15: got ${maxWer}`);
  if (plan !== true && yes !== true && io.ask === undefined)
    throw new UsageError('Add --yes, or call it on a terminal: there is nobody to ask (--plan shows what it would do)');
}

/** The endpoint and the model to go back to, as the resource has them now. */
async function choose({
  io,
  swap,
  ...options
}: Options & { readonly endpoint: string; readonly io: Io; readonly swap: SwapOf | undefined }): Promise<{
  readonly endpoint: Endpoint;
  /** What the swap calls it: its name, as pipelines do, so that one run at a time is at it. */
  readonly name: string;
  readonly model: BaseModel | CustomModel;
}> {
  const { emulator = false, to } = options;
  const lives = await withPorts(
    { io, emulator, swap },
    async (ports) => await observeLives(ports, { signal: io.signal }),
  );
  const locale = options.locale ?? swap?.pipeline.locale;
  const endpoint = endpointToRollBack(options.endpoint, { endpoints: lives.endpoints, locale });
  if (typeof endpoint === 'string') throw new UsageError(endpoint);
  const model = modelToGoBackTo(endpoint, { lives, to });
  if (typeof model === 'string') throw new CheckFailure(model);
  const { displayName, locale: own } = endpoint;
  const isUnique = endpointByName(displayName, { endpoints: lives.endpoints, locale: own }) === endpoint;
  return { endpoint, name: isUnique && !isTemplate(displayName) ? displayName : entityId(endpoint.self), model };
}

async function withPorts<T>(
  { io, emulator, swap }: { readonly io: Io; readonly emulator: boolean; readonly swap: SwapOf | undefined },
  act: (ports: Ports) => Promise<T>,
): Promise<T> {
  const { pipeline, folder = io.cwd } = swap ?? {};
  const of = { emulator, folder, knownAudio: [], ...(pipeline === undefined ? {} : { pipeline }) };
  const connection = await withPlace(io, async () => await connect(io, of));
  try {
    return await act(connection.portsOf(pipeline?.steps[0] ?? {}));
  } finally {
    await connection.close();
  }
}

function showPlan(plan: Plan, { io, format }: { readonly io: Io; readonly format: Options['format'] }): undefined {
  const json = { pipeline: plan.pipeline.name, steps: plan.steps };
  io.stdout.write(
    format === 'json'
      ? `${JSON.stringify(json, undefined, 2)}\n`
      : planText(plan, { color: wantsColor(io.stdout, io) }),
  );
}

async function isWanted(plan: Plan, io: Io): Promise<boolean> {
  io.stderr.write(planText(plan, { color: wantsColor(io.stderr, io) }));
  const answer = (await io.ask?.('Do it? (y/N) ')) ?? '';
  if (/^y(es)?$/i.test(answer.trim())) return true;
  io.stderr.write('Nothing was changed\n');
  return false;
}

async function start(
  session: Session,
  {
    opened,
    plan,
    format,
    telemetry,
  }: {
    readonly opened: OpenPipeline;
    readonly plan: Plan;
    readonly format: Options['format'];
    readonly telemetry: Telemetry | undefined;
  },
): Promise<Lent | undefined> {
  const runId = newRunId(plan.pipeline.name);
  return await runHere(session, {
    runId,
    pipeline: plan.pipeline.name,
    plan,
    connection: opened.connection,
    secrets: opened.secrets,
    steps: plan.pipeline.steps,
    concurrency: plan.pipeline.concurrency,
    format,
    isNew: true,
    begin: (engine) => engine.start(runId, plan),
    telemetry,
  });
}
