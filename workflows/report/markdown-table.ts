import { deadText } from './dead-text.ts';

/** A table in Markdown. Cells are texts of anybody; the header is ours. Empty without a row. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => row.map((cell) => (isPlain(cell) ? cell : deadText(cell))));
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Numbers, rates, spans of time and words of ours need no code around them. */
function isPlain(cell: string): boolean {
  return (
    /^[+-]?\d+(\.\d+)?( (%|s|min|h|points))?( \d+ (s|min))?( to [+-]?\d+(\.\d+)?( %)?)?$/.test(cell) ||
    /^(below 0\.0001|\d\.\d{4})( \(Holm, \d+ together\))?$/.test(cell) ||
    plainWords.has(cell)
  );
}

const plainWords: ReadonlySet<string> = new Set([
  'succeeded',
  'reused',
  'skipped',
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
  'adopt',
  'reuse',
  'skip',
  'at run time',
  'fail',
]);
