/** Whether a path has characters that stand for others: `*`, `?`, `[…]`, `{…}`. */
export function isPattern(place: string): boolean {
  return /[*?]|\[[^\]]+\]|\{[^{}]*\}/.test(place);
}

/** The part of a pattern before the first folder that is one: of a path the path itself. */
export function folderOfPattern(pattern: string): string {
  const parts = pattern.split('/');
  const at = parts.findIndex(isPattern);
  if (at < 0) return pattern;
  return parts.slice(0, at).join('/') || (pattern.startsWith('/') ? '/' : '.');
}

/** Why a pattern cannot be looked for, as the end of a sentence; undefined where it can. */
export function whyNoPattern(pattern: string): string | undefined {
  const parts = pattern.split('/');
  const at = parts.findIndex(isPattern);
  return at >= 0 && parts.slice(at).includes('..') ? 'behind `*` and its like no `..` leads up again' : undefined;
}
