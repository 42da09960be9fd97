import type { FastifyRequest } from 'fastify';
import type { Changes } from './changes.ts';
import type { ResultsOfRuns } from './history/results-of-runs.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';
import type { FileChange, PortalSources } from './sources.ts';

/** What the routes answer from. */
export interface PortalContext {
  readonly sources: PortalSources;
  readonly snapshots: Snapshots;
  /** What runs have left on this machine. */
  readonly results: ResultsOfRuns;
  readonly changes: Changes;
  /** Writes files of the working tree, one change at a time. */
  readonly workingTree: { write(changes: readonly FileChange[]): Promise<void> };
  readonly readOnly: boolean;
  /** The version of the program. */
  readonly program: string;
  /** Who sent the request. */
  personOf(request: FastifyRequest): string;
  /** What a browser that has the token keeps in place of it. */
  readonly sessionKey: string;
  /** The address, with its query, of an answer that an `<audio>` or a download can open without a header. */
  ticketed(address: string): string;
}

/** A request that cannot be answered, as its sender is told. */
export class PortalProblem extends Error {
  override readonly name = 'PortalProblem';
  readonly status: number;

  constructor(message: string, { status = 400, cause }: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.status = status;
  }
}

/** The Speech resource that an address names, with its objects. Throws a {@link PortalProblem} when there is none, or it has never answered. */
export async function resourceIn(
  { snapshots }: PortalContext,
  id: string,
): Promise<Snapshot & Required<Pick<Snapshot, 'objects'>>> {
  const found = await snapshots.of(id);
  if (found === undefined) throw new PortalProblem(`There is no Speech resource ${id} here`, { status: 404 });
  const { objects, trouble = 'it has not answered' } = found;
  if (objects === undefined)
    throw new PortalProblem(`${found.source.name} cannot be read: ${trouble}`, { status: 503 });
  return { ...found, objects };
}
