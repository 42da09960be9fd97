import { nearestName } from '../../document/nearest-name.ts';
import { contextNames, functions, type SyntaxFault } from '../../expressions/expression-syntax.ts';
import { hintForFault } from './expression-hints.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { References } from './step-references.ts';

/** Reports an expression that cannot be read. */
export function reportFault(
  syntaxFault: SyntaxFault,
  {
    findings,
    locate,
    references,
    contexts,
  }: Pick<ExpressionScope, 'findings' | 'locate'> & {
    readonly references?: Pick<References, 'has'>;
    /** The names that it may read. @default those of pipelines */
    readonly contexts?: readonly string[];
  },
): void {
  const { kind, found, symbol: _, ...part } = syntaxFault;
  const at = locate(part);
  // What the contexts of pipelines are for is no hint elsewhere.
  const isOther = contexts !== undefined && kind === 'unknown-context';
  const hint = isOther ? undefined : hintForFault(syntaxFault, (name) => references?.has(name) === true);
  switch (kind) {
    case 'unclosed':
      return findings.report('unclosed-expression', at, {});
    case 'empty':
      return findings.report('empty-expression', at, {});
    case 'syntax':
      return findings.report('expression-syntax', at, { problem: found, hint });
    case 'unknown-context':
      return findings.report('unknown-context', at, () => ({
        context: found,
        allowed: contexts ?? contextNames,
        nearest: nearestName(found, contexts ?? contextNames),
        hint,
      }));
    case 'unknown-function': {
      const allowed = [...functions.values()].map(({ name }) => name);
      return findings.report('unknown-function', at, () => ({
        function: found,
        allowed,
        nearest: nearestName(found, allowed),
        hint,
      }));
    }
    case 'argument-count': {
      const form = functions.get(found.toLowerCase());
      return findings.report('argument-count', at, {
        function: found,
        least: form?.minArgs ?? 0,
        most: form?.maxArgs ?? 0,
      });
    }
  }
}
