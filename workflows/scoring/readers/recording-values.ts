import { bareId } from './pair-ids.ts';

/** What a column of a manifest says of recordings, by their names as the file has them: empty where it says nothing. */
export type RecordingValues = ReadonlyMap<string, string>;

/**
 * A column of a manifest: a table with a header line, whose first column names recordings. Fields are separated by tabs where the header has
 * one, and are then as they stand; else by commas, with quotes as RFC 4180 has them. Or the first fault. Without `column` the table alone is checked.
 */
export function readRecordingValues(
  text: string,
  column: string | undefined,
): { readonly values: RecordingValues } | { readonly line: number; readonly message: string } {
  const plain = text.replace(/^\uFEFF/, '');
  const [firstLine = ''] = plain.split('\n', 1);
  const table = firstLine.includes('\t') ? rowsOfTabs(plain) : rowsOfCommas(plain);
  if ('message' in table) return table;
  const [header, ...rows] = table.rows;
  const [, ...columns] = header?.fields ?? [];
  if (header === undefined || columns.length === 0)
    return { line: 1, message: 'Begin with a line that names the columns, separated by tabs or commas: there is none' };
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (twice !== undefined)
    return { line: header.line, message: `Name each column once: ${inQuotes(twice)} is there twice` };
  const at = column === undefined ? 0 : columns.indexOf(column);
  if (at < 0)
    return {
      line: header.line,
      message: `Name one of its columns: ${inQuotes(column)} is none, there are ${columns.map(inQuotes).join(', ')}`,
    };
  const values = new Map<string, string>();
  const lines = new Map<string, number>();
  for (const { line, fields } of rows) {
    if (fields.length !== header.fields.length)
      return {
        line,
        message: `Give each line as many fields as the header: it has ${fields.length}, the header ${header.fields.length}`,
      };
    const [name = '', ...told] = fields;
    if (name === '') return { line, message: 'Name the recording in the first column: it is empty' };
    const earlier = lines.get(bareId(name));
    if (earlier !== undefined)
      return { line, message: `Name each recording once: ${inQuotes(name)} is also on line ${earlier}` };
    lines.set(bareId(name), line);
    values.set(name, told[at] ?? '');
  }
  if (values.size === 0) return { line: 1, message: 'Give at least one recording: there is none' };
  return { values };
}

interface Row {
  /** Counted from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

type Rows = { readonly rows: readonly Row[] } | { readonly line: number; readonly message: string };

function rowsOfTabs(text: string): Rows {
  const lines = text.split(/\r?\n/).map((written, index) => ({ line: index + 1, written }));
  return {
    rows: lines
      .filter(({ written }) => written.trim() !== '')
      .map(({ line, written }) => ({ line, fields: written.split('\t').map((field) => field.trim()) })),
  };
}

function rowsOfCommas(text: string): Rows {
  const field = /(?:[ ]*"([^"]*(?:""[^"]*)*)"[ ]*|([^",\r\n]*))(,|\r?\n)/y;
  const whole = `${text.replace(/\r?\n$/, '')}\n`;
  const rows: Row[] = [];
  let [line, start] = [1, 1];
  let fields: string[] = [];
  while (field.lastIndex < whole.length) {
    const found = field.exec(whole);
    if (found === null)
      return { line, message: 'Write a field in quotes from its beginning to its end, and `""` for a quote in it' };
    const [all, quoted, bare = '', end = ''] = found;
    fields.push((quoted?.replaceAll('""', '"') ?? bare).trim());
    line += all.split('\n').length - 1;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: start, fields });
    [fields, start] = [[], line];
  }
  return { rows };
}

function inQuotes(name: string | undefined): string {
  return JSON.stringify(name ?? '');
}
