import { documentSchema } from '../../schemas/index.ts';
import type { Findings } from './diagnostics.ts';
import { isTemplate } from './expression-syntax.ts';
import type { SourceMap, SourceNode } from './read-document.ts';

/** Reports expressions where none is evaluated: at every known key but `locale` and `resource`, and `with` and `if` of a step. */
export function checkPlainKeys(document: SourceMap, findings: Findings): void {
  for (const { key, value } of document.entries) {
    if (!Object.hasOwn(documentSchema.properties, key)) continue;
    const hasSteps = key === 'steps' || key === 'finally';
    if (hasSteps && value.kind === 'list') for (const step of value.items) checkStep(step, findings);
    else if ((key !== 'locale' && key !== 'resource') || value.kind !== 'scalar')
      reportTemplates(value, { key, findings });
  }
}

function checkStep(step: SourceNode, findings: Findings): void {
  if (step.kind !== 'map') return;
  for (const { key, value } of step.entries) {
    const isKnown = Object.hasOwn(documentSchema.$defs.step.properties, key);
    if (isKnown && key !== 'with' && key !== 'if') reportTemplates(value, { key, findings });
  }
}

function reportTemplates(node: SourceNode, at: { readonly key: string; readonly findings: Findings }): void {
  if (node.kind === 'map') for (const { key, value } of node.entries) reportTemplates(value, { ...at, key });
  else if (node.kind === 'list') for (const item of node.items) reportTemplates(item, at);
  else if (typeof node.value === 'string' && isTemplate(node.value)) {
    at.findings.report('expression-not-allowed', node, { key: at.key });
  }
}
