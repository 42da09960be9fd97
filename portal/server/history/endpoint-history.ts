import type { ReleaseDocument, ReleaseSource } from '../../../schemas/types.gen.ts';
import type { EndpointCard, GivenBy, Release } from '../../api/deployment.ts';
import type { CommittedRelease } from './release-history.ts';
import type { ResultsOfRun, SwapOfRun } from './results-of-runs.ts';

/** An entry of an endpoint's history, with the id of the model where that is known. */
export interface Served {
  readonly release: Release;
  readonly model?: string;
  readonly pipeline?: string;
}

/**
 * What an endpoint has served, the newest first: what its release file has said in the commits of the repository, and the swaps whose
 * results are on this machine. A run that both tell of is one entry.
 */
export function historyOfEndpoint(
  id: string,
  from: { readonly releases: readonly CommittedRelease[]; readonly results: readonly ResultsOfRun[] },
): readonly Served[] {
  const swaps = new Map(
    from.results.flatMap((run) => {
      const swapped = run.swaps.findLast(({ endpoint }) => endpoint === id);
      return swapped === undefined ? [] : [[run.runId, { run, swapped }] as const];
    }),
  );
  const released = from.releases.map((one): Served => {
    const { document } = one;
    return servedBy(one, swaps.get(document.run.id)?.swapped.swap.proof);
  });
  const inFile = new Set(from.releases.map(({ document }) => document.run.id));
  const others = [...swaps.values()]
    .filter(({ run }) => !inFile.has(run.runId))
    .map(({ run, swapped }) => servedAfter(swapped, run));
  return [...released, ...others].toSorted((one, other) => other.release.at.localeCompare(one.release.at));
}

function servedBy({ document, commit }: CommittedRelease, proof: Release['proof']): Served {
  const { model, run, writtenAt, measured } = document;
  const [last] = measured;
  const { heard } = document.proof;
  const known = proof ?? (heard === true ? 'proved' : heard === false ? 'unheard' : undefined);
  return {
    model: model.id.toLowerCase(),
    pipeline: run.pipeline,
    release: {
      at: writtenAt,
      model: model.name,
      ...(model.copyOf && { copyOf: sourceOf(model.copyOf) }),
      ...(known !== undefined && { proof: known }),
      run: run.id,
      ...(run.commit !== undefined && { commit: run.commit }),
      recorded: commit === undefined ? {} : { commit: commit.id, author: commit.author, subject: commit.subject },
      ...(last && { measured: { dataset: last.dataset.name ?? last.dataset.id, rate: last.wer } }),
    },
  };
}

function sourceOf({ id, name = id, resource }: ReleaseSource): NonNullable<Release['copyOf']> {
  return { model: name, ...(resource !== undefined && { resource }) };
}

function servedAfter({ swap, model }: SwapOfRun, { runId, pipeline, finishedAt, commit }: ResultsOfRun): Served {
  return {
    pipeline,
    ...(model !== undefined && { model }),
    release: {
      at: swap.takenBackAt ?? swap.changedAt ?? finishedAt,
      model: swap.model,
      proof: swap.proof,
      run: runId,
      ...(commit !== undefined && { commit }),
    },
  };
}

/** The run that gave an endpoint the model that it serves; undefined where its history ends otherwise. */
export function givenBy(served: string | undefined, [newest]: readonly Served[]): GivenBy | undefined {
  const { run, commit, at } = newest?.release ?? {};
  if (newest === undefined || run === undefined || at === undefined || newest.model !== served) return undefined;
  return {
    run,
    at,
    ...(newest.pipeline !== undefined && { pipeline: newest.pipeline }),
    ...(commit !== undefined && { commit }),
  };
}

/** How soon the served model answered in the last swap of the endpoint: by its recognitions, else by the release file. */
export function latencyOf(
  swap: SwapOfRun['swap'] | undefined,
  proof: ReleaseDocument['proof'] | undefined,
): EndpointCard['latency'] {
  const answered = (swap?.probes ?? []).filter(({ answeredBy, failed }) => answeredBy === 'model' && failed !== true);
  const sorted = answered.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other);
  const [median, high] = [0.5, 0.95].map((share) => sorted[Math.ceil(share * sorted.length) - 1]);
  if (median !== undefined && high !== undefined)
    return { p50Milliseconds: median, p95Milliseconds: high, recognitions: sorted.length };
  const { afterFinalP50Seconds: p50, afterFinalP95Seconds: p95 } = proof ?? {};
  if (typeof p50 !== 'number' || typeof p95 !== 'number') return undefined;
  return { p50Milliseconds: Math.round(p50 * 1000), p95Milliseconds: Math.round(p95 * 1000) };
}
