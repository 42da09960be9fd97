import { Command, Option } from 'commander';
import type { LifecycleDocument } from '../../../schemas/types.gen.ts';
import { observeLives } from '../../engine/observe.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { endingInUse, lifecycleOf, soonDays } from '../../plan/lifecycle.ts';
import { resourcesOf } from '../../plan/resources.ts';
import { lifecycleMarkdown, lifecycleText } from '../../report/commands/lifecycle-text.ts';
import { connect, type Connection } from '../connect/connection.ts';
import { endpointOfAccount } from '../connect/speech-account.ts';
import { addInputOptions, durationInSeconds, type PipelineOptions } from '../options.ts';
import { parseInputs, readPipelineFile } from '../pipelines/pipeline-file.ts';
import { allowedVariables } from '../pipelines/variables.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { wantsColor } from '../wants-color.ts';

interface Options extends PipelineOptions {
  readonly resource?: string;
  readonly within: number;
  readonly format: 'text' | 'json' | 'markdown';
}

/** `speechops lifecycle`: which models and endpoints of a Speech resource end when, and what happens then. Changes nothing. */
export function lifecycleCommand(session: Session): Command {
  const { io } = session;
  return addInputOptions(new Command('lifecycle'))
    .argument('[file]', 'a pipeline, whose resources are looked at')
    .option('--emulator', 'look at the embedded emulator, which keeps its data in .speechops/emulator')
    .option('--resource <id>', 'Azure resource id of the Speech resource')
    .addOption(
      new Option('--within <duration>', 'exit 1 when something in use ends within this time')
        .argParser(durationInSeconds)
        .default(soonDays * secondsOfDay, `${soonDays}d`),
    )
    .addOption(
      new Option('--format <format>', 'how the result is printed')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
In use are endpoints, the models that they serve, and the newest base model of a locale where a served model was trained on it.
Example: speechops lifecycle --within 60d --format markdown >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (file: string | undefined, options: Options) => {
      const opened = await open(file, { io, ...options });
      if (opened === undefined) {
        session.exitCode = 1;
        return;
      }
      const { connection, urls } = opened;
      try {
        const lifecycle = await lookAt(connection, { io, urls, withinSeconds: options.within });
        io.stdout.write(written(lifecycle, { io, format: options.format }));
        session.exitCode = endingInUse(lifecycle.objects).length > 0 ? 1 : 0;
      } finally {
        await connection.close();
      }
    });
}

/** Undefined when the pipeline has faults, which are printed. */
async function open(
  file: string | undefined,
  options: Options & { readonly io: Io },
): Promise<{ readonly connection: Connection; readonly urls: readonly string[] } | undefined> {
  const { io, emulator = false, resource } = options;
  if (resource !== undefined && (emulator || file !== undefined))
    throw new UsageError('Say once which Speech resource: give --resource ID, --emulator or a pipeline');
  if (file === undefined) {
    const own = io.env['SPEECHOPS_ENDPOINT'] || undefined;
    const named =
      resource === undefined ? {} : { endpoint: await endpointOfAccount(io, { resourceId: resource, endpoint: own }) };
    return { connection: await connectHere({ emulator, folder: io.cwd, ...named }, io), urls: [] };
  }
  const allowed = await allowedVariables(options, { io, files: [file] });
  const inputs = parseInputs(options.input ?? []);
  const read = await readPipelineFile(file, { io, inputs, allowedVariables: allowed });
  if (read === undefined) return undefined;
  const { pipeline, folder } = read;
  const urls = emulator ? [] : resourcesOf(pipeline);
  return { connection: await connectHere({ emulator, folder, pipeline }, io), urls };
}

async function connectHere(
  options: {
    readonly emulator: boolean;
    readonly folder: string;
    readonly endpoint?: string;
    readonly pipeline?: Pipeline;
  },
  io: Io,
): Promise<Connection> {
  return await withPlace(io, async () => await connect(io, { ...options, knownAudio: [] }));
}

async function lookAt(
  { resources, endpoint, target }: Connection,
  options: { readonly io: Io; readonly urls: readonly string[]; readonly withinSeconds: number },
): Promise<LifecycleDocument> {
  const { io, urls, withinSeconds } = options;
  const seen = await Promise.all(resources.map(async (ports) => await observeLives(ports, { signal: io.signal })));
  const objects = seen.flatMap((lives, index) => {
    const resource = urls[index];
    return lifecycleOf(lives, { withinSeconds }).map((entry) =>
      resource === undefined ? entry : { ...entry, resource },
    );
  });
  return {
    resource: target === 'embedded-emulator' ? 'the embedded emulator' : endpoint,
    observedAt: seen[0]?.observedAt ?? new Date().toISOString(),
    withinDays: withinSeconds / secondsOfDay,
    // Each resource has its own order.
    objects: objects.toSorted((a, b) => (a.ends ?? '9').localeCompare(b.ends ?? '9')),
  };
}

function written(
  lifecycle: LifecycleDocument,
  { io, format }: { readonly io: Io; readonly format: Options['format'] },
): string {
  if (format === 'json') return `${JSON.stringify(lifecycle, undefined, 2)}\n`;
  if (format === 'markdown') return lifecycleMarkdown(lifecycle);
  return lifecycleText(lifecycle, { color: wantsColor(io.stdout, io) });
}

const secondsOfDay = 86_400;
