import type { DatasetDetails } from '../../../api/data.ts';

/** What each part of the page of a dataset is given. */
export interface PartProps {
  /** The address of the dataset in the API. */
  readonly path: string;
  readonly details: DatasetDetails;
}
