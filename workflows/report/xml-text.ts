import { escapeControls } from '../document/quote-name.ts';

/** A text for a value or between tags. What XML cannot have, control characters and two that are no characters, is written as escapes. */
export function xmlText(text: string): string {
  return escapeControls(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
