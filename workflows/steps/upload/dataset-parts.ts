import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { LocalDataFacts } from '../../plan/facts.ts';
import { nameOfPart } from '../../plan/part-sets.ts';
import { datasetDigest } from './uploaded-dataset.ts';

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

/** The datasets that an upload of local data makes: one, or as many as it takes to hold them. */
export function datasetParts(wanted: UploadWith, local: LocalDataFacts): readonly DatasetPart[] {
  const { parts = [local] } = local;
  return parts.map((described, part) => ({
    part,
    name: nameOfPart(wanted.name, { part, of: parts.length }),
    described,
    digest: datasetDigest(wanted, described.digest),
  }));
}
