import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { LocalDataFacts } from '../../plan/facts.ts';
import { nameOfPart } from '../../plan/part-sets.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { datasetDigest, findUploaded } from './uploaded-dataset.ts';

/** A dataset that an upload makes: of all of its data, or of a part of them. */
export interface DatasetPart {
  /** From 0. */
  readonly part: number;
  /** The display name. */
  readonly name: string;
  readonly described: LocalDataFacts;
  /** Of the dataset. */
  readonly digest: string;
}

/**
 * The datasets that an upload of local data makes or finds: one, or as many as it takes to hold them. A folder that was uploaded whole
 * before, and would be divided now, stays the one dataset.
 */
export function datasetParts(
  wanted: UploadWith,
  local: LocalDataFacts,
  { datasets }: { readonly datasets: readonly Dataset[] },
): readonly DatasetPart[] {
  const { parts = [local], undivided } = local;
  const whole = undivided === undefined ? undefined : datasetDigest(wanted, undivided);
  if (whole !== undefined && findUploaded(datasets, { digest: whole, content: undefined })?.action === 'reuse')
    return [{ part: 0, name: wanted.name, described: local, digest: whole }];
  return parts.map((described, part) => ({
    part,
    name: nameOfPart(wanted.name, { part, of: parts.length }),
    described,
    digest: datasetDigest(wanted, described.digest),
  }));
}

/** The digest of all of an upload, of which these are the datasets. */
export function digestOfAll(wanted: UploadWith, local: LocalDataFacts, parts: readonly DatasetPart[]): string {
  const [first, ...others] = parts;
  return first !== undefined && others.length === 0 ? first.digest : datasetDigest(wanted, local.digest);
}
