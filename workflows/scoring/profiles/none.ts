/** The text as it is: case, punctuation and digits count, as in sclite with `-s`. */
export function normaliseNone(text: string): string {
  return text;
}
