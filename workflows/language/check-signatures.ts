import type { Findings } from '../document/diagnostics.ts';
import type { SourceNode } from '../document/read-document.ts';
import { hasLiteralSignature } from '../document/signed-url.ts';

/** Warns of signatures that stand in the file: each gives access to data to everybody who can read the repository. */
export function checkSignatures(node: SourceNode, findings: Findings): void {
  if (node.kind === 'map') for (const { value } of node.entries) checkSignatures(value, findings);
  else if (node.kind === 'list') for (const item of node.items) checkSignatures(item, findings);
  else if (typeof node.value === 'string' && hasLiteralSignature(node.value))
    findings.report('literal-signature', node, {});
}
