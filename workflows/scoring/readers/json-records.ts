import type { TranscriptFault } from './transcript.ts';

/** One object of a JSON file, and where it is. */
export interface JsonRecord {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
  readonly place: string;
}

/** The objects of a JSON text: one object, a list of them, or one a line; or why it has none. */
export function jsonRecords(content: string): readonly JsonRecord[] | TranscriptFault {
  const whole = parsed(content);
  if ('value' in whole) {
    const values = Array.isArray(whole.value) ? (whole.value as readonly unknown[]) : [whole.value];
    return records(values.map((value, index) => ({ value, line: 1, place: `in record ${index + 1}` })));
  }
  const lines = content
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '');
  // A text whose first line is no JSON of its own is one document, and the fault is where the document has it.
  if (!('value' in parsed(lines[0]?.line ?? ''))) return { line: whole.line, message: `Write JSON: ${whole.reason}` };
  const found: { value: unknown; line: number; place: string }[] = [];
  for (const { line, number } of lines) {
    const read = parsed(line);
    if (!('value' in read)) return { line: number, message: `Write one JSON object a line: ${read.reason}` };
    found.push({ value: read.value, line: number, place: `on line ${number}` });
  }
  return records(found);
}

function records(
  found: readonly { readonly value: unknown; readonly line: number; readonly place: string }[],
): readonly JsonRecord[] | TranscriptFault {
  const objects: JsonRecord[] = [];
  for (const { value, line, place } of found) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { line, message: `Write JSON objects with an id and a text: there is none ${place}` };
    }
    objects.push({ value: value as JsonRecord['value'], line, place });
  }
  return objects;
}

function parsed(text: string): { readonly value: unknown } | { readonly line: number; readonly reason: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const { message } = error as Error;
    const [, position] = / at position (\d+)/.exec(message) ?? [];
    // Without a position the text ended too early.
    const before = text.trimEnd().slice(0, position === undefined ? undefined : Number(position));
    return { line: before.split('\n').length, reason: message.replace(/ at position \d+.*$/s, '') };
  }
}
