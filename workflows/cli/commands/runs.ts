import { Command, InvalidArgumentError, Option } from 'commander';
import { escapeControls } from '../../document/quote-name.ts';
import { madeObjectsText } from '../../report/made-objects-text.ts';
import { runDetailsText, runsText } from '../../report/runs-text.ts';
import { moveAwayIfBroken, type FoundStore } from '../../store/broken-store.ts';
import { databaseUrl } from '../connect/database.ts';
import { addOptionsOfPipeline, type PipelineOptions } from '../options.ts';
import type { MadeInResource } from '../pipelines/list-made-objects.ts';
import { stateFolder } from '../runs-folder.ts';
import { type Session, UsageError } from '../session.ts';
import { withRunControl } from '../runs/run-control.ts';

interface Options {
  readonly format: 'text' | 'json';
}

interface RunsOptions extends Options, PipelineOptions {
  readonly rebuild: boolean;
}

/** `speechops runs`: the runs there are, newest first; with `--rebuild` what is left when their store is broken. */
export function runsCommand(session: Session): Command {
  const { io } = session;
  const command = new Command('runs')
    .description('List runs, newest first.')
    .argument('[file]', 'with --rebuild: a pipeline, whose resources are listed, and whose steps are named')
    .addOption(new Option('--format <format>', 'how they are printed').choices(['text', 'json']).default('text'))
    .option(
      '--rebuild',
      'move a store that cannot be opened away, and list what pipelines have made in the Speech resource',
      false,
    );
  return addOptionsOfPipeline(command)
    .addHelpText(
      'after',
      `
With --rebuild: a store under .speechops/ that can be read stays as it is. A broken one is moved to a folder beside it, and its
runs are lost; what they have made is found again by its digest when a pipeline is run. It exits with 3 when the Speech resource
could not be asked, whatever became of the store. The other options are of --rebuild, too.
Example: speechops runs --format json
         speechops runs --rebuild examples/call-center/pipeline.yaml`,
    )
    .action(async (file: string | undefined, options: RunsOptions) => {
      if (options.rebuild) return await rebuild(session, { ...options, file });
      const { emulator, input, allowEnv, settings } = options;
      if ([file, emulator, input, allowEnv, settings].some((given) => given !== undefined))
        throw new UsageError(
          'Add --rebuild, or leave out everything but --format: runs are listed whatever their pipeline',
        );
      const runs = await withRunControl(io, async (control) => await control.runs());
      io.stdout.write(options.format === 'json' ? `${JSON.stringify(runs, undefined, 2)}\n` : runsText(runs));
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
    .description('Show a run: its steps, what came out, how long they took, what it waits for, and its log.')
    .argument('<run>', 'id of the run')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--lines <number>', 'how many lines of the log are shown, the newest', lines, 20)
    .addHelpText('after', '\nExample: speechops show call-center-en-us-20260102-030405-7f3a --lines 100')
    .action(async (runId: string, { format, lines: limit }: Options & { readonly lines: number }) => {
      const [found, log] = await withRunControl(io, async (control) => [
        await control.details(runId),
        limit === 0 ? [] : await control.log(runId, { limit }),
      ]);
      if (found === undefined)
        throw new UsageError(`Check the run id ${runId}: there is no such run (speechops runs lists them)`);
      const shown = { ...found, log };
      io.stdout.write(format === 'json' ? `${JSON.stringify(shown, undefined, 2)}\n` : runDetailsText(shown));
    });
}

function lines(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}
