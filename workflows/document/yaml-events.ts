import { type Event, EVENT_ID } from 'js-yaml';

/** An event as the library gives it; of a document nothing is kept but that it begins. */
export type YamlEvent = Exclude<Event, { readonly type: typeof EVENT_ID.DOCUMENT }> | DocumentStart;

interface DocumentStart {
  readonly type: typeof EVENT_ID.DOCUMENT;
}

/**
 * The library's events of a YAML text, packed. As objects, all at once, they are most of what the reading of a long pipeline
 * costs: the collector moves each of them before it is read.
 */
export class YamlEvents {
  #fields = new Int32Array(fieldsOfEvent * 1024);
  #length = 0;

  /** Adds events whose positions count from `offset` of the text. */
  add(events: readonly Event[], offset = 0): void {
    const wanted = (this.#length + events.length) * fieldsOfEvent;
    if (wanted > this.#fields.length) {
      const larger = new Int32Array(Math.max(wanted, this.#fields.length * 2));
      larger.set(this.#fields);
      this.#fields = larger;
    }
    for (const event of events) this.#set(this.#length++ * fieldsOfEvent, event, offset);
  }

  /** `EVENT_ID` of the event at `index`; undefined behind the last. */
  typeAt(index: number): Event['type'] | undefined {
    return index < this.#length ? (this.#fields[index * fieldsOfEvent] as Event['type']) : undefined;
  }

  /** Where the event at `index` begins in the text; -1 where it does not say so. */
  startAt(index: number): number {
    const type = this.typeAt(index);
    if (type === undefined || type === EVENT_ID.POP || type === EVENT_ID.DOCUMENT) return -1;
    const start = this.#fields[index * fieldsOfEvent + 1] as number;
    return type === EVENT_ID.ALIAS ? start - 1 : start;
  }

  /** The event at `index`, with positions in the text; undefined behind the last. */
  at(index: number): YamlEvent | undefined {
    const type = this.typeAt(index);
    if (type === undefined) return undefined;
    if (type === EVENT_ID.POP || type === EVENT_ID.DOCUMENT) return { type };
    const at = index * fieldsOfEvent;
    const field = (number: number): number => this.#fields[at + number] as number;
    const start = field(1);
    if (type === EVENT_ID.ALIAS) return { type, anchorStart: start, anchorEnd: field(2) };
    const anchorStart = field(3);
    const anchorEnd = field(4);
    const tagStart = field(5);
    const tagEnd = field(6);
    if (type !== EVENT_ID.SCALAR)
      return { type, start, anchorStart, anchorEnd, tagStart, tagEnd, style: field(7) as 1 | 2 };
    return {
      type,
      valueStart: start,
      valueEnd: field(2),
      anchorStart,
      anchorEnd,
      tagStart,
      tagEnd,
      style: field(7) as 1 | 2 | 3 | 4 | 5,
      chomping: field(8) as 1 | 2 | 3,
      indent: field(9),
      fast: field(10) === 1,
    };
  }

  /** How many values they are of: scalars, lists, maps, aliases and documents. */
  countValues(): number {
    let values = 0;
    for (let index = 0; index < this.#length; index += 1) if (this.typeAt(index) !== EVENT_ID.POP) values += 1;
    return values;
  }

  #set(at: number, event: Event, offset: number): void {
    const fields = this.#fields;
    fields[at] = event.type;
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return;
    if (event.type === EVENT_ID.ALIAS) {
      fields[at + 1] = placed(event.anchorStart, offset);
      fields[at + 2] = placed(event.anchorEnd, offset);
      return;
    }
    const isScalar = event.type === EVENT_ID.SCALAR;
    fields[at + 1] = placed(isScalar ? event.valueStart : event.start, offset);
    fields[at + 2] = isScalar ? placed(event.valueEnd, offset) : -1;
    fields[at + 3] = placed(event.anchorStart, offset);
    fields[at + 4] = placed(event.anchorEnd, offset);
    fields[at + 5] = placed(event.tagStart, offset);
    fields[at + 6] = placed(event.tagEnd, offset);
    fields[at + 7] = event.style;
    if (!isScalar) return;
    fields[at + 8] = event.chomping;
    fields[at + 9] = event.indent;
    fields[at + 10] = event.fast ? 1 : 0;
  }
}

/** What is not there is at -1, wherever the positions count from. */
function placed(position: number, offset: number): number {
  return position < 0 ? position : position + offset;
}

const fieldsOfEvent = 11;
