import type { Span } from '../document/diagnostics/diagnostics.ts';
import type { SourceScalar } from '../document/yaml/read-document.ts';

/**
 * Tells where parts of a scalar's value are in the text: quotes, escapes, folded lines and the indentation of blocks make the
 * two differ. White space at the edges of a part is left out. The scalar is read once, however many parts are asked for. Of an
 * alias every part is the whole.
 */
export function locatorIn(scalar: SourceScalar, text: string): (part: Span) => Span {
  if (scalar.isAlias === true) return () => ({ start: scalar.start, end: scalar.end });
  const value = String(scalar.value);
  let read: { readonly isSame: boolean; readonly offsets: readonly (number | undefined)[] } | undefined;
  return (part) => {
    if (read === undefined) {
      const written = text.slice(scalar.start, scalar.end);
      const isSame = written === value;
      read = { isSame, offsets: isSame ? [] : offsetsOf(written, { value, style: scalar.style }) };
    }
    const { start: first, end: last } = trimmed(value, part);
    if (read.isSame) return { start: scalar.start + first, end: scalar.start + last };
    const start = read.offsets[first];
    const end = read.offsets[last - 1];
    if (start === undefined || end === undefined) return { start: scalar.start, end: scalar.end };
    return { start: scalar.start + start, end: scalar.start + end + 1 };
  };
}

function trimmed(value: string, { start, end }: Span): Span {
  let first = start;
  let last = end;
  while (first < last && /\s/.test(value[first] ?? '')) first += 1;
  while (last > first && /\s/.test(value[last - 1] ?? '')) last -= 1;
  return first === last ? { start, end } : { start: first, end: last };
}

/**
 * The offset in the written form of every character of the value that is not white space: these come in the same order in
 * both, so that folding need not be understood.
 */
function offsetsOf(
  written: string,
  { value, style }: { readonly value: string; readonly style: SourceScalar['style'] },
): readonly (number | undefined)[] {
  const offsets: (number | undefined)[] = [];
  let at = style === 'block' ? written.indexOf('\n') + 1 : style === 'plain' ? 0 : 1;
  for (let index = 0; index < value.length; index += 1) {
    if (/\s/.test(value[index] ?? '')) {
      offsets.push(undefined);
      continue;
    }
    while (at < written.length && writesWhiteSpace(written, { at, style })) at += unitLength(written, { at, style });
    offsets.push(at);
    const isSecondHalf = /[\uDC00-\uDFFF]/.test(value[index + 1] ?? '') && written.startsWith('\\U', at);
    if (isSecondHalf) {
      offsets.push(at);
      index += 1;
    }
    at += unitLength(written, { at, style });
  }
  return offsets;
}

interface Cursor {
  readonly at: number;
  readonly style: SourceScalar['style'];
}

/** How many characters of the written form stand for one of the value. */
function unitLength(written: string, { at, style }: Cursor): number {
  if (style === 'single-quoted') return written.startsWith("''", at) ? 2 : 1;
  if (style !== 'double-quoted' || written[at] !== '\\') return 1;
  const digits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
  return 2 + (digits[written[at + 1] ?? ''] ?? 0);
}

function writesWhiteSpace(written: string, cursor: Cursor): boolean {
  const { at, style } = cursor;
  if (/\s/.test(written[at] ?? '')) return true;
  if (style !== 'double-quoted' || written[at] !== '\\') return false;
  const escape = written[at + 1] ?? '';
  if (/[\stnvfr_LP]/.test(escape)) return true;
  if (!/[xuU]/.test(escape)) return false;
  const code = Number.parseInt(written.slice(at + 2, at + unitLength(written, cursor)), 16);
  return code <= 0x10_ffff && /\s/.test(String.fromCodePoint(code));
}
