import type { ErrorObject } from 'ajv/dist/2020.js';
import { type JsonSchema, type StepKind, stepSchemas } from '../../schemas/index.ts';
import type { Findings, Span } from './diagnostics.ts';
import { isTemplate } from './expression-syntax.ts';
import { nearestName } from './nearest-name.ts';
import { entryAt, plainValue, textOf, valueAt } from './plain-value.ts';
import type { SourceMap, SourceNode } from './read-document.ts';
import { reportValueFault } from './report-value-fault.ts';
import { validators } from './validators.ts';

/**
 * Checks a document against its schema, then the settings of each step against the schema that its `uses` names. One
 * mistake gives one finding: a misspelt key is not also a missing one, and a value is only found wrong once.
 */
export function checkSchema(document: SourceMap, findings: Findings): void {
  reportFaults(validators().document(plainValue(document)), { root: document, findings, describe: whereInDocument });
  const steps = valueAt(document, 'steps');
  if (steps?.kind !== 'list') return;
  for (const step of steps.items) if (step.kind === 'map') checkSettings(step, findings);
}

/** Whether a text names a step kind. */
export function isStepKind(uses: string | undefined): uses is StepKind {
  return uses !== undefined && Object.hasOwn(stepSchemas, uses);
}

function checkSettings(step: SourceMap, findings: Findings): void {
  const uses = valueAt(step, 'uses');
  const kind = textOf(uses);
  if (uses === undefined || kind === undefined) return;
  if (!isStepKind(kind)) {
    const allowed = Object.keys(stepSchemas);
    findings.report('unknown-step-kind', uses, { uses: kind, allowed, nearest: nearestName(kind, allowed) });
    return;
  }
  const settings = entryAt(step, 'with');
  if (settings !== undefined && settings.value.kind !== 'map') return;
  const root: SourceMap = settings?.value.kind === 'map' ? settings.value : { kind: 'map', entries: [], start: uses.start, end: uses.end };
  const id = textOf(valueAt(step, 'id')) ?? kind;
  const faults = validators().settings(kind, plainValue(root));
  if (faults.length === 0) return;
  const misspelt = settings === undefined && step.entries.some(({ key }) => nearestName(key, ['with']) !== undefined);
  if (misspelt) return;
  reportFaults(faults, {
    root,
    findings,
    at: settings?.keySpan ?? uses,
    describe: (path) => `${['with', ...path].map((part) => `\`${part}\``).join('.')} of the step \`${id}\``,
  });
}

interface Place {
  readonly root: SourceMap;
  readonly findings: Findings;
  /** Where the root is named, when it has a name. */
  readonly at?: Span;
  /** What a part of the document is called in a message. */
  readonly describe: (path: readonly string[], root: SourceMap) => string;
}

function reportFaults(faults: readonly ErrorObject[], place: Place): void {
  const byPath = Map.groupBy(faults, ({ instancePath }) => instancePath);
  for (const [pointer, group] of byPath) {
    const path = pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = find(path, place);
    if (found === undefined) continue;
    const keys = group.filter(({ keyword }) => keyword === 'additionalProperties' || keyword === 'required');
    if (found.node.kind === 'map' && keys.length > 0) {
      reportKeys(keys, { node: found.node, span: found.span, path, place });
    }
    for (const fault of group.filter(({ keyword }) => keyword === 'pattern' && fault_isName(group))) reportName(fault, { found, place });
    const value = group.find(({ keyword }) => !['additionalProperties', 'required', 'propertyNames'].includes(keyword));
    if (value === undefined || value.propertyName !== undefined) continue;
    if (found.node.kind === 'scalar' && typeof found.node.value === 'string' && isTemplate(found.node.value)) continue;
    reportValueFault(value, { node: found.node, span: found.span, key: path.at(-1) ?? '', where: place.describe(path.slice(0, -1), place.root), findings: place.findings });
  }
}
