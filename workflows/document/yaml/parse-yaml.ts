import {
  COLLECTION_STYLE,
  type Event,
  EVENT_ID,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';

/** Thrown when a text cannot be parsed in parts; as a whole it may be YAML, or the library says what is wrong. */
export class NoPartsError extends Error {
  override readonly name = 'NoPartsError';
}

/**
 * The events of a YAML text as those of the parts that a long list in it consists of: entries of about `partLength` characters,
 * each parsed as a text of its own when it is asked for, so that never many of the library's objects live at once. Throws a
 * {@link NoPartsError} where there is no list of that length, where the text is none or deeper than `maxDepth`, and where an entry
 * goes on in the column in which the next would begin.
 */
export function* parseInParts(
  text: string,
  { maxDepth, partLength }: { readonly maxDepth: number; readonly partLength: number },
): Generator<readonly Event[]> {
  const list = text.length > partLength ? longList(text, partLength) : undefined;
  if (list === undefined) throw new NoPartsError();
  try {
    yield* eventsOfParts(text, { list, maxDepth, partLength });
  } catch (error) {
    throw error instanceof YAMLException ? new NoPartsError() : error;
  }
}

/** The list of a key in the first column: whose entries begin in one column, line by line. */
interface LongList {
  readonly key: string;
  readonly keyStart: number;
  /** Of its first entry's line. */
  readonly start: number;
  /** Where the line begins that is none of its own. */
  readonly end: number;
  readonly column: number;
}

/** Where it seems to be, by the beginnings of the lines alone. */
function longList(text: string, partLength: number): LongList | undefined {
  // What is said of documents is said of the text as a whole.
  if (/(?<![^\n])(?:---|\.\.\.|%)/.test(text)) return undefined;
  const opening = /(?<![^\n])([A-Za-z][\w-]*):[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)-[ \t\r\n]/g;
  for (const found of text.matchAll(opening)) {
    const [beginning, key = '', { length: column } = ''] = found;
    const start = found.index + beginning.length - column - 2;
    const end = endOfList(text, start, column);
    if (end - start > partLength) return { key, keyStart: found.index, start, end, column };
  }
  return undefined;
}

/** Where the first line begins that says something left of `column`, or in it and is no entry. */
function endOfList(text: string, start: number, column: number): number {
  const other = new RegExp(`\\n(?! {${column}}(?:-[ \\t\\r\\n]| )|[ \\t]*(?:#|\\r?\\n|\\r?$))[^]`, 'g');
  other.lastIndex = start;
  const found = other.exec(text);
  return found === null ? text.length : found.index + 1;
}

function* eventsOfParts(
  text: string,
  { list, maxDepth, partLength }: { readonly list: LongList; readonly maxDepth: number; readonly partLength: number },
): Generator<readonly Event[]> {
  const { key, keyStart, start, end, column } = list;
  const head = contentOf(parseEvents(text.slice(0, start), { maxDepth }), EVENT_ID.MAPPING);
  const [name, value] = head.slice(-2);
  const isKey = isPlain(name) && name.valueStart === keyStart && name.valueEnd === keyStart + key.length;
  if (!isKey || !isPlain(value) || value.valueStart >= 0) throw new NoPartsError();
  yield [{ type: EVENT_ID.DOCUMENT, explicitStart: false, explicitEnd: false, directives: [] }];
  yield head.slice(0, -1);
  for (const part of partsOf(text, list, partLength)) {
    // In the text each of them is in a mapping.
    const parsed = parseEvents(text.slice(part.start, part.end), { maxDepth: maxDepth - 1 });
    const entries = contentOf(parsed, EVENT_ID.SEQUENCE, column);
    yield movedBy(part.start, part.start === start ? entries : entries.slice(1));
  }
  yield [{ type: EVENT_ID.POP }];
  const rest = parseEvents(text.slice(end), { maxDepth });
  if (rest.length > 0) yield movedBy(end, contentOf(rest, EVENT_ID.MAPPING, 0).slice(1));
  yield [{ type: EVENT_ID.POP }, { type: EVENT_ID.POP }];
}

/** From where one begins to where the next one does. */
function* partsOf(
  text: string,
  { start, end, column }: LongList,
  partLength: number,
): Generator<{ readonly start: number; readonly end: number }> {
  const entry = new RegExp(`\\n {${column}}-[ \\t\\r\\n]`, 'g');
  for (let from = start; from < end;) {
    entry.lastIndex = Math.min(from + partLength, end) - 1;
    const next = Math.min((entry.exec(text)?.index ?? end) + 1, end);
    yield { start: from, end: next };
    from = next;
  }
}

/** The events of the one collection in block style that a text is, without those that close it. It begins at `start`, where that is given. */
function contentOf(events: readonly Event[], type: Event['type'], start?: number): readonly Event[] {
  const [document, root] = events;
  if (document?.type !== EVENT_ID.DOCUMENT || root?.type !== type) throw new NoPartsError();
  if (root.type !== EVENT_ID.SEQUENCE && root.type !== EVENT_ID.MAPPING) throw new NoPartsError();
  const isBare = root.style === COLLECTION_STYLE.BLOCK && root.anchorStart < 0 && root.tagStart < 0;
  if (!isBare || root.start !== (start ?? root.start)) throw new NoPartsError();
  return events.slice(1, -2);
}

/** The same events, which count from `offset` of the text now. */
function movedBy(offset: number, events: readonly Event[]): readonly Event[] {
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) continue;
    if (event.anchorStart >= 0) {
      event.anchorStart += offset;
      event.anchorEnd += offset;
    }
    if (event.type === EVENT_ID.ALIAS) continue;
    if (event.tagStart >= 0) {
      event.tagStart += offset;
      event.tagEnd += offset;
    }
    if (event.type !== EVENT_ID.SCALAR) event.start += offset;
    else if (event.valueStart >= 0) {
      event.valueStart += offset;
      event.valueEnd += offset;
    }
  }
  return events;
}

function isPlain(event: Event | undefined): event is ScalarEvent {
  return (
    event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.anchorStart < 0 && event.tagStart < 0
  );
}
