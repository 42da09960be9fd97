import { escapeControls } from '../document/quote-name.ts';

/**
 * A table for a terminal: a header and rows in columns that are as wide as their widest cell, the last one as it is. `paint`
 * colours a cell of a row, padded already, by its column.
 */
export function tableText(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { paint = (cell) => cell }: { readonly paint?: (cell: string, column: number) => string } = {},
): string {
  const all = [header, ...rows].map((row) => row.map(escapeControls));
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row, index) => {
      const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      const painted = index === 0 ? cells : cells.map(paint);
      return `${painted.join('  ').trimEnd()}\n`;
    })
    .join('');
}
