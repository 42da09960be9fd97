import { sharedAccessOf } from '../../document/signed-url.ts';
import { digestProperty, type Existing, findExisting } from '../identity.ts';
import type { Dataset } from '../speech-entities.ts';

/** What a server tells of the content behind a URL, as far as it tells anything. */
export interface UrlContent {
  /** Content-MD5 in Base64. */
  readonly md5?: string;
  readonly etag?: string;
  readonly bytes?: number;
  /** Why nothing is known, to follow "it". */
  readonly reason?: string;
}

/** By what the content of a dataset was found to be what its URL holds now; `nothing` when it could not be compared. */
export type Comparison = 'MD5' | 'ETag' | 'length' | 'nothing';

/** The entry of a dataset's customProperties that says what the server told of its content when it was made. */
const contentProperty = 'speechops-content';

/** The custom properties by which a later run compares the content. */
export function contentProperties(content: UrlContent): Readonly<Record<string, string>> {
  const mark = writeContentMark(content);
  return mark === undefined ? {} : { [contentProperty]: mark };
}

/**
 * The dataset that was made from the URL of this digest and still holds what the URL holds, and by what that was compared. A
 * dataset whose content cannot be compared counts as the same; of several such the newest is what the URL was last seen to hold.
 */
export function findFromUrl(
  datasets: readonly Dataset[],
  { digest, content }: { readonly digest: string; readonly content: UrlContent },
): (Existing<Dataset> & { readonly comparison: Comparison }) | undefined {
  const compared = datasets
    .filter(({ customProperties }) => customProperties?.[digestProperty] === digest)
    .map((dataset) => ({
      dataset,
      comparison: compareContent(readContentMark(dataset.customProperties?.[contentProperty]), content),
    }));
  for (const comparison of ['MD5', 'ETag', 'length'] as const) {
    const same = compared.filter((one) => one.comparison === comparison).map(({ dataset }) => dataset);
    const existing = findExisting(same, digest);
    if (existing !== undefined) return { ...existing, comparison };
  }
  const unknown = compared.filter(({ comparison }) => comparison === 'nothing').map(({ dataset }) => dataset);
  const newest = unknown.toSorted((one, other) => other.createdDateTime.localeCompare(one.createdDateTime));
  const usable = newest.find(({ status }) => status !== 'Failed');
  const mark = usable?.customProperties?.[contentProperty];
  const like = unknown.filter(({ customProperties }) => customProperties?.[contentProperty] === mark);
  const existing = findExisting(like, digest);
  return existing && { ...existing, comparison: 'nothing' };
}

/** Whether datasets were made from the URL of this digest, whatever they hold. */
export function wasFromUrl(datasets: readonly Dataset[], digest: string): boolean {
  return datasets.some(
    (dataset) => dataset.customProperties?.[digestProperty] === digest && dataset.status !== 'Failed',
  );
}

/** How the comparison is told, to follow the name of the dataset. */
export function comparedText(comparison: Comparison, { reason }: UrlContent): string {
  if (comparison === 'MD5' || comparison === 'ETag') return `has this content already, by its ${comparison}`;
  if (comparison === 'length') return 'has content of this length already, nothing else was compared';
  return `is from this URL; its content was not compared${reason === undefined ? '' : `: the URL ${reason}`}`;
}

/**
 * Why the service will not be able to fetch what a URL holds, at this time (ISO): its shared access signature has ended, or
 * opens a container where one blob is wanted. Undefined when nothing is known against it.
 */
export function whyNotFetched(url: string, at: string): string | undefined {
  const access = sharedAccessOf(url);
  if (access === undefined) return undefined;
  if (access.container === 'named') return 'its signature (sr=c) is for a container, and a dataset is one blob in it';
  const { until } = access;
  return until !== undefined && until <= new Date(at).toISOString()
    ? `its signature ended on ${until.slice(0, 16).replace('T', ' ')} UTC`
    : undefined;
}

/** What is to be said of a signature that works: undefined for one that opens no more than is needed. */
export function signatureAdvice(url: string): string | undefined {
  return sharedAccessOf(url)?.container === 'opened'
    ? 'its signature (sr=c) opens the whole container, one for the blob (sr=b) is enough'
    : undefined;
}

/** By what two answers of a server are known to be of the same content. */
export function compareContent(then: UrlContent, now: UrlContent): Comparison | 'changed' {
  if (then.md5 !== undefined && now.md5 !== undefined) return then.md5 === now.md5 ? 'MD5' : 'changed';
  if (then.etag !== undefined && now.etag !== undefined)
    return tagOf(then.etag) === tagOf(now.etag) ? 'ETag' : 'changed';
  if (then.bytes !== undefined && now.bytes !== undefined) return then.bytes === now.bytes ? 'length' : 'changed';
  return 'nothing';
}

/** Without the mark of a weak ETag: a server or proxy that compresses sets it, and the content is the same (RFC 9110, 8.8.3.2). */
function tagOf(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** What a server told, as text to be kept beside the content; undefined when it told nothing. */
export function writeContentMark({ md5, etag, bytes }: UrlContent): string | undefined {
  const mark = JSON.stringify({ md5, etag, bytes });
  // A custom property takes 256 characters; a server that tells more is not compared.
  return mark === '{}' || mark.length > 256 ? undefined : mark;
}

/** The same again; empty for a text that is none. */
export function readContentMark(text = '{}'): UrlContent {
  try {
    const mark: unknown = JSON.parse(text);
    if (typeof mark !== 'object' || mark === null) return {};
    const { md5, etag, bytes } = mark as Readonly<Record<string, unknown>>;
    return {
      ...(typeof md5 === 'string' ? { md5 } : {}),
      ...(typeof etag === 'string' ? { etag } : {}),
      ...(typeof bytes === 'number' ? { bytes } : {}),
    };
  } catch {
    return {};
  }
}
