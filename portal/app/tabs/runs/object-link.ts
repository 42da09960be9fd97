import { useMemo } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Overview } from '../../../api/overview.ts';
import type { RunDetail, RunObject, RunObjects } from '../../../api/runs.ts';
import { textsOf } from '../../../api/texts-of.ts';
import { objectAddress, type PageKind } from '../../parts/object-address.ts';
import { useAnswer } from '../../use-answer.ts';

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
  const [, list = '', id = ''] =
    /^https?:\/\/[^/]+\/speechtotext\/(?:v[\d.]+\/)?(datasets|models|evaluations|endpoints)\/((?:base\/)?[\w-]+)(?:\?[^/]*)?$/.exec(
      value,
    ) ?? [];
  return list === '' || place === undefined
    ? undefined
    : objectAddress(place, { kind: list.slice(0, -1) as PageKind, id });
}

/** What the values of a run name, by their texts, as far as the Speech resource has it. */
export type KnownByText = ReadonlyMap<string, RunObject>;

/** What the settings and outputs of a run name; empty as long as it is not known. */
export function useRunObjects({ runId, place }: { readonly runId: string; readonly place: ObjectPlace }): KnownByText {
  const address = `resources${place ?? ''}/runs/${encodeURIComponent(runId)}/objects`;
  const { value } = useAnswer<RunObjects>(place === undefined ? undefined : address, ['objects', 'runs']);
  return useMemo(() => new Map(value?.objects.map((one) => [one.text, one])), [value]);
}

/** A value: of an object that the page shows, its name with a link to it, and the text on hover. */
export function valueView(
  value: string,
  { place, known }: { readonly place: ObjectPlace; readonly known: KnownByText },
): View {
  return textsOf(value).map((text, index) => [index === 0 ? '' : ', ', textView(text, { place, known })]);
}

function textView(text: string, { place, known }: { readonly place: ObjectPlace; readonly known: KnownByText }): View {
  const object = known.get(text);
  if (object !== undefined && place !== undefined)
    return markup`<a href=${objectAddress(place, object)} title=${shownText(text)}><bdi>${shownText(object.name)}</bdi></a>`;
  const address = addressOfObject(text, place);
  if (address === undefined) return markup`<code>${shownText(text)}</code>`;
  const [, , , ...id] = address.split('/');
  return markup`<a href=${address} title=${shownText(text)}>${shownText(id.join('/'))}</a>`;
}
