/** What a structured text is made of (Microsoft Learn: "Structured text data for training"), each with its line, from 1. */
export type StructuredLine =
  | { readonly kind: 'list'; readonly name: string; readonly line: number }
  | { readonly kind: 'item'; readonly list: string; readonly text: string; readonly line: number }
  | { readonly kind: 'sentence'; readonly text: string; readonly line: number }
  /** A heading, an entry of the lexicon, or what belongs to nothing. */
  | { readonly kind: 'other' };

/** Reads structured text line by line. Names of lists are in small letters: the service does not tell them apart. */
export class StructuredLines {
  #part: 'none' | 'sentences' | 'other' | { readonly list: string } = 'none';
  #line = 0;

  take(raw: string): StructuredLine {
    this.#line += 1;
    const at = { line: this.#line };
    const text = raw.trim();
    if (text.startsWith('@')) {
      const name = /^@\s*list\s+(?<name>[\p{L}\p{N}_-]+)\s*=?$/iu.exec(text)?.groups?.['name']?.toLowerCase();
      this.#part = name === undefined ? 'other' : { list: name };
      return name === undefined ? { kind: 'other' } : { kind: 'list', name, ...at };
    }
    if (text.startsWith('#')) {
      this.#part = 'sentences';
      return { kind: 'other' };
    }
    if (!text.startsWith('-')) return { kind: 'other' };
    const said = text.slice(1).trim();
    if (this.#part === 'sentences') return { kind: 'sentence', text: said, ...at };
    return typeof this.#part === 'object'
      ? { kind: 'item', list: this.#part.list, text: said, ...at }
      : { kind: 'other' };
  }
}

/** A sentence with places for the items of lists, `{@name}`, in pieces: texts, and the names of lists in small letters. */
export type TemplatePart = string | { readonly list: string };

/** The pieces of a sentence; `{name}` without @ is a place, too, where `isLoose` is set. */
export function partsOfTemplate(
  text: string,
  { isLoose = false }: { readonly isLoose?: boolean } = {},
): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const found of text.matchAll(/\{([^{}]*)\}/gu)) {
    const inside = found[1] ?? '';
    const isMarked = inside.startsWith('@');
    const name = inside.slice(isMarked ? 1 : 0).trim();
    const isPlace = isLoose ? name !== '' : isMarked;
    if (!isPlace || name.length > longestName) continue;
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push({ list: name.toLowerCase() });
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

const longestName = 200;
