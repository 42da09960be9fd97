import type { UploadWith } from '../../../schemas/types.gen.ts';
import { digestOf, type Existing, findExisting } from '../../plan/identity.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { type Comparison, findFromUrl, type UrlContent } from '../../plan/data/url-content.ts';

/** The digest that a dataset of these settings bears. `content` is the digest of the local data, or the URL without its signature. */
export function datasetDigest(
  wanted: Pick<UploadWith, 'kind' | 'locale' | 'text-normalization'>,
  content: string,
): string {
  return digestOf('dataset', {
    kind: wanted.kind,
    locale: wanted.locale,
    textNormalization: wanted['text-normalization'],
    content,
  });
}

/** The dataset that holds what is wanted; of a URL with what its content was compared by. */
export function findUploaded(
  datasets: readonly Dataset[],
  { digest, content }: { readonly digest: string; readonly content: UrlContent | undefined },
): (Existing<Dataset> & { readonly comparison?: Comparison }) | undefined {
  return content === undefined ? findExisting(datasets, digest) : findFromUrl(datasets, { digest, content });
}

/** How many lines of a dataset the service has taken, and how many not. */
export function lineCounts(dataset: Dataset): { readonly accepted: number; readonly rejected: number } {
  return { accepted: dataset.properties?.acceptedLineCount ?? 0, rejected: dataset.properties?.rejectedLineCount ?? 0 };
}

/** The same of all parts together. */
export function sumOfCounts(datasets: readonly Dataset[]): ReturnType<typeof lineCounts> {
  const counts = datasets.map(lineCounts);
  return {
    accepted: counts.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: counts.reduce((sum, { rejected }) => sum + rejected, 0),
  };
}
