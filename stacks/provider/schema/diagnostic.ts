/** One step from a value to one of its parts: a name of an object, a key of a map, an index of a list. */
export type PathStep = { readonly name: string } | { readonly key: string } | { readonly index: number };

/** What a person should know about what they wrote or asked for. Terraform shows the place that `path` leads to. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What cannot be done, or is to be done: a clause without a full stop. */
  readonly summary: string;
  /** What is wrong, and what is allowed. */
  readonly detail: string;
  readonly path?: readonly PathStep[];
}

/** Takes a problem that was found: in the style "action first: what is wrong, what is allowed". */
export type Report = (problem: string, ...steps: readonly PathStep[]) => void;

/** An error that carries diagnostics instead of a message of its own. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ summary, detail }) => `${summary}: ${detail}`).join('; '));
    this.diagnostics = diagnostics;
  }
}

/** The diagnostic for a text "action: what is wrong": Terraform prints the action in bold and the rest below it. */
export function errorDiagnostic(problem: string, path?: readonly PathStep[]): Diagnostic {
  const colon = problem.indexOf(': ');
  const rest = colon < 0 ? '' : problem.slice(colon + 2);
  return {
    severity: 'error',
    summary: colon < 0 ? problem : problem.slice(0, colon),
    detail: rest.charAt(0).toUpperCase() + rest.slice(1),
    ...(path === undefined || path.length === 0 ? {} : { path }),
  };
}
