import { shownSource } from './url-secrets.ts';

/** A name from the document for a message: in backticks, with the middle of a long one left out, and a URL without what gives access. */
export function quoteName(text: string): string {
  const shown = shownSource(text);
  return `\`${shown.length > 80 ? `${shown.slice(0, 60)}…${shown.slice(-16)}` : shown}\``;
}

/** A text that is safe to print: control and formatting characters are written as escapes. */
export function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
