import type { LockedData, LockedResource, UploadWith } from '../../../schemas/types.gen.ts';
import { renamePlaces, urlOf } from '../../plan/data/data-places.ts';
import type { Facts } from '../../plan/facts.ts';
import { entityId } from '../../plan/identity.ts';
import { localDataKey } from '../../plan/data/local-data.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { datasetParts, digestOfAll } from './dataset-parts.ts';
import { findUploaded, lineCounts } from './uploaded-dataset.ts';

/** An upload of a pipeline, with the Speech resource that it works on. */
export interface LockedStep {
  readonly pipeline: string;
  readonly step: string;
  readonly resource: string;
  /** Undefined where they wait for other steps. */
  readonly wanted: UploadWith | undefined;
  readonly facts: Facts;
}

/** What a lock file says of an upload now; undefined where its data are a URL, or are not known before a run. */
export function lockedData({ pipeline, step, resource, wanted, facts }: LockedStep): LockedData | undefined {
  if (wanted === undefined || urlOf(wanted.from) !== undefined) return undefined;
  const { from, kind, locale } = wanted;
  const local = facts.localData[localDataKey({ from, kind })];
  if (local === undefined) return undefined;
  const parts = datasetParts(wanted, local, facts);
  const found = parts.flatMap(({ digest }) => findUploaded(facts.datasets, { digest, content: undefined }) ?? []);
  const isThere = found.length === parts.length && found.every(({ action }) => action === 'reuse');
  return {
    pipeline,
    step,
    from: renamePlaces(from, (place) => place),
    kind,
    locale,
    digest: digestOfAll(wanted, local, parts),
    resources: isThere ? [{ resource, datasets: found.map(({ entity }) => lockedDataset(entity)) }] : [],
  };
}

function lockedDataset(dataset: Dataset): LockedResource['datasets'][number] {
  const { accepted: lines, rejected } = lineCounts(dataset);
  const milliseconds = dataset.properties?.durationMilliseconds ?? 0;
  return {
    id: entityId(dataset.self),
    lines,
    ...(rejected === 0 ? {} : { rejected }),
    ...(milliseconds === 0 ? {} : { hours: Number((milliseconds / 3_600_000).toFixed(4)) }),
  };
}

/**
 * What a lock file is to say of an upload, where it said something before: what other resources have of the same data stays. Of data
 * that have changed nobody else has them.
 */
export function withOtherResources(now: LockedData, before: LockedData | undefined, resource: string): LockedData {
  const others = before?.digest === now.digest ? before.resources.filter((one) => one.resource !== resource) : [];
  const resources = [...others, ...now.resources].toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
  return { ...now, resources };
}

/** What a lock file says otherwise than it is, each as a sentence; nothing where it is as it is. */
export function lockDifferences(before: LockedData | undefined, now: LockedData): readonly string[] {
  const { step } = now;
  if (before === undefined) return [`${step} is new`];
  if (before.digest !== now.digest)
    return [`the data of ${step} have changed: ${before.digest.slice(0, 12)} -> ${now.digest.slice(0, 12)}`];
  const idsIn = ({ resources }: LockedData, resource: string): string | undefined =>
    resources
      .find((one) => one.resource === resource)
      ?.datasets.map(({ id }) => id)
      .join(', ');
  const all = new Set([...before.resources, ...now.resources].map(({ resource }) => resource));
  const differences = [...all].flatMap((resource) => {
    const [was, is] = [idsIn(before, resource), idsIn(now, resource)];
    return was === is ? [] : [`${resource} has ${is ?? 'no dataset'} of ${step} now, it was ${was ?? 'none'}`];
  });
  const isSame = JSON.stringify(before) === JSON.stringify(now);
  return differences.length > 0 || isSame ? differences : [`what is told of ${step} has changed`];
}
