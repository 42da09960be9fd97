import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import type { EnvironmentObjects } from '../../review/declared.ts';
import { type Io, UsageError } from '../session.ts';
import { wantsColor } from '../wants-color.ts';

/** Whether a text is an `environment.yaml`: it has that name or that section, and no steps. */
export function isEnvironment(file: string, text: string): boolean {
  if (/^["']?steps["']?[ \t]*:/m.test(text)) return false;
  return /^environments?\.ya?ml$/i.test(path.basename(file)) || /^["']?environments["']?[ \t]*:/m.test(text);
}

/** An environment with the file that has it. */
export interface FoundEnvironment extends EnvironmentObjects {
  readonly file: string;
}

/** The files that are pipelines, and the environments of the others; undefined when one of those has faults, which are printed. */
export async function separateEnvironments(
  files: readonly string[],
  { io }: { readonly io: Io },
): Promise<{ readonly pipelines: readonly string[]; readonly environments: readonly FoundEnvironment[] } | undefined> {
  const pipelines: string[] = [];
  const environments: FoundEnvironment[] = [];
  let faults = 0;
  for (const file of files) {
    // What cannot be read is told as of a pipeline.
    const text = await readFile(path.resolve(io.cwd, file), 'utf8').catch(() => undefined);
    if (text === undefined || io.environmentObjects === undefined || !isEnvironment(file, text)) {
      pipelines.push(file);
      continue;
    }
    const read = await io.environmentObjects();
    const { diagnostics, counts, environments: found } = read(text, { path: file });
    if (diagnostics.length > 0)
      io.stderr.write(
        formatDiagnostics(diagnostics, { sources: { [file]: text }, color: wantsColor(io.stderr, io), omitted: 0 }),
      );
    faults += counts.errors;
    environments.push(...found.map((environment) => ({ ...environment, file })));
  }
  return faults > 0 ? undefined : { pipelines, environments };
}

/**
 * The environment of each Speech resource: the one that `named` names where there is one resource, else the one whose account has the
 * subdomain of the resource, or the only one there is of one resource. Throws a {@link UsageError} where that is not clear.
 */
export function environmentsOf(
  resources: readonly string[],
  { environments, named }: { readonly environments: readonly FoundEnvironment[]; readonly named: string | undefined },
): ReadonlyMap<string, FoundEnvironment> {
  const names = environments.map(({ name }) => name).join(', ');
  const chosen = environments.filter(({ name }) => name === named);
  if (named !== undefined && chosen.length !== 1)
    throw new UsageError(
      `Name one environment with --environment: there ${names === '' ? 'is none in the files' : `is ${names}`}`,
    );
  const found = new Map<string, FoundEnvironment>();
  for (const resource of resources) {
    const candidates = named === undefined ? environments : chosen;
    const label = URL.parse(resource)?.hostname.split('.')[0];
    const bySubdomain = candidates.filter(({ subdomain }) => subdomain.toLowerCase() === label);
    const [one, ...more] = bySubdomain.length > 0 || resources.length > 1 ? bySubdomain : candidates;
    if (more.length > 0) throw new UsageError(`Say with --environment which one is of ${resource}: there is ${names}`);
    if (one !== undefined) found.set(resource, one);
  }
  return found;
}
