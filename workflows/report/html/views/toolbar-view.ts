import { count, counted } from './figures.ts';
import { markup, type View } from './markup.ts';
import { type ErrorKind, errorKinds } from './listed-utterance.ts';
import type { Order, Outcome, Selection } from './selection.ts';
import { shownText } from './shown-text.ts';

/** What chooses and sorts utterances. `choose` is called with the whole new selection. */
export function toolbarView({
  selection,
  groups,
  beside,
  hasAgainst,
  found,
  all,
  choose,
}: {
  readonly selection: Selection;
  /** The groups there are; none for a set without. */
  readonly groups: readonly string[];
  /** What else chooses. */
  readonly beside?: View;
  readonly hasAgainst: boolean;
  readonly found: number;
  readonly all: number;
  readonly choose: (selection: Selection) => void;
}): View {
  const { text = '', kinds = [], than = '', group = '', order = 'worst' } = selection;
  const changed = (part: Partial<Record<keyof Selection, unknown>>): void =>
    choose({ ...selection, id: undefined, ...part } as Selection);
  const value = (event: Event): string => (event.target as unknown as { readonly value: string }).value;
  const orUndefined = (chosen: string): string | undefined => (chosen === '' ? undefined : chosen);
  return markup`<form class="toolbar" onSubmit=${(event: Event) => event.preventDefault()}>
    <label>
      Search
      <input type="search" value=${text} onInput=${(event: Event) => changed({ text: orUndefined(value(event)) })} />
    </label>
    <fieldset>
      <legend>Errors</legend>
      ${Object.entries(errorKinds).map(
        ([kind, name]) =>
          markup`<label>
            <input
              type="checkbox"
              checked=${kinds.includes(kind as ErrorKind)}
              onChange=${() => changed({ kinds: toggled(kinds, kind as ErrorKind) })}
            />
            ${name}
          </label>`,
      )}
    </fieldset>
    ${
      hasAgainst
        ? choiceView({
            label: 'Compared with B',
            chosen: than,
            options: outcomes,
            choose: (chosen) => changed({ than: orUndefined(chosen) }),
          })
        : null
    }
    ${
      groups.length > 1
        ? choiceView({
            label: 'Group',
            chosen: group,
            options: [['', 'all'], ...groups.map((name) => [name, shownText(name)] as const)],
            choose: (chosen) => changed({ group: orUndefined(chosen) }),
          })
        : null
    }
    ${beside}
    ${choiceView({
      label: 'Order',
      chosen: order,
      options: orders.filter(([name]) => hasAgainst || !['lost', 'gained'].includes(name)),
      choose: (chosen) => changed({ order: chosen }),
    })}
    <button type="button" onClick=${() => choose({})}>Show all</button>
    <output>${found === all ? '' : `${count(found)} of `}${counted(all, 'utterance')}</output>
  </form>`;
}

const outcomes: readonly (readonly [Outcome | '', string])[] = [
  ['', 'any'],
  ['better', 'fewer errors'],
  ['same', 'as many'],
  ['worse', 'more errors'],
];

const orders: readonly (readonly [Order, string])[] = [
  ['worst', 'most errors'],
  ['lost', 'most lost to B'],
  ['gained', 'most gained on B'],
  ['said', 'as in the references'],
  ['id', 'by id'],
];

function toggled(kinds: readonly ErrorKind[], kind: ErrorKind): readonly ErrorKind[] {
  return kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind];
}

/** One of several values. */
export function choiceView({
  label,
  chosen,
  options,
  choose,
}: {
  readonly label: string;
  readonly chosen: string;
  readonly options: readonly (readonly [string, string])[];
  readonly choose: (chosen: string) => void;
}): View {
  return markup`<label>
    ${label}
    <select
      value=${chosen}
      onChange=${(event: Event) => choose((event.target as unknown as { readonly value: string }).value)}
    >
      ${options.map(([name, said]) => markup`<option value=${name} selected=${name === chosen}>${said}</option>`)}
    </select>
  </label>`;
}
