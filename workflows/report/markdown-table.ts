import { deadText } from './dead-text.ts';

/** A heading of ours and what stands below it; nothing where that is empty. */
export function section(title: string, text: string): readonly string[] {
  return text === '' ? [] : [`## ${title}`, text];
}

/** Texts of anybody, one a line. */
export function list(texts: readonly string[]): string {
  return texts.map((text) => `- ${deadText(text)}`).join('\n');
}

/** Cells are texts of anybody; the header is ours. Empty without a row. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => row.map((cell) => (isPlain(cell) ? cell : deadText(cell))));
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** A table of the first rows of many, and how many more there are. */
export function shortTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const more = rows.length - mostRows;
  return `${table(header, rows.slice(0, mostRows))}${more > 0 ? `\n\nand ${more} more` : ''}`;
}

const mostRows = 20;

/** Numbers, rates, spans of time, dates and words of ours need no code around them. */
function isPlain(cell: string): boolean {
  return plainForms.some((form) => form.test(cell)) || plainWords.has(cell);
}

const plainForms = [
  /^[+-]?\d+(\.\d+)?( (%|s|min|h|points))?( \d+ (s|min))?( to [+-]?\d+(\.\d+)?( %)?)?(, incomplete)?$/,
  /^(below 0\.0001|\d\.\d{4})( \(Holm, \d+ together\))?$/,
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/,
];

const plainWords: ReadonlySet<string> = new Set([
  'succeeded',
  'reused',
  'skipped',
  'cancelled',
  'failed',
  'proved',
  'unheard',
  'unproved',
  'taken back',
  'better',
  'worse',
  'no difference',
  'too few',
  'incomplete',
  'create',
  'update',
  'delete',
  'adopt',
  'reuse',
  'skip',
  'at run time',
  'fail',
  'drift',
  'note',
  'within',
  'beyond',
  'none',
  'yes',
  'no',
]);
