/** Days on which a quarter of the model lifecycle ends (Microsoft Learn: model and endpoint lifecycle). */
const quarterEnds = [
  { month: 0, day: 15 },
  { month: 3, day: 15 },
  { month: 6, day: 15 },
  { month: 9, day: 15 },
] as const;

/**
 * The end of the quarter that a moment lies in, `years` later: a base model can be adapted until 1 year, and any model
 * can transcribe until 2 years after the quarter it was created in (Microsoft Learn: model and endpoint lifecycle; a
 * model of 2024-07-14 transcribes until 2026-07-15). Virtual milliseconds since 1970, midnight UTC.
 */
export function yearsAfterQuarter(createdAt: number, years: number): number {
  const created = new Date(createdAt);
  const year = created.getUTCFullYear();
  const end = quarterEnds.find(({ month, day }) => createdAt < Date.UTC(year, month, day));
  return end
    ? Date.UTC(year + years, end.month, end.day)
    : Date.UTC(year + 1 + years, quarterEnds[0].month, quarterEnds[0].day);
}
