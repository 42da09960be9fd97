import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { entryAt, valueAt } from '../../document/yaml/plain-value.ts';
import type { SourceEntry, SourceMap } from '../../document/yaml/read-document.ts';
import { isCredentialName } from './credential-names.ts';

/** An environment variable that a pipeline declares. */
export interface DeclaredVariable {
  readonly isSecret: boolean;
  readonly entry: SourceEntry;
}

/** What expressions may know of the environment. */
export interface VariableScope {
  readonly declared: ReadonlyMap<string, Pick<DeclaredVariable, 'isSecret'>>;
  /** The names of the variables that are set, where that is known. */
  readonly set: ReadonlySet<string> | undefined;
  /** Told for each variable that an expression reads, declared or not. */
  readonly onVariable: (name: string) => void;
}

/** The scope of expressions that read no variable. */
export const noVariables: VariableScope = { declared: new Map(), set: undefined, onVariable: () => undefined };

/**
 * The environment variables that a pipeline declares. Those with the name of a credential are reported, unless the person
 * who runs the pipeline allows them, and are secret in any case: whoever writes the pipeline does not decide that.
 */
export function checkVariables(
  document: SourceMap,
  { allowed, findings }: { readonly allowed: ReadonlySet<string> | undefined; readonly findings: Findings },
): ReadonlyMap<string, DeclaredVariable> {
  const section = entryAt(document, 'env');
  const entries = section?.value.kind === 'map' ? section.value.entries : [];
  const variables = new Map<string, DeclaredVariable>();
  const first = new Map<string, SourceEntry>();
  for (const entry of entries) {
    const name = entry.key;
    // Expressions do not tell capitals apart, so that one name would read the other variable.
    const same = first.get(name.toLowerCase());
    if (same === undefined) first.set(name.toLowerCase(), entry);
    else findings.report('duplicate-key', entry.keySpan, { key: name, firstLine: findings.lineOf(same.keySpan.start) });
    const isCredential = isCredentialName(name);
    if (isCredential && allowed?.has(name) !== true)
      findings.report('reserved-variable', entry.keySpan, { variable: name });
    const secret = valueAt(entry.value, 'secret');
    variables.set(name, { isSecret: isCredential || (secret?.kind === 'scalar' && secret.value === true), entry });
  }
  return variables;
}
