/** A part of an address as it is meant; one that somebody has written may be no encoded text. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
