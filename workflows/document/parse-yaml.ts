import {
  COLLECTION_STYLE,
  type Event,
  EVENT_ID,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import { YamlEvents } from './yaml-events.ts';

/** What is parsed of a text. */
export interface ParsedYaml {
  readonly events: YamlEvents;
  /** Whether it declares tags of its own. */
  readonly hasOwnTags: boolean;
}

/**
 * The events of a YAML text. The long list of a document, such as its steps, is parsed some entries at a time, so that never many
 * of the library's objects live at once. Throws the library's `YAMLException` with the position of the fault in the text, also
 * where it is deeper than `maxDepth`.
 */
export function parseYaml(text: string, { maxDepth }: { readonly maxDepth: number }): ParsedYaml {
  const inParts = parseInParts(text, { maxDepth, partLength: 32_768 });
  if (inParts !== undefined) return { events: inParts, hasOwnTags: false };
  const parsed = parseEvents(text, { maxDepth });
  const events = new YamlEvents();
  events.add(parsed);
  const [document] = parsed;
  const directives = document?.type === EVENT_ID.DOCUMENT ? document.directives : [];
  return { events, hasOwnTags: directives.some(({ kind }) => kind === 'tag') };
}

/**
 * The events of a text as those of the parts that a list in it consists of: entries of about `partLength` characters, each parsed
 * as a text of its own. Undefined where there is no list of that length, or where the text is to be parsed as a whole: one of the
 * parts is no YAML, as where the text is none, or where an entry goes on in the column in which the next would begin.
 */
export function parseInParts(
  text: string,
  { maxDepth, partLength }: { readonly maxDepth: number; readonly partLength: number },
): YamlEvents | undefined {
  const list = text.length > partLength ? longList(text, partLength) : undefined;
  if (list === undefined) return undefined;
  try {
    return eventsOfParts(text, { list, maxDepth, partLength });
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
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

function eventsOfParts(
  text: string,
  { list, maxDepth, partLength }: { readonly list: LongList; readonly maxDepth: number; readonly partLength: number },
): YamlEvents | undefined {
  const { key, keyStart, start, end, column } = list;
  const events = new YamlEvents();
  const head = contentOf(parseEvents(text.slice(0, start), { maxDepth }), EVENT_ID.MAPPING);
  const [name, value] = head?.slice(-2) ?? [];
  const isKey = isPlain(name) && name.valueStart === keyStart && name.valueEnd === keyStart + key.length;
  if (head === undefined || !isKey || !isPlain(value) || value.valueStart >= 0) return undefined;
  events.add([documentStart, ...head.slice(0, -1)]);
  for (const part of partsOf(text, list, partLength)) {
    // In the text each of them is in a mapping.
    const parsed = parseEvents(text.slice(part.start, part.end), { maxDepth: maxDepth - 1 });
    const entries = contentOf(parsed, EVENT_ID.SEQUENCE);
    if (entries?.[0]?.type !== EVENT_ID.SEQUENCE || entries[0].start !== column) return undefined;
    events.add(part.start === start ? entries : entries.slice(1), part.start);
  }
  events.add([pop]);
  const parsed = parseEvents(text.slice(end), { maxDepth });
  const rest = parsed.length === 0 ? [] : contentOf(parsed, EVENT_ID.MAPPING);
  if (rest === undefined || (rest[0]?.type === EVENT_ID.MAPPING && rest[0].start !== 0)) return undefined;
  events.add([...rest.slice(1), pop, pop], end);
  return events;
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

/** The events of the one collection in block style that a text is, without those that close it; undefined when it is something else. */
function contentOf(events: readonly Event[], type: Event['type']): readonly Event[] | undefined {
  const [document, root] = events;
  if (document?.type !== EVENT_ID.DOCUMENT || root?.type !== type) return undefined;
  if (root.type !== EVENT_ID.SEQUENCE && root.type !== EVENT_ID.MAPPING) return undefined;
  const isBare = root.style === COLLECTION_STYLE.BLOCK && root.anchorStart < 0 && root.tagStart < 0;
  return isBare ? events.slice(1, -2) : undefined;
}

function isPlain(event: Event | undefined): event is ScalarEvent {
  return (
    event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.anchorStart < 0 && event.tagStart < 0
  );
}

const documentStart: Event = { type: EVENT_ID.DOCUMENT, explicitStart: false, explicitEnd: false, directives: [] };
const pop: Event = { type: EVENT_ID.POP };
