import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PricesDocument } from '../../../schemas/types.gen.ts';
import { isInside } from '../../data/data-roots.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import type { Policies } from '../../review/policies.ts';
import { dataRootsOf, repositoryOf } from '../repository.ts';
import { type Io, UsageError } from '../session.ts';

/** The files that a plan is reviewed with, as they were named; those that were not are looked for. */
export interface ReviewOptions {
  readonly prices?: string;
  readonly policies?: string;
}

/** Where a file is named, or is looked for: in a folder, and above it up to the root of its repository. */
interface Place {
  readonly io: Io;
  /** Absolute, the folder of the pipeline. */
  readonly folder: string;
  readonly named: string | undefined;
}

/** What the service bills, where a file says so; undefined where there is none. Throws a {@link UsageError} with the faults of the file. */
export async function pricesFor(place: Place): Promise<PricesDocument | undefined> {
  const file = fileFor('prices.yaml', place);
  if (file === undefined) return undefined;
  // Loaded where there is such a file: most repositories have none.
  const [{ readPrices }, { readText }] = await Promise.all([
    import('../../review/prices.ts'),
    import('../transcripts.ts'),
  ]);
  const { prices, findings } = readPrices(await readText(file, place.io.cwd), { path: file });
  return prices ?? refuse(findings);
}

/** The rules for plans, where a file has some; undefined where there is none. Throws a {@link UsageError} with the faults of the file. */
export async function policiesFor(place: Place): Promise<Policies | undefined> {
  const file = fileFor('policies.yaml', place);
  if (file === undefined) return undefined;
  const [{ readPolicies }, { readText }] = await Promise.all([
    import('../../review/policies.ts'),
    import('../transcripts.ts'),
  ]);
  const { policies, findings } = readPolicies(await readText(file, place.io.cwd), { path: file });
  return policies ?? refuse(findings);
}

/** The path of a file from the current folder; undefined where none was named and there is none. */
function fileFor(name: string, { io, folder, named }: Place): string | undefined {
  if (named !== undefined) return named;
  const found = nearest(name, folder);
  if (found === undefined) return undefined;
  const shown = path.relative(io.cwd, found) || name;
  // To read from a pipe or a device would wait for somebody who writes.
  if (!statSync(found).isFile())
    throw new UsageError(`Put a file in place of ${shown}: it is a folder, a pipe or a device`);
  // What a pull request changes may not make a job print other files.
  if (isInside(realpathSync(found), dataRootsOf(folder, io.cwd))) return shown;
  throw new UsageError(`Put a file in place of ${shown}: it is a link that leads out of the repository`);
}

function nearest(name: string, folder: string): string | undefined {
  const root = repositoryOf(folder) ?? folder;
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, name);
    if (existsSync(file)) return file;
    if (at === root || at === path.dirname(at)) return undefined;
  }
}

function refuse(findings: Findings): never {
  throw new UsageError(
    findings.diagnostics().map(({ path: file, line, column, message, hint }) => {
      return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
    }),
  );
}
