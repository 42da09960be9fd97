import { lstatSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Secrets } from '../../engine/secrets.ts';
import { isCredentialName } from '../../language/credential-names.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { SHORTEST_SECRET } from '../../language/secret-mask.ts';
import { secretVariablesOf } from '../../language/secret-variables.ts';
import { repositoryOf } from '../repository.ts';
import { type Io, UsageError } from '../session.ts';

export interface VariableOptions {
  readonly allowEnv?: readonly string[];
  readonly settings?: string;
}

/** Adds the options by which the person who runs a pipeline lets it read variables that it may not ask for itself. */
export function addVariableOptions(command: Command, what: string): Command {
  return command
    .option('--allow-env <name>', `environment variable ${what}, repeatable`, collect)
    .option('--settings <file>', 'take the names under `allow-env:` of this file, too; it lies outside the repository');
}

/** The names of the variables that the person allows. `files` are the pipelines, whose authors must not decide it. */
export async function allowedVariables(
  { allowEnv = [], settings }: VariableOptions,
  { io, files }: { readonly io: Io; readonly files: readonly string[] },
): Promise<ReadonlySet<string>> {
  for (const name of allowEnv)
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new UsageError(`Write --allow-env NAME, the name of a variable: got ${name}`);
  if (settings === undefined) return new Set(allowEnv);
  const file = path.resolve(io.cwd, settings);
  for (const pipeline of files) await refuseWithin(file, path.resolve(io.cwd, pipeline));
  const { readSettings } = await import('./_settings-file.ts');
  return new Set([...allowEnv, ...(await readSettings(file)).allowEnv]);
}

/** Whoever may change the pipeline may change what lies beside it, in the same pull request. */
async function refuseWithin(settings: string, pipeline: string): Promise<void> {
  const folders = [settings, pipeline].map(async (file) => await realpath(path.dirname(file)).catch(() => ''));
  const [ofSettings = '', ofPipeline = ''] = await Promise.all(folders);
  const repository = repositoryOf(ofPipeline) ?? ofPipeline;
  const isWithin = ofSettings === repository || ofSettings.startsWith(repository + path.sep);
  if (!isWithin || isOwnCheckout(ofSettings, repository)) return;
  throw new UsageError(
    `Keep ${settings} where no pull request can change it, such as a checkout of the protected branch elsewhere: it lies in the repository of ${pipeline}`,
  );
}

/** Whether the folder belongs to a checkout inside of the repository. That of a submodule, whose `.git` is a file, a pull request can change. */
function isOwnCheckout(folder: string, repository: string): boolean {
  const own = repositoryOf(folder) ?? repository;
  return own !== repository && lstatSync(path.join(own, '.git')).isDirectory();
}

/** What is set here of the variables that the pipeline declares and may read. */
export function variablesOf({ env = {} }: Pick<Pipeline, 'env'>, { env: set }: Io): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(env).flatMap((name) => {
      const value = set[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/**
 * The secret variables of a pipeline as they are set here, of which only those that `mayRead` are given away. From now on they
 * are masked in whatever this process writes.
 */
export function secretsOf(
  pipeline: Pick<Pipeline, 'env'>,
  { io, mayRead }: { readonly io: Io; readonly mayRead: (name: string) => boolean },
): Secrets | undefined {
  const names = secretVariablesOf(pipeline);
  if (names.length === 0) return undefined;
  const readable = names.filter((name) => mayRead(name) && (io.env[name] ?? '') !== '');
  const values = new Map(readable.map((name) => [name, io.env[name] ?? '']));
  for (const [name, value] of values) {
    if (value.trim().length < SHORTEST_SECRET)
      throw new UsageError(
        `Give ${name} a longer value, or do not declare it as secret: one of under ${SHORTEST_SECRET} characters cannot be masked`,
      );
    io.secretMask?.learn(value);
  }
  const { mask = (text: string): string => text } = io.secretMask ?? {};
  return { valueOf: (name) => values.get(name), mask };
}

/** The same for a run that is gone on with: what was allowed for its first part is allowed anew, by whoever goes on. */
export function secretsToGoOnWith(
  pipeline: Pick<Pipeline, 'env'>,
  { io, allowed }: { readonly io: Io; readonly allowed: ReadonlySet<string> },
): Secrets | undefined {
  for (const name of secretVariablesOf(pipeline)) {
    if (isCredentialName(name) && !allowed.has(name))
      throw new UsageError(`Give --allow-env ${name} again: the run reads it, and its name is one of a credential`);
    if ((io.env[name] ?? '') === '')
      throw new UsageError(`Set ${name} again: the run reads it, and a secret is not kept with a run`);
  }
  return secretsOf(pipeline, { io, mayRead: () => true });
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}
