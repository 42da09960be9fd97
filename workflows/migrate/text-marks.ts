import type { OldCall } from './old-call.ts';

/** What a text stands for that a script has only when it runs. */
export type Mark =
  | { readonly kind: 'made'; readonly call: OldCall }
  /** The newest base model of the locale. */
  | { readonly kind: 'base' }
  /** The custom model that was made last before: what is in use. */
  | { readonly kind: 'in-use' }
  /** A variable that no file sets, or whose value only a run knows. */
  | { readonly kind: 'unknown'; readonly name: string };

/** Texts in which marks stand among characters: so texts can be cut, joined and parsed as they are. */
export class Marks {
  readonly #all: Mark[] = [];

  /** A text that stands for the mark. */
  text(mark: Mark): string {
    this.#all.push(mark);
    return `${OPEN}${this.#all.length - 1}${CLOSE}`;
  }

  /** The marks in a text, in their order. */
  in(text: string): readonly Mark[] {
    return [...text.matchAll(marked)].flatMap(([, index]) => this.#all[Number(index)] ?? []);
  }
}

/** The text without its marks. */
export function withoutMarks(text: string): string {
  return text.replaceAll(marked, '');
}

/** A text of somebody, in which nothing looks like a mark. */
export function unmarked(text: string): string {
  return text.replaceAll(/[\uE000\uE001]/g, '\uFFFD');
}

const OPEN = '\uE000';
const CLOSE = '\uE001';
const marked = /\uE000(\d+)\uE001/g;
