/**
 * A value as JSON for people and programs, with a line end. A CI reads the log of a job for commands; what begins one (`##vso[`, `##[`) is
 * written so that it says the same and is none.
 */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2).replaceAll('##', String.raw`\u0023#`)}\n`;
}
