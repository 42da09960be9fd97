/** The first characters of a text: so many code units at most, and no half of a character at the end, which is no text. */
export function beginningOf(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
