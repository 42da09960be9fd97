import { createFindings } from '../document/diagnostics/diagnostics.ts';
import { scalarText, valueAt } from '../document/yaml/plain-value.ts';
import { readDocument, type SourceNode, type SourceScalar } from '../document/yaml/read-document.ts';

/** A script in a workflow, with what its environment says, and where it begins. */
export interface ScriptBlock {
  readonly script: string;
  readonly firstLine: number;
  readonly env: Readonly<Record<string, string>>;
  /** The condition of its step. */
  readonly condition?: { readonly text: string; readonly line: number } | undefined;
}

/** What a workflow has besides scripts. */
export interface Workflow {
  readonly blocks: readonly ScriptBlock[];
  /** What starts it, and steps that are no script, by their places. */
  readonly others: readonly { readonly what: string; readonly why: string; readonly line: number }[];
}

/**
 * A workflow of GitHub Actions, or a pipeline of Azure DevOps or GitLab, as the scripts in it. A text that is no usable YAML is
 * the reason why not.
 */
export function readWorkflow(text: string, file: string): Workflow | { readonly fault: string } {
  const findings = createFindings(file, text);
  const root = readDocument(text, findings);
  if (root?.kind !== 'map') {
    const [first] = findings.diagnostics();
    const fault = first === undefined ? 'it is no mapping' : `line ${first.line}: ${first.message}`;
    return { fault };
  }
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lineOf = (offset: number): number => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const blocks: ScriptBlock[] = [];
  const others: Workflow['others'][number][] = [];
  const visit = (node: SourceNode, env: Readonly<Record<string, string>>): void => {
    if (node.kind === 'list') return node.items.forEach((item) => visit(item, env));
    if (node.kind === 'scalar') return;
    const own = { ...env, ...environmentIn(valueAt(node, 'env')), ...environmentIn(valueAt(node, 'variables')) };
    const condition = valueAt(node, 'if') ?? valueAt(node, 'condition');
    const uses = valueAt(node, 'uses');
    if (uses !== undefined) {
      const other = actionOf(scalarText(uses) ?? '');
      if (other !== undefined) others.push({ ...other, line: lineOf(uses.start) });
    }
    for (const { key, value } of node.entries) {
      for (const script of scriptKeys.has(key) ? scalarsIn(value) : []) {
        const line = lineOf(script.start) + (script.style === 'block' ? 1 : 0);
        const at =
          condition?.kind === 'scalar' ? { text: String(condition.value), line: lineOf(condition.start) } : undefined;
        blocks.push({ script: String(script.value), firstLine: line, env: own, condition: at });
      }
      if (!scriptKeys.has(key)) visit(value, own);
    }
  };
  visit(root, {});
  const trigger = root.entries.find(({ key }) => key === 'on' || key === 'trigger' || key === 'schedules');
  if (trigger !== undefined) others.push({ ...triggerNote, line: lineOf(trigger.keySpan.start) });
  return { blocks, others };
}

const triggerNote = {
  what: 'what starts the workflow',
  why: 'a pipeline is started from outside: keep these triggers in a workflow that calls `speechops run`; `schedule` is for workers of a fleet',
};

const scriptKeys = new Set([
  'run',
  'script',
  'bash',
  'pwsh',
  'powershell',
  'inlineScript',
  'before_script',
  'after_script',
]);

function scalarsIn(node: SourceNode): readonly SourceScalar[] {
  if (node.kind === 'scalar') return node.value === null ? [] : [node];
  return node.kind === 'list' ? node.items.flatMap(scalarsIn) : [];
}

function environmentIn(node: SourceNode | undefined): Readonly<Record<string, string>> {
  if (node?.kind === 'list')
    return Object.fromEntries(
      node.items.flatMap((item) => {
        const name = scalarText(valueAt(item, 'name'));
        const value = valueAt(item, 'value');
        return name === undefined || value?.kind !== 'scalar' ? [] : [[name, String(value.value ?? '')]];
      }),
    );
  if (node?.kind !== 'map') return {};
  return Object.fromEntries(
    node.entries.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key, String(value.value ?? '')]] : [])),
  );
}

/** What becomes of an action that a step uses; nothing to tell of one that any workflow needs. */
function actionOf(uses: string): { readonly what: string; readonly why: string } | undefined {
  const [name = ''] = uses.split('@');
  if (/^actions\/(checkout|setup-\w+|cache)$/i.test(name)) return undefined;
  const what = `uses: ${/^[\w./-]{1,80}$/.test(name) ? name : 'an action'}`;
  const why = Object.entries(actions).find(([part]) => name.toLowerCase().includes(part))?.[1];
  return { what, why: why ?? 'it is no call of Custom Speech: keep it in the workflow that calls `speechops run`' };
}

const actions: Readonly<Record<string, string>> = {
  'azure/cli':
    'a run keeps what it measured in results.json (docs/results.md): keep in the workflow what else you need of it',
  'azure/login': 'keep it in the workflow that calls `speechops run`, which signs in as it does',
  gitversion: '`release` of a `swap` keeps what an endpoint serves, and why, in a file of the repository',
  release: '`release` of a `swap` keeps what an endpoint serves, and why, in a file of the repository',
};
