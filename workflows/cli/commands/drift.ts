import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { DriftDocument, DriftFinding } from '../../../schemas/types.gen.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { hostOf, openHost } from '../../hosts/host-of.ts';
import { keepIssue } from '../../hosts/keep-issue.ts';
import type { HostKind, ReviewHost } from '../../hosts/review-host.ts';
import { driftIssue } from '../../report/commands/drift-issue.ts';
import { driftOf, inOrder } from '../../review/drift.ts';
import { stackDrift } from '../../review/stack-drift.ts';
import { driftMarkdown, driftText } from '../../report/commands/drift-text.ts';
import { addPipelineOptions, collect, durationInSeconds, type PipelineOptions } from '../options.ts';
import { separateEnvironments } from '../pipelines/environment-file.ts';
import { observeDeclared, type ObservedResource } from '../pipelines/observe-declared.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { keepHeapSmall } from '../small-heap.ts';
import { reasonOfFile } from '../reason-of-file.ts';
import { wantsColor } from '../wants-color.ts';

interface Options extends PipelineOptions {
  readonly resource?: string;
  readonly environment?: string;
  readonly stack?: readonly string[];
  readonly within: number;
  readonly format: 'text' | 'json' | 'markdown';
  readonly detailedExitcode?: boolean;
  readonly issue?: boolean;
  readonly host?: HostKind;
  readonly repository?: string;
  readonly apiUrl?: string;
}

/** `speechops drift`: what Speech resources have otherwise than the repository says. Changes nothing there. */
export function driftCommand(session: Session): Command {
  const { io } = session;
  return addPipelineOptions(
    new Command('drift').argument(
      '[files...]',
      'pipelines whose endpoints, projects and data are compared, and environment.yaml',
    ),
  )
    .option('--resource <id>', 'Azure resource id of the Speech resource, where no pipeline is given')
    .option(
      '--environment <name>',
      'the environment of environment.yaml to compare with, where its account does not tell',
    )
    .option(
      '--stack <plan.json>',
      'what `terraform show -json PLANFILE` or `terraform plan -refresh-only -json` has printed, repeatable',
      collect,
    )
    .addOption(
      new Option('--within <duration>', 'a model that expires within this time is drift')
        .argParser(durationInSeconds)
        .default(30 * secondsOfDay, '30d'),
    )
    .addOption(
      new Option('--format <format>', 'how the result is printed')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .option('--detailed-exitcode', 'exit 0 when nothing differs, 1 on an error, 2 when something does')
    .option(
      '--issue',
      'keep one issue on the host of the repository: open while something differs, closed when nothing does',
    )
    .addOption(
      new Option('--host <host>', 'with --issue: where the repository is (default: as the CI says)').choices([
        'github',
        'gitlab',
        'azure-devops',
        'bitbucket',
        'gitea',
      ]),
    )
    .option('--repository <name>', 'with --issue: OWNER/NAME of the repository (default: as the CI says)')
    .option('--api-url <url>', 'with --issue: base URL of the API of the host (default: as the CI says)')
    .addHelpText(
      'after',
      `
Without --detailed-exitcode it exits 1 when something differs. Notes are told, and are no drift.
Examples:
  speechops drift pipelines/calls.yaml environment.yaml --detailed-exitcode
  speechops drift pipelines/*.yaml environment.yaml --issue
  speechops drift pipelines/*.yaml --stack drift.json --format markdown >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (files: readonly string[], options: Options) => {
      keepHeapSmall();
      // A token that is not there is told before anything is asked.
      const host = options.issue === true ? await hostHere(io, options) : undefined;
      const drift = await compare([...new Set(files)], { io, options });
      if (drift === undefined) {
        session.exitCode = 1;
        return;
      }
      io.stdout.write(written(drift, { io, format: options.format }));
      if (host !== undefined) await tellHost(drift, { io, host });
      if (drift.findings.some(({ level }) => level === 'drift'))
        session.exitCode = options.detailedExitcode === true ? 2 : 1;
    });
}

async function hostHere(io: Io, options: Options): Promise<ReviewHost> {
  const { host, repository, apiUrl } = options;
  const found = await hostOf(io.env, { host, repository, apiUrl });
  if ('fault' in found) throw new UsageError(`${found.fault} (--issue writes to the issues of the repository)`);
  return openHost(found.place, { signal: io.signal });
}

async function tellHost(
  drift: DriftDocument,
  { io, host }: { readonly io: Io; readonly host: ReviewHost },
): Promise<void> {
  const { action, url } = await keepIssue(host.issues, driftIssue(drift, host.markup));
  const where = url === undefined ? '' : `: ${url}`;
  io.stderr.write(`${escapeControls(action === 'none' ? 'There is no issue to open' : `Issue ${action}${where}`)}\n`);
}

/** Undefined when a file has faults, which are printed. */
async function compare(
  files: readonly string[],
  { io, options }: { readonly io: Io; readonly options: Options },
): Promise<DriftDocument | undefined> {
  const { resource, emulator = false, within, stack = [] } = options;
  // Before anything is asked.
  const stacks = (await Promise.all(stack.map(async (file) => await readStack(file, io)))).flat();
  const separated = await separateEnvironments(files, { io });
  if (separated === undefined) return undefined;
  if (resource !== undefined && (emulator || separated.pipelines.length > 0))
    throw new UsageError('Say once which Speech resource: give --resource ID, --emulator or pipelines');
  const observed = await observeDeclared(separated, {
    ...options,
    io,
    whenFree: async (act) => await withPlace(io, act),
  });
  if (observed === undefined) return undefined;
  const findings = observed.flatMap((one) => {
    const found = driftOf(one.declared, one.seen, { withinSeconds: within });
    return observed.length === 1 ? found : found.map((finding) => ({ ...finding, resource: one.resource }));
  });
  const environmentFiles = observed.flatMap(({ declared }) => declared.files);
  return {
    resource: observed.map((one) => nameOf(one)).join(', '),
    observedAt: observed[0]?.seen.facts.observedAt ?? new Date().toISOString(),
    withinDays: within / secondsOfDay,
    compared: [...new Set([...environmentFiles, ...observed.flatMap(releasesRead), ...stack])],
    findings: inOrder([...findings, ...stacks]),
  };
}

function releasesRead({ seen: { releases } }: ObservedResource): readonly string[] {
  return Object.entries(releases).flatMap(([file, text]) => (text === undefined ? [] : [file]));
}

function nameOf({ resource }: ObservedResource): string {
  return resource === 'embedded-emulator' ? 'the embedded emulator' : resource;
}

async function readStack(file: string, { cwd }: Io): Promise<readonly DriftFinding[]> {
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new UsageError(`Cannot read ${file}: ${reasonOfFile(error)}`, { cause: error });
  });
  const found = stackDrift(text, { file });
  if (typeof found === 'string') throw new UsageError(`Give what Terraform has printed: ${file} is not that, ${found}`);
  return found;
}

function written(
  drift: DriftDocument,
  { io, format }: { readonly io: Io; readonly format: Options['format'] },
): string {
  if (format === 'json') return jsonText(drift);
  if (format === 'markdown') return driftMarkdown(drift);
  return driftText(drift, { color: wantsColor(io.stdout, io) });
}

const secondsOfDay = 86_400;
