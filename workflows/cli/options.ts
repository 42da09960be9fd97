import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration, suggestDuration } from '../document/durations.ts';
import { type Io, UsageError } from './session.ts';
import { addVariableOptions, type VariableOptions } from './pipelines/variables.ts';

export interface PipelineOptions extends VariableOptions {
  readonly emulator?: boolean;
  readonly input?: readonly string[];
}

/** Adds the options that every command about pipelines takes. */
export function addPipelineOptions(command: Command): Command {
  return addInputOptions(
    command.option('--emulator', 'use the embedded emulator, which keeps its data in .speechops/emulator'),
  );
}

/** Adds those of them that are about what a pipeline is given. */
export function addInputOptions(command: Command): Command {
  command.option('--input <name=value>', 'value of an input of the pipeline, repeatable', collect);
  return addVariableOptions(command, 'with the name of a credential that the pipeline may read all the same');
}

/** Adds the options that name the files which a plan is reviewed with. */
export function addReviewOptions(command: Command): Command {
  return command
    .option(
      '--prices <file>',
      'what the service bills (default: prices.yaml beside the pipeline, or above it in its repository)',
    )
    .option('--policies <file>', 'what plans may not do (default: policies.yaml, found likewise)');
}

/** `--format`: the result as text for people, or as JSON. */
export function formatOption(): Option {
  return new Option('--format <format>', 'how the result is printed').choices(['text', 'json']).default('text');
}

/** The argument that names a run to `findRun`, and the run that `last` means. */
export function runArgument({ last = 'the newest' }: { readonly last?: string } = {}): Argument {
  return new Argument('<run>', `id of the run, the beginning of it, or \`last\` for ${last}`);
}

/** Gathers the values of an option that may be given more than once. */
export function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}

/** Reads the duration of an option as seconds; throws what commander prints when it is none. */
export function durationInSeconds(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  const meant = suggestDuration(text);
  throw new InvalidArgumentError(
    `Allowed is a duration such as 90d or 12h${meant === undefined ? '' : `, did you mean ${meant}?`}`,
  );
}

/** `--priority`: the place of a run among those that wait for a worker. */
export function priorityOption(): Option {
  return new Option('--priority <number>', 'among the runs that wait, the lowest number is taken first')
    .argParser(priority)
    .default(100);
}

function priority(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0, which is taken first.');
}

/** The public address of `--webhooks`; throws what commander prints when it is none. */
export function webhookUrl(text: string): string {
  const url = URL.parse(text);
  const isLoopback = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url.href;
  throw new InvalidArgumentError('Allowed is an https URL; http is allowed for a service on this machine.');
}

/** What callbacks are signed with. Without it anybody could wake the fleet, so that there is no default. */
export function webhookSecret({ env }: Io): string {
  const secret = env['SPEECHOPS_WEBHOOK_SECRET'] ?? '';
  if (secret.length >= leastCharacters) return secret;
  throw new UsageError(
    `Set SPEECHOPS_WEBHOOK_SECRET to the same secret for all workers: it ${secret === '' ? 'is not set' : 'is too short'}, --webhooks needs at least ${leastCharacters} characters (openssl rand -hex 32)`,
  );
}

const leastCharacters = 16;
