import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Secrets } from '../../engine/secrets.ts';
import { isCredentialName } from '../../language/variables/credential-names.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { SHORTEST_SECRET } from '../../language/variables/secret-mask.ts';
import { secretVariablesOf } from '../../language/variables/secret-variables.ts';
import { checkoutOf, repositoryOf } from '../repository.ts';
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
  const cwd = await realpath(io.cwd);
  for (const pipeline of files) await refuseWithin(file, { pipeline: path.resolve(io.cwd, pipeline), cwd });
  const { readSettings } = await import('./settings-file.ts');
  return new Set([...allowEnv, ...(await readSettings(file)).allowEnv]);
}

/**
 * Refuses settings in the repository of a pipeline: a person who may change the pipeline could change settings beside it in the
 * same pull request. Both files are absolute. The places of links count, and the places that they lead to.
 */
export async function refuseWithin(
  settings: string,
  { pipeline, cwd }: { readonly pipeline: string; readonly cwd: string },
): Promise<void> {
  for (const ofPipeline of await placesOf(pipeline)) {
    const isBelow = ofPipeline === cwd || ofPipeline.startsWith(cwd + path.sep);
    const repository = checkoutOf(ofPipeline) ?? repositoryOf(ofPipeline) ?? (isBelow ? cwd : ofPipeline);
    for (const ofSettings of await placesOf(settings)) {
      const isWithin = ofSettings === repository || ofSettings.startsWith(repository + path.sep);
      if (!isWithin || (checkoutOf(ofSettings) ?? repository) !== repository) continue;
      throw new UsageError(
        `Keep ${settings} where no pull request can change it, such as a checkout of the protected branch elsewhere: it lies in the repository of ${pipeline}`,
      );
    }
  }
}

/** The folders in which a file and what it leads to are, links resolved. */
async function placesOf(file: string): Promise<readonly string[]> {
  const places = [realpath(path.dirname(file)), realpath(file).then((real) => path.dirname(real))];
  const found = await Promise.allSettled(places);
  return [...new Set(found.flatMap((place) => (place.status === 'fulfilled' ? [place.value] : [])))];
}

/** The variables that the pipeline declares and may read, as far as the environment sets them. */
export function variablesOf({ env = {} }: Pick<Pipeline, 'env'>, { env: set }: Io): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(env).flatMap((name) => {
      const value = valueIn(set, name);
      return value === '' ? [] : [[name, value] as const];
    }),
  );
}

/**
 * The secret variables of a pipeline as they are set here, of which only those that `mayRead` are given away. From now on
 * this process masks them in everything that it writes.
 */
export function secretsOf(
  pipeline: Pick<Pipeline, 'env'>,
  { io, mayRead }: { readonly io: Io; readonly mayRead: (name: string) => boolean },
): Secrets | undefined {
  const names = secretVariablesOf(pipeline);
  if (names.length === 0) return undefined;
  const readable = names.filter((name) => mayRead(name) && valueIn(io.env, name) !== '');
  const values = new Map(readable.map((name) => [name, valueIn(io.env, name)]));
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

/** The secret variables of a run that is resumed: the person who resumes it allows anew the ones that it may read. */
export function secretsToResume(
  pipeline: Pick<Pipeline, 'env'>,
  { io, allowed }: { readonly io: Io; readonly allowed: ReadonlySet<string> },
): Secrets | undefined {
  for (const name of secretVariablesOf(pipeline)) {
    if (isCredentialName(name) && !allowed.has(name))
      throw new UsageError(`Give --allow-env ${name} again: the run reads it, and its name is one of a credential`);
    if (valueIn(io.env, name) === '')
      throw new UsageError(`Set ${name} again: the run reads it, and a secret is not kept with a run`);
  }
  return secretsOf(pipeline, { io, mayRead: () => true });
}

/** Names like `valueOf` are of no variable. */
function valueIn(env: Io['env'], name: string): string {
  return Object.hasOwn(env, name) ? (env[name] ?? '') : '';
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}
