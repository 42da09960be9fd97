import { styleText } from 'node:util';

/** Colours a text by the word of the plan or the run that it shows; the same text where no colour is wanted. */
export type Paint = (word: string, text: string) => string;

/** A painter for a terminal that wants colours, or one that leaves everything as it is. */
export function painter({ color }: { readonly color: boolean }): Paint {
  return (word, text) => {
    const format = formats.get(word);
    return color && format !== undefined ? styleText(format, text, { validateStream: false }) : text;
  };
}

/** What is well is green, what a person should look at yellow or red, and what stays as it is dim. */
const formats: ReadonlyMap<string, Parameters<typeof styleText>[0]> = new Map([
  ['heading', 'bold'],
  ['create', 'green'],
  ['update', 'yellow'],
  ['delete', 'red'],
  ['at-run-time', 'cyan'],
  ['adopt', 'cyan'],
  ['reuse', 'dim'],
  ['skip', 'dim'],
  ['succeeded', 'green'],
  ['reused', 'green'],
  ['skipped', 'dim'],
  ['not run', 'dim'],
  ['running', 'cyan'],
  ['working', 'cyan'],
  ['queued', 'cyan'],
  ['waiting', 'yellow'],
  ['cancelled', 'yellow'],
  ['abandoned', 'red'],
  ['fail', 'red'],
  ['failed', 'red'],
  ['expired', 'red'],
  ['ends soon', 'yellow'],
  ['drift', 'red'],
  ['note', 'cyan'],
  ['deleted', 'red'],
  ['inserted', 'green'],
  ['gap', 'dim'],
] as const);
