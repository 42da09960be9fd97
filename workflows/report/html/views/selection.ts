import type { ErrorKind, ListedUtterance } from './listed-utterance.ts';

/** Which utterances of a set are listed, and in which order. What is absent chooses nothing. */
export interface Selection {
  /** One utterance by its id. */
  readonly id?: string | undefined;
  /** A text that the id, what was said or what was recognised has in it, whatever its case. */
  readonly text?: string | undefined;
  /** Kinds of errors of the model, of which an utterance has one at least. */
  readonly kinds?: readonly ErrorKind[] | undefined;
  /** How the model did, compared with the other one. */
  readonly than?: Outcome | undefined;
  readonly group?: string | undefined;
  /** Those alone that were not recognised alike each time. */
  readonly unstable?: true | undefined;
  /** How many errors the model made, and the other one: from and to. */
  readonly errors?: readonly [number, number] | undefined;
  readonly againstErrors?: readonly [number, number] | undefined;
  /** @default 'worst' */
  readonly order?: Order | undefined;
}

export type Outcome = 'better' | 'same' | 'worse';

export type Order = 'worst' | 'gained' | 'lost' | 'said' | 'id';

/** The utterances of a selection, in its order; equals stay as they are in the document. */
export function select(utterances: readonly ListedUtterance[], selection: Selection): readonly ListedUtterance[] {
  return utterances.filter(chosenBy(selection)).toSorted(comparisons[selection.order ?? 'worst']);
}

function chosenBy({
  id,
  text,
  kinds = [],
  than,
  group,
  unstable,
  errors,
  againstErrors,
}: Selection): (of: ListedUtterance) => boolean {
  const wanted = text?.toLowerCase();
  const isWithin = (value: number | undefined, range: readonly [number, number] | undefined): boolean =>
    range === undefined || (value !== undefined && value >= range[0] && value <= range[1]);
  return (utterance) =>
    (id === undefined || utterance.id === id) &&
    (kinds.length === 0 || kinds.some((kind) => utterance.recognised.operations.includes(kind))) &&
    (than === undefined || outcomeOf(utterance) === than) &&
    (group === undefined || (utterance.group ?? '') === group) &&
    (unstable === undefined || utterance.unstable === true) &&
    isWithin(utterance.errors, errors) &&
    isWithin(utterance.againstErrors, againstErrors) &&
    (wanted === undefined || textsOf(utterance).some((one) => one.toLowerCase().includes(wanted)));
}

function textsOf({ id, reference, recognised, against }: ListedUtterance): readonly string[] {
  return [id, reference, recognised.text, against?.text ?? '', against?.reference ?? ''];
}

/** How the model did on an utterance, compared with the other one; undefined without another one. */
export function outcomeOf({ errors, againstErrors }: ListedUtterance): Outcome | undefined {
  if (againstErrors === undefined) return undefined;
  return errors < againstErrors ? 'better' : errors > againstErrors ? 'worse' : 'same';
}

type Compare = (one: ListedUtterance, other: ListedUtterance) => number;

const lost: Compare = (one, other) => lostBy(other) - lostBy(one) || other.errors - one.errors;
const comparisons: Readonly<Record<Order, Compare>> = {
  // Of as many errors those in fewer words come first.
  worst: (one, other) =>
    other.errors - one.errors || one.recognised.operations.length - other.recognised.operations.length,
  lost,
  gained: (one, other) => lostBy(one) - lostBy(other) || other.errors - one.errors,
  said: () => 0,
  id: (one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0),
};

/** How many errors more than the other model. */
function lostBy({ errors, againstErrors = errors }: ListedUtterance): number {
  return errors - againstErrors;
}

/** A selection of a set as the fragment of an address, which {@link selectionIn} reads. */
export function fragmentOf(set: string, selection: Selection): string {
  const { id, text, kinds = [], than, group, unstable, errors, againstErrors, order } = selection;
  const parts = new URLSearchParams({ set });
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') parts.set(name, value);
  };
  add('id', id);
  add('text', text);
  add('kinds', kinds.join(''));
  add('than', than);
  if (group !== undefined) parts.set('group', group);
  add('unstable', unstable && '1');
  add('errors', errors?.join('-'));
  add('against', againstErrors?.join('-'));
  add('order', order);
  return `#${parts}`;
}

/** The set and its selection that a fragment names; undefined where it names none. What it does not understand chooses nothing. */
export function selectionIn(fragment: string): { readonly set: string; readonly selection: Selection } | undefined {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''));
  const set = parts.get('set');
  if (set === null) return undefined;
  const text = (name: string): string | undefined => parts.get(name) ?? undefined;
  const one = <T extends string>(name: string, allowed: readonly T[]): T | undefined =>
    allowed.find((value) => value === text(name));
  const range = (name: string): readonly [number, number] | undefined => {
    const match = /^(\d{1,9})-(\d{1,9})$/.exec(text(name) ?? '');
    return match === null ? undefined : [Number(match[1]), Number(match[2])];
  };
  const kinds = (['S', 'D', 'I'] as const).filter((kind) => text('kinds')?.includes(kind));
  return {
    set,
    selection: {
      id: text('id'),
      text: text('text'),
      kinds: kinds.length > 0 ? kinds : undefined,
      than: one('than', ['better', 'same', 'worse']),
      group: text('group'),
      unstable: parts.has('unstable') ? true : undefined,
      errors: range('errors'),
      againstErrors: range('against'),
      order: one('order', ['worst', 'gained', 'lost', 'said', 'id']),
    },
  };
}
