import type { Span } from '../../document/diagnostics/diagnostics.ts';

/** The text with another one in the place of a part. */
export function replaced(text: string, { start, end }: Span, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/**
 * The text without an item of a block list, with the comments that stand right above it: they are about it. `start` is where its value
 * begins, behind the `- `.
 */
export function withoutItem(text: string, { start, end }: Span): string {
  const lines = text.split('\n');
  const first = lineAt(text, start);
  const last = lineAt(text, Math.max(start, end - 1));
  const indent = /^ */.exec(lines[first] ?? '')?.[0].length ?? 0;
  let from = first;
  while (from > 0 && isCommentOf(lines[from - 1] ?? '', indent)) from -= 1;
  let until = last + 1;
  // The empty line that sets it apart goes with it.
  if ((lines[until] ?? '').trim() === '' && until < lines.length - 1) until += 1;
  return [...lines.slice(0, from), ...lines.slice(until)].join('\n');
}

/** The text without the entry of a block map whose key begins at `start` and whose value ends at `end`, with its whole lines. */
export function withoutEntry(text: string, { start, end }: Span): string {
  const lines = text.split('\n');
  const last = lineAt(text, Math.max(start, text.slice(0, end).trimEnd().length - 1));
  return [...lines.slice(0, lineAt(text, start)), ...lines.slice(last + 1)].join('\n');
}

/** Whether an entry has lines of its own, so that they can be taken out. */
export function hasOwnLines(text: string, { start }: Span): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return before.trim() === '';
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length - 1;
}

function isCommentOf(line: string, indent: number): boolean {
  return new RegExp(`^ {${indent}}#`).test(line);
}
