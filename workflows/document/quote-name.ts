import { beginningOf } from './beginning-of.ts';
import { shownSource } from './url-secrets.ts';

/** A name from the document for a message: in backticks, with the middle of a long one left out, and a URL without what gives access. */
export function quoteName(text: string): string {
  const shown = shownSource(text);
  return `\`${shown.length > 80 ? `${beginningOf(shown, 60)}…${shown.slice(-16).replace(/^[\uDC00-\uDFFF]/, '')}` : shown}\``;
}

/** A text as one word of a command for a POSIX shell: bare where it can be. */
export function quoteWord(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A text on one line that is safe to print: what would steer a terminal (control and formatting characters) or a CI's log
 * (`##vso[`, `##[`, and `::` where the line begins) is written as escapes.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(unprintable, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
  });
}

/** The same for a text whose line breaks are meant. */
export function escapeLines(text: string): string {
  return text.split(/\r?\n/).map(escapeControls).join('\n');
}

/**
 * A line of the document itself, safe to print, with as many characters as before so that a mark below it fits: replacement
 * characters stand for what is not shown. Tabs and joiners, which scripts and emoji need, are left.
 */
export function maskControls(line: string): string {
  return line.replaceAll(unprintable, (character) => (/[\t\u200C\u200D]/.test(character) ? character : '\uFFFD'));
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|#(?=#[\w.-]*\[)|:(?=:)(?<=^\s*:)/gu;
