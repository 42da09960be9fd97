const FORM = /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?$/;
const SECONDS_OF_UNITS = [86_400, 3600, 60, 1, 0.001];

/** The seconds of a duration such as `30m`, `1h30m` or `250ms`. Undefined when it is none, or no time at all. */
export function parseDuration(written: string): number | undefined {
  const parts = FORM.exec(written.trim())?.slice(1);
  if (parts === undefined) return undefined;
  const seconds = parts.reduce((sum, part, unit) => sum + Number(part ?? 0) * (SECONDS_OF_UNITS[unit] ?? 0), 0);
  return seconds > 0 ? seconds : undefined;
}

/**
 * What a person probably meant who wrote no duration: `5 min`, `1 hour`, `90 seconds`, or `90`, which is seconds almost everywhere, but
 * days where the usual value is in days; there `3M` is as likely months, and nothing is meant for sure.
 */
export function suggestDuration(written: string, { usual }: { readonly usual?: unknown } = {}): string | undefined {
  const isInDays = /^\d+d$/.test(String(usual));
  if (/^\d{1,6}$/.test(written.trim()) && Number(written) > 0) return `${Number(written)}${isInDays ? 'd' : 's'}`;
  if (isInDays && /^\d+ ?M$/.test(written.trim())) return undefined;
  const match = /^(\d{1,6}) ?(ms|s|m|h|d)(ec|econd|in|inute|r|our|ay)?s?$/i.exec(written.trim());
  return match === null || Number(match[1]) === 0 ? undefined : `${match[1]}${match[2]?.toLowerCase()}`;
}
