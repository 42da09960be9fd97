import type { Told } from '../../workflows/document/diagnostics/diagnostics.ts';
import { type GuardCode, type GuardParameters, guards, guardWarnings, type Words } from './guard-catalogue.ts';

/** From the properties of a construct to the one that is meant: `['ipRules', 0]`. */
export type PropertyPath = readonly (string | number)[];

/** Something that is wrong with the properties of a construct. A value: collected, never thrown. */
export interface Fault {
  readonly code: GuardCode;
  readonly path: PropertyPath;
  readonly parameters: unknown;
  /** Whether the name of the property is wrong, and not its value. */
  readonly isName: boolean;
}

/** A fault of a property. */
export function fault<Code extends GuardCode>(
  code: Code,
  {
    path,
    isName = false,
    ...parameters
  }: GuardParameters<Code> & { readonly path: PropertyPath; readonly isName?: boolean },
): Fault {
  return { code, path, parameters, isName };
}

/** The fault in words, with properties called as in TypeScript unless they are spelled otherwise. */
export function tellFault({ code, path, parameters }: Fault, spell: (name: string) => string = (name) => name): Told {
  const tell = guards[code] as (parameters: unknown, words: Words) => { message: string; hint?: string };
  const key = `\`${spelled(path, spell)}\``;
  const { message, hint } = tell(parameters, { key, name: (name) => `\`${spell(name)}\`` });
  const severity = guardWarnings.has(code) ? 'warning' : 'error';
  return { code, severity, message, ...(hint === undefined ? {} : { hint }) };
}

/** Whether a text is what it says: not a reference that Terraform resolves later, of which nothing is known yet. */
export function isLiteral(text: string | undefined): text is string {
  return text !== undefined && !/\$\{|#\{Tf/.test(text);
}

function spelled(path: PropertyPath, spell: (name: string) => string): string {
  const names = path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    return `.${hasOwnNames.has(path[index - 1]) ? step : spell(step)}`;
  });
  return names.join('').replace(/^\./, '');
}

/** Below these stand names as Azure and Terraform have them. */
const hasOwnNames: ReadonlySet<string | number | undefined> = new Set(['import', 'tags']);
