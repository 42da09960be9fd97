import { type Event, EVENT_ID } from 'js-yaml';

/** The library's events of a YAML text, one after the other, as they are parsed. */
export class YamlEvents {
  readonly #parts: Iterator<readonly Event[]>;
  #part: readonly Event[] = [];
  #next = 0;
  #values = 0;

  /** `parts`: each is asked for when those before are read, and may throw what its parsing throws. */
  constructor(parts: Iterable<readonly Event[]>) {
    this.#parts = parts[Symbol.iterator]();
  }

  /** How many values were taken: scalars, lists, maps, aliases and documents. */
  get values(): number {
    return this.#values;
  }

  /** The next event, which stays the next one; undefined behind the last. */
  peek(): Event | undefined {
    while (this.#next === this.#part.length) {
      const { value, done } = this.#parts.next();
      if (done === true) return undefined;
      this.#part = value;
      this.#next = 0;
    }
    return this.#part[this.#next];
  }

  /** The next event; undefined behind the last. */
  take(): Event | undefined {
    const event = this.peek();
    if (event === undefined) return undefined;
    this.#next += 1;
    if (event.type !== EVENT_ID.POP) this.#values += 1;
    return event;
  }
}
