/**
 * A text of anybody as a page shows it: on one line, with what cannot be seen or turns the direction of its neighbours as escapes.
 * Joiners stay, which scripts and emoji need. It is still a text: the component that shows it escapes markup.
 */
export function shownText(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(unseen, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
    });
}

const unseen = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
