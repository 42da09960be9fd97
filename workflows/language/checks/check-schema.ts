import { documentSchema, type StepKindName, stepSchemas } from '../../../schemas/index.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { nearestName } from '../../document/nearest-name.ts';
import { entryAt, isTemplate, plainValue, scalarText, valueAt, writtenSteps } from '../../document/yaml/plain-value.ts';
import { quoteName } from '../../document/quote-name.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../../document/yaml/read-document.ts';
import { renamed, reportFaults } from '../../document/schema/report-faults.ts';
import type { SchemaPlace } from '../../document/schema/report-keys.ts';
import { documentFaults, settingsFaults } from '../validators.ts';

/**
 * Checks a document against its schema, then the settings of each step against the schema that its `uses` names. One
 * mistake gives one finding: a misspelt key is not also a missing one, and a value is found wrong once. Gives the document
 * with the keys that were meant in place of misspelt ones, so that later checks do not stumble over them again.
 */
export function checkSchema(document: SourceMap, findings: Findings): SourceMap {
  const renames = new Map<SourceEntry, string>();
  const plain = plainValue(document);
  reportFaults(documentFaults(plain), { root: document, findings, renames, describe: describePart });
  const corrected = renamed(document, renames);
  for (const { node } of writtenSteps(corrected)) {
    if (node.kind === 'map') checkSettings(node, { findings, renames });
  }
  return renamed(corrected, renames);
}

/** Whether a text names a step kind. */
export function isStepKind(uses: string | undefined): uses is StepKindName {
  return uses !== undefined && Object.hasOwn(stepSchemas, uses);
}

function checkSettings(step: SourceMap, { findings, renames }: Pick<SchemaPlace, 'findings' | 'renames'>): void {
  const uses = valueAt(step, 'uses');
  const kind = scalarText(uses);
  if (uses === undefined || kind === undefined || isTemplate(kind)) return;
  if (!isStepKind(kind)) {
    const allowed = Object.keys(stepSchemas);
    findings.report('unknown-step-kind', uses, () => ({ uses: kind, allowed, nearest: nearestName(kind, allowed) }));
    return;
  }
  const settings = entryAt(step, 'with');
  const root: SourceNode = settings?.value ?? { kind: 'map', entries: [], start: uses.start, end: uses.end };
  if (root.kind !== 'map') return;
  const id = scalarText(valueAt(step, 'id')) ?? kind;
  // A setting that stands beside `with` is told to move there; it is not also missing.
  const faults = settingsFaults(kind, plainValue(root)).filter(
    ({ keyword, params }) => keyword !== 'required' || entryAt(step, String(params['missingProperty'])) === undefined,
  );
  reportFaults(faults, {
    root,
    findings,
    renames,
    name: settings?.keySpan ?? uses,
    describe: (path) => `${quoteName(['with', ...path].join('.'))} of the step ${quoteName(id)}`,
  });
}

function describePart(path: readonly string[], document: SourceMap): string {
  const [first, second] = path;
  if (first === undefined) return 'the pipeline';
  if (first === 'inputs' && second !== undefined) return `the input ${quoteName(second)}`;
  if (first === 'schedule' && second !== undefined && path.length === 2)
    return `entry ${Number(second) + 1} of \`schedule\``;
  if ((first !== 'steps' && first !== 'finally') || second === undefined) return quoteName(path.join('.'));
  const steps = valueAt(document, first);
  const step = steps?.kind === 'list' ? steps.items[Number(second)] : undefined;
  const id = scalarText(valueAt(step, 'id'));
  const number = `step ${Number(second) + 1}${first === 'finally' ? ' under `finally`' : ''}`;
  return id === undefined ? number : `the step ${quoteName(id)}`;
}

/** Reports expressions where none is evaluated: at every known key but `locale`, `resource` and `notify`, and `with`, `if` and `resource` of a step. */
export function checkPlainKeys(document: SourceMap, findings: Findings): void {
  for (const { key, value } of document.entries) {
    if (!Object.hasOwn(documentSchema.properties, key)) continue;
    const hasSteps = key === 'steps' || key === 'finally';
    if (hasSteps && value.kind === 'list') for (const step of value.items) checkPlainKeysOfStep(step, findings);
    else if (key === 'notify') continue;
    else if ((key !== 'locale' && key !== 'resource') || value.kind !== 'scalar')
      reportTemplates(value, { key, findings });
  }
}

function checkPlainKeysOfStep(step: SourceNode, findings: Findings): void {
  if (step.kind !== 'map') return;
  for (const { key, value } of step.entries) {
    const isKnown = Object.hasOwn(documentSchema.$defs.step.properties, key);
    const takesExpressions = key === 'with' || key === 'if' || (key === 'resource' && value.kind === 'scalar');
    if (isKnown && !takesExpressions) reportTemplates(value, { key, findings });
  }
}

function reportTemplates(node: SourceNode, at: { readonly key: string; readonly findings: Findings }): void {
  if (node.kind === 'map') for (const { key, value } of node.entries) reportTemplates(value, { ...at, key });
  else if (node.kind === 'list') for (const item of node.items) reportTemplates(item, at);
  else if (typeof node.value === 'string' && isTemplate(node.value)) {
    at.findings.report('expression-not-allowed', node, { key: at.key });
  }
}
