import type { PlainValue } from '../document/yaml/plain-value.ts';

/** The value as text that does not depend on the order of its keys. */
export function canonicalJson(value: PlainValue): string {
  const pieces: string[] = [];
  writeCanonicalJson(value, (piece) => pieces.push(piece));
  return pieces.join('');
}

/** Gives the text of {@link canonicalJson} to `write` piece by piece, for those who need it once: that of thousands of steps is megabytes. */
export function writeCanonicalJson(value: PlainValue, write: (piece: string) => void): void {
  const writer = new Writer(write);
  writer.add(value);
  writer.end();
}

class Writer {
  readonly #write: (piece: string) => void;
  /** The keys so far as JSON: those of thousands of steps are the same few. */
  readonly #names = new Map<string, string>();
  /** The keys of objects that are alike, by their number, as they are and in order. */
  readonly #orders: (Order | undefined)[] = [];
  #piece = '';

  constructor(write: (piece: string) => void) {
    this.#write = write;
  }

  add(value: PlainValue): void {
    if (value === null || typeof value !== 'object') this.#piece += JSON.stringify(value);
    else if (isList(value)) this.#addList(value);
    else this.#addMap(value);
  }

  end(): void {
    if (this.#piece !== '') this.#write(this.#piece);
    this.#piece = '';
  }

  #addList(items: readonly PlainValue[]): void {
    let before = '[';
    for (const item of items) {
      this.#piece += before;
      this.add(item);
      before = ',';
    }
    this.#close(before === '[' ? '[]' : ']');
  }

  #addMap(value: Readonly<Record<string, PlainValue>>): void {
    let before = '{';
    for (const key of this.#inOrder(Object.keys(value))) {
      this.#piece += before;
      this.#piece += this.#nameOf(key);
      this.add(value[key] ?? null);
      before = ',';
    }
    this.#close(before === '{' ? '{}' : '}');
  }

  /** Most objects have the keys of the one before that has as many: to compare them takes less than to order them. */
  #inOrder(keys: readonly string[]): readonly string[] {
    const before = this.#orders[keys.length];
    if (before?.keys.every((key, at) => key === keys[at]) === true) return before.ordered;
    const ordered = keys.toSorted();
    this.#orders[keys.length] = { keys, ordered };
    return ordered;
  }

  #close(bracket: string): void {
    this.#piece += bracket;
    if (this.#piece.length > longPiece) this.end();
  }

  #nameOf(key: string): string {
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `${JSON.stringify(key)}:`;
      this.#names.set(key, name);
    }
    return name;
  }
}

interface Order {
  readonly keys: readonly string[];
  readonly ordered: readonly string[];
}

/** Characters: what is read at once and soon forgotten costs a collector little. */
const longPiece = 16_384;

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}
