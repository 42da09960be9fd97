/**
 * What stands beside tests that are skipped because this machine lacks what they need; undefined where it is there. On CI it throws:
 * what is not proved there is proved nowhere. Terraform alone may lack there, too: it is no package of Debian.
 */
export function skipWithout(needed: {
  readonly isThere: boolean;
  readonly name: string;
  /** What to do, as a sentence without its stop. */
  readonly install: string;
}): string | undefined {
  if (needed.isThere) return undefined;
  const message = `SKIPPED: ${needed.name} is not there. ${needed.install}`;
  if (!['', 'false'].includes(process.env['CI'] ?? '')) throw new Error(message);
  return message;
}
