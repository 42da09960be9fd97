import { escapeControls } from '../document/quote-name.ts';

/**
 * A text of anybody for Markdown, on one line: shown as it is, and nothing but text wherever it is put. It is a code span, because
 * GitHub, GitLab and Azure DevOps look for mentions, references, commits, addresses and emoji in what is rendered, where a
 * backslash or an entity has gone already, and in code alone they look for none. What cannot be printed is shown as
 * escapes. An empty text stays empty.
 */
export function deadText(text: string): string {
  const line = escapeControls(text.replaceAll(/\s+/g, ' ').trim());
  // Renderers disagree on a backslash before a pipe in the code of a table's cell, so that pipes stand between the code.
  return line
    .split('|')
    .map((part) => (part === '' ? '' : codeSpan(part)))
    .join('&#x7C;');
}

/** Between as many backticks as occur nowhere in it, with the blanks that Markdown takes off again. */
function codeSpan(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map(({ length }) => length));
  let length = 1;
  while (runs.has(length)) length += 1;
  const ticks = '`'.repeat(length);
  const isTrimmed = text.startsWith(' ') && text.endsWith(' ') && text.trim() !== '';
  const pad = isTrimmed || text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}
