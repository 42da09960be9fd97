import { Command, InvalidArgumentError, Option } from 'commander';
import { escapeControls } from '../../document/quote-name.ts';
import type { RunSummary } from '../../durable/journal.ts';
import { madeObjectsText } from '../../report/commands/made-objects-text.ts';
import { runDetailsText, runsText, stateOfRun } from '../../report/commands/runs-text.ts';
import { moveAwayIfBroken, type FoundStore } from '../../store/broken-store.ts';
import { databaseUrl } from '../connect/database.ts';
import { addPipelineOptions, formatOption, type PipelineOptions, runArgument } from '../options.ts';
import type { MadeInResource } from '../pipelines/list-made-objects.ts';
import { stateFolder } from '../runs-folder.ts';
import { wantsColor } from '../wants-color.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { mostRuns } from '../runs/control-request.ts';
import { findRun } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';

interface Options {
  readonly format: 'text' | 'json';
}

interface RunsOptions extends Options, PipelineOptions {
  readonly rebuild?: boolean;
  readonly limit: number;
  readonly status?: string;
}

/** `speechops runs`: the runs there are, newest first; with `--rebuild` what is left when their store is broken. */
export function runsCommand(session: Session): Command {
  const { io } = session;
  const command = new Command('runs')
    .argument('[file]', 'with --rebuild: a pipeline, whose resources are listed, and whose steps are named')
    .addOption(formatOption())
    .option('--limit <number>', 'how many are listed, the newest', runCount, 50)
    .addOption(new Option('--status <status>', 'only the runs that are so').choices(states))
    .option(
      '--rebuild',
      'move a store that cannot be opened away, and list what pipelines have made in the Speech resource',
    );
  return addPipelineOptions(command)
    .addHelpText(
      'after',
      `
With --rebuild: a store under .speechops/ that can be read stays as it is. A broken one is moved to a folder beside it, and its
runs are lost; what they have made is found again by its digest when a pipeline is run. It exits with 3 when the Speech resource
could not be asked, whatever became of the store.
Example: speechops runs --status failed --limit 5
         speechops runs --rebuild examples/call-center/pipeline.yaml`,
    )
    .action(async (file: string | undefined, options: RunsOptions) => {
      if (options.rebuild === true) return await rebuild(session, { ...options, file });
      const { emulator, input, allowEnv, settings } = options;
      if ([file, emulator, input, allowEnv, settings].some((given) => given !== undefined))
        throw new UsageError(
          'Add --rebuild, or leave out the pipeline and what belongs to it: runs are listed whatever their pipeline',
        );
      const runs = await listRuns(io, options);
      const text = (): string =>
        runs.length > 0
          ? runsText(runs, { now: new Date(), color: wantsColor(io.stdout, io) })
          : options.status === undefined
            ? 'No runs here yet\n'
            : `No run is ${options.status}\n`;
      io.stdout.write(options.format === 'json' ? `${JSON.stringify(runs, undefined, 2)}\n` : text());
    });
}

async function listRuns(io: Io, { limit, status }: RunsOptions): Promise<readonly RunSummary[]> {
  return await withRunControl(io, async (control) => {
    if (status === undefined) return await control.runs({ limit });
    const runs = await control.runs({ limit: mostRuns });
    return runs.filter((run) => stateOfRun(run) === status).slice(0, limit);
  });
}

async function rebuild(session: Session, options: RunsOptions & { readonly file: string | undefined }): Promise<void> {
  const { io } = session;
  if (databaseUrl(io) !== undefined)
    throw new UsageError(
      'Unset SPEECHOPS_DATABASE_URL: --rebuild is for the store in .speechops/, not for a PostgreSQL',
    );
  const folder = stateFolder(io);
  const store = await moveAwayIfBroken(folder, { what: 'runs --rebuild' });
  io.stderr.write(`${escapeControls(sentenceOn(store, folder))}\n`);
  const resources = await listed(session, options);
  if (options.format === 'json') io.stdout.write(`${JSON.stringify({ store, resources }, undefined, 2)}\n`);
  else if (resources !== undefined) io.stdout.write(madeObjectsText(resources));
}

function sentenceOn(store: FoundStore, folder: string): string {
  if (store.state === 'none') return `There is no store in ${folder} yet: nothing is moved`;
  if (store.state === 'good') return `The store in ${folder} can be read: nothing is moved`;
  return `Moved the store to ${store.movedTo}: it cannot be opened (${store.reason}), and its runs are lost; a new one is in its place`;
}

/** Undefined when the service could not be asked. That is told, and no reason to leave out what became of the store. */
async function listed(
  session: Session,
  options: PipelineOptions & { readonly file: string | undefined },
): Promise<readonly MadeInResource[] | undefined> {
  const { io } = session;
  try {
    // What speaks to the service takes longer to load than a list of runs to make.
    const { listMadeObjects } = await import('../pipelines/list-made-objects.ts');
    const resources = await listMadeObjects(options.file, { ...options, io });
    if (resources === undefined) session.exitCode = 1;
    return resources;
  } catch (error) {
    if (io.signal.aborted) throw error;
    const said = error instanceof Error ? error.message : String(error);
    io.stderr.write(`${escapeControls(`error: What pipelines have made is not listed. ${said}`)}\n`);
    session.exitCode = 3;
    return undefined;
  }
}

/** `speechops show`: one run, its steps and what it waits for. */
export function showCommand(session: Session): Command {
  const { io } = session;
  return new Command('show')
    .addArgument(runArgument())
    .addOption(formatOption())
    .option('--lines <number>', 'how many lines of the log are shown, the newest', lines, 20)
    .addHelpText('after', '\nExample: speechops show call-center-en-us-20260102-030405-7f3a --lines 100')
    .action(async (named: string, { format, lines: limit }: Options & { readonly lines: number }) => {
      const shown = await withRunControl(io, async (control) => {
        const found = await findRun(control, named);
        return { ...found, log: limit === 0 ? [] : await control.log(found.runId, { limit }) };
      });
      io.stdout.write(
        format === 'json'
          ? `${JSON.stringify(shown, undefined, 2)}\n`
          : runDetailsText(shown, { color: wantsColor(io.stdout, io) }),
      );
    });
}

const states = ['queued', 'running', 'waiting', 'abandoned', 'cancelled', 'succeeded', 'failed'];

function runCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,5}$/.test(text) && count > 0 && count <= mostRuns) return count;
  throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${mostRuns}.`);
}

function lines(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}
