/** The kinds of objects that have a page. */
export type PageKind = 'dataset' | 'model' | 'evaluation' | 'endpoint';

const tabs: Readonly<Record<PageKind, string>> = {
  dataset: 'data',
  model: 'training',
  evaluation: 'testing',
  endpoint: 'deployment',
};

/** The address of the page of an object; `base` is the address of its Speech resource's pages; of a base model the id begins with `base/`. */
export function objectAddress(base: string, { kind, id }: { readonly kind: PageKind; readonly id: string }): string {
  return `${base}/${tabs[kind]}/${id.split('/').map(encodeURIComponent).join('/')}`;
}
