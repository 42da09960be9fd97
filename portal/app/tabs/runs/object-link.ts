import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Overview } from '../../../api/overview.ts';
import type { RunDetail } from '../../../api/runs.ts';

/** Where the page shows the objects of the Speech resource that a run works on; undefined of a resource that it does not show. */
export type ObjectPlace = string | undefined;

/** Where the objects of a run are shown. */
export function placeOfRun(
  { resource = '' }: Pick<RunDetail, 'resource'>,
  { overview, base }: { readonly overview: Overview; readonly base: string },
): ObjectPlace {
  const shown = base.split('/')[1];
  const own = overview.resources
    .toSorted((one, other) => Number(other.id === shown) - Number(one.id === shown))
    .find(({ endpoint }) =>
      endpoint === 'embedded-emulator'
        ? resource === 'the embedded emulator'
        : URL.parse(endpoint)?.origin === (URL.parse(resource)?.origin ?? ''),
    );
  return own === undefined ? undefined : `/${own.id}`;
}

/** The address of the page of an object that a value names by its URL; undefined of other values. */
export function addressOfObject(value: string, place: ObjectPlace): string | undefined {
  const [, kind = '', id = ''] =
    /^https?:\/\/[^/]+\/speechtotext\/(?:v[\d.]+\/)?(datasets|models|evaluations|endpoints)\/([\w-]+)(?:\?[^/]*)?$/.exec(
      value,
    ) ?? [];
  const tab = tabs[kind];
  return tab === undefined || place === undefined ? undefined : `${place}/${tab}/${encodeURIComponent(id)}`;
}

/** A value: of an object that the page shows, a link to it. */
export function valueView(value: string, place: ObjectPlace): View {
  const address = addressOfObject(value, place);
  if (address === undefined) return markup`<code>${shownText(value)}</code>`;
  const [tab = '', id = ''] = address.split('/').slice(2);
  return markup`<a href=${address} title=${shownText(value)}>${names[tab] ?? ''} ${shownText(id)}</a>`;
}

const tabs: Readonly<Record<string, string>> = {
  datasets: 'data',
  models: 'training',
  evaluations: 'testing',
  endpoints: 'deployment',
};
const names: Readonly<Record<string, string>> = {
  data: 'dataset',
  training: 'model',
  testing: 'evaluation',
  deployment: 'endpoint',
};
