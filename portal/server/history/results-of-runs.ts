import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ResultsSwap } from '../../../schemas/types.gen.ts';
import { readResults } from '../../../workflows/evidence/read-results.ts';

/** What the results of a run say of objects. */
export interface ResultsOfRun {
  readonly runId: string;
  /** Name of the pipeline. */
  readonly pipeline: string;
  readonly finishedAt: string;
  readonly commit?: string;
  /** The ids of what it has made. */
  readonly made: ReadonlySet<string>;
  readonly swaps: readonly SwapOfRun[];
}

/** A change of the model behind an endpoint, with the ids of both. */
export interface SwapOfRun {
  readonly endpoint: string;
  /** What the endpoint served when the run had ended; absent where that was not told. */
  readonly model?: string;
  readonly swap: ResultsSwap;
}

/** The results that runs have left on this machine, of each what is said of objects; a file is read again when it has changed. */
export class ResultsOfRuns {
  readonly #folder: string;
  #known: ReadonlyMap<string, { readonly version: string; readonly results: ResultsOfRun | undefined }> = new Map();
  #reading: Promise<readonly ResultsOfRun[]> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The newest first, of so many as people look back at. */
  async read(): Promise<readonly ResultsOfRun[]> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #readAll(): Promise<readonly ResultsOfRun[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(
      names.map(async (name) => {
        const file = path.join(this.#folder, name, 'results.json');
        const { mtimeMs = 0, size = 0 } = (await stat(file).catch(() => undefined)) ?? {};
        return { file, mtimeMs, size };
      }),
    );
    const newest = found
      .filter(({ size }) => size > 0)
      .toSorted((one, other) => other.mtimeMs - one.mtimeMs)
      .slice(0, mostRuns);
    const known = new Map<string, { readonly version: string; readonly results: ResultsOfRun | undefined }>();
    for (const { file, mtimeMs, size } of newest) {
      const version = `${mtimeMs} ${size}`;
      const before = this.#known.get(file);
      known.set(file, before?.version === version ? before : { version, results: await resultsIn(file) });
    }
    this.#known = known;
    return [...known.values()]
      .flatMap(({ results }) => results ?? [])
      .toSorted((one, other) => other.finishedAt.localeCompare(one.finishedAt));
  }
}

/** Results have the texts of a whole test set, and are read as a whole. */
const mostRuns = 200;

async function resultsIn(file: string): Promise<ResultsOfRun | undefined> {
  const read = readResults(await readFile(file, 'utf8').catch(() => ''));
  if ('fault' in read || read.results.runId === undefined) return undefined;
  const { runId, title, made, lineage, swaps } = read.results;
  const { finishedAt, commit } = made;
  return {
    runId,
    pipeline: title,
    finishedAt,
    ...(commit !== undefined && { commit }),
    made: new Set(lineage.flatMap(({ id, from }) => (from.includes('run') ? [id] : []))),
    swaps: swaps.flatMap((swap) => {
      const endpoint = lineage.find(({ kind, name }) => kind === 'endpoint' && name === swap.endpoint);
      const [model] = endpoint?.from.filter((id) => id !== 'run') ?? [];
      return endpoint === undefined ? [] : [{ endpoint: endpoint.id, swap, ...(model !== undefined && { model }) }];
    }),
  };
}
