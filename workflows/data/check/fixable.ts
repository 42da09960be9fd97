import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { dataRules } from './rules/data-rules.ts';
import type { DataRule } from './rules/rule.ts';

/** The codes among what was found that `speechops data fix` mends wherever they are. */
export function fixableCodes(diagnostics: readonly Diagnostic[]): readonly string[] {
  const rules: Readonly<Record<string, Pick<DataRule<never>, 'fixed'>>> = dataRules;
  return [...new Set(diagnostics.map(({ code }) => code))].filter((code) => rules[code]?.fixed === 'always').toSorted();
}
