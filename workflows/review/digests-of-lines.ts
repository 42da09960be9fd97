import { hash } from 'node:crypto';

/** What is kept of the text of a pipeline file, to tell later which of its lines have changed: nothing that gives a line away. */
export function digestsOfLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => hash('sha256', line, 'hex').slice(0, 12));
}
