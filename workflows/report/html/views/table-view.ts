import { markup, type View } from './markup.ts';

/** A table of figures under its title; nothing where it has no row. */
export function figuresView({
  title,
  header,
  rows,
  named = 1,
  all = rows.length,
}: {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly View[])[];
  /** So many of the first columns are names; the others are figures. @default 1 */
  readonly named?: number;
  /** How many rows there are, where not all are shown. */
  readonly all?: number;
}): View {
  if (rows.length === 0) return null;
  const figure = (column: number): string | undefined => (column < named ? undefined : 'n');
  return markup`<div class="scroll" tabindex="0" role="region" aria-label=${title}><table>
    <caption>
      ${title}${all > rows.length ? ` (${rows.length} of ${all})` : ''}
    </caption>
    <thead>
      <tr>
        ${header.map((name, column) => markup`<th scope="col" class=${figure(column)}>${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          markup`<tr>
            ${cells.map((cell, column) => (column === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td class=${figure(column)}>${cell}</td>`))}
          </tr>`,
      )}
    </tbody>
  </table></div>`;
}
