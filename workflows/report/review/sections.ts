/** A part of a document that is cut to a length: of as many rows as there is room for, in the order of their importance. */
export interface Section {
  /** For people who are told that it is cut: "utterances". */
  readonly name: string;
  /** Those with the lowest are cut first. */
  readonly importance: number;
  readonly rows: number;
  /** With its first rows alone; empty with none. */
  render(rows: number): string;
}

/** A text that is there as a whole or not. */
export function whole(name: string, importance: number, text: string): Section {
  return { name, importance, rows: text === '' ? 0 : 1, render: (rows) => (rows === 0 ? '' : text) };
}

/** How long a document may be. */
export interface Room {
  readonly most: number;
  readonly unit: 'characters' | 'bytes';
}

/**
 * The sections one below the other behind the head, at most as long as given. What does not fit is left out by whole rows, and said. The head has
 * to fit.
 */
export function fitSections(head: string, sections: readonly Section[], { most, unit }: Room): string {
  const rows = sections.map((section) => section.rows);
  const size = (text: string): number => (unit === 'bytes' ? Buffer.byteLength(text) : text.length);
  const written = (): string =>
    [
      head,
      ...sections.map((section, index) => section.render(rows[index] ?? 0)),
      leftOut(sections, rows, { most, unit }),
    ]
      .filter((text) => text !== '')
      .join('\n\n')
      .concat('\n');
  const order = sections.map((_, index) => index).toSorted((a, b) => sections[a]!.importance - sections[b]!.importance);
  for (const index of order) {
    if (size(written()) <= most) break;
    rows[index] = mostThatFit(sections[index]!.rows, (count) => {
      rows[index] = count;
      return size(written()) <= most;
    });
  }
  return written();
}

/** The most rows, from none to all, with which the document fits; none where it does not fit without them. */
function mostThatFit(all: number, fits: (count: number) => boolean): number {
  let [least, beyond] = [0, all];
  while (beyond - least > 1) {
    const middle = Math.floor((least + beyond) / 2);
    if (fits(middle)) least = middle;
    else beyond = middle;
  }
  return least;
}

function leftOut(sections: readonly Section[], rows: readonly number[], { most, unit }: Room): string {
  const cut = sections.flatMap(({ name, rows: all }, index) => {
    const kept = rows[index] ?? 0;
    if (kept === all) return [];
    return [all === 1 ? name : `${all - kept} of ${all} rows of ${name}`];
  });
  if (cut.length === 0) return '';
  return `Left out to stay within ${most.toLocaleString('en-US')} ${unit}: ${cut.join(', ')}. The files of the job have them.`;
}
