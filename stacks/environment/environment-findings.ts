import type { DiagnosticCode } from '../../workflows/document/diagnostics/diagnostic-catalogue.ts';
import { createFindings, type Findings } from '../../workflows/document/diagnostics/diagnostics.ts';

/**
 * An empty collection of findings about environments. What the language says of pipelines it says of environments, and
 * what several environments inherit is told once, where it is written.
 */
export function createEnvironmentFindings(path: string, text: string): Findings {
  const findings = createFindings(path, text);
  const seen = new Set<string>();
  const isNew = (...parts: readonly unknown[]): boolean => {
    const key = parts.join(' ');
    return !seen.has(key) && seen.add(key) !== undefined;
  };
  return {
    ...findings,
    add(at, told) {
      if (isNew(told.code, at.start, at.end, told.message)) findings.add(at, told);
    },
    report(code, at, parameters) {
      const given = typeof parameters === 'function' ? (parameters as () => typeof parameters)() : parameters;
      const { key = '' } = given as { readonly key?: string };
      if (!isNew(code, at.start, at.end, key)) return;
      const words = reworded(code, given as { readonly limit: number; readonly of: string; readonly tag: string });
      if (words === undefined) findings.report(code, at, given);
      else findings.add(at, { code, severity: 'error', ...words });
    },
  };
}

function reworded(
  code: DiagnosticCode,
  { limit, of, tag }: { readonly limit: number; readonly of: string; readonly tag: string },
): { readonly message: string; readonly hint?: string } | undefined {
  switch (code) {
    case 'document-too-large':
      return { message: `Cannot read the environments: the file has more than ${limit} ${of}` };
    case 'empty-document':
      return {
        message: 'Cannot find environments: the file says nothing',
        hint: 'Start with `name:` and `environments:`',
      };
    case 'several-documents':
      return {
        message: 'Cannot take a second document: a file has all environments under `environments:`',
        hint: 'Remove the `---` and what follows',
      };
    case 'unsupported-tag':
      return {
        message: `Cannot use the tag \`${tag}\`: environments have only the tags !!str, !!int, !!float, !!bool, !!null, !!map and !!seq`,
      };
    default:
      return undefined;
  }
}
