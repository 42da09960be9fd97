import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import type { SourceNode } from '../../document/yaml/read-document.ts';
import { hasLiteralSecret } from '../../document/signed-url.ts';

/**
 * Warns of signatures and passwords of URLs that stand in the file: each gives access to data to everybody who can read the
 * repository. `resource` is left out: its check refuses a URL that has one.
 */
export function checkSignatures(node: SourceNode, findings: Findings): void {
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) if (key !== 'resource') checkSignatures(value, findings);
  } else if (node.kind === 'list') for (const item of node.items) checkSignatures(item, findings);
  else if (typeof node.value === 'string' && hasLiteralSecret(node.value))
    findings.report('literal-signature', node, {});
}
