/**
 * What stands beside tests that are skipped because this machine lacks what they need; undefined where it is there. On CI it throws:
 * what is not proved there is proved nowhere. Four things may lack on CI, too, and their tests skip without this function: Terraform
 * with the command line of CDKTF, which are no packages of Debian; Microsoft's definition of the API and Microsoft's sample data, which are
 * not ours to ship; and a user who is root, or is not.
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
