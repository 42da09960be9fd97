import { serviceError } from './service-error.ts';

/** How many objects a page holds unless `top` says otherwise; the service states no number, 100 is what it is known for. */
const defaultTop = 100;

export interface Page<T> {
  readonly values: readonly T[];
  /** `skip` and `top` of the next page; absent on the last one. */
  readonly next?: { readonly skip: number; readonly top: number };
}

/** The page of `all` that the query asks for with `skip` and `top`; throws `UnsupportedPagination` for bad numbers. */
export function pageOf<T>(all: readonly T[], query: { readonly skip?: string; readonly top?: string }): Page<T> {
  const skip = wholeNumber('skip', { text: query.skip, otherwise: 0, least: 0 });
  const top = wholeNumber('top', { text: query.top, otherwise: defaultTop, least: 1 });
  const values = all.slice(skip, skip + top);
  return skip + top < all.length ? { values, next: { skip: skip + top, top } } : { values };
}

function wholeNumber(
  name: string,
  { text, otherwise, least }: { readonly text: string | undefined; readonly otherwise: number; readonly least: number },
): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value >= least) return value;
  throw serviceError('InvalidRequest', {
    message: `The value of ${name} is not valid. It must be a whole number of at least ${least}.`,
    inner: 'UnsupportedPagination',
    target: name,
  });
}
