/** A moment as the service writes it, `YYYY-MM-DDThh:mm:ssZ`; fractions of a second are cut. */
export function dateTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
