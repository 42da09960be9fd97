import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { load } from 'js-yaml';
import { type Machine, openMachine, type Project } from './machine.ts';

const root = path.join(import.meta.dirname, '../../..');

/** What a job of GitHub Actions begins with. */
export interface Started {
  readonly project: Project;
  readonly branch: string;
  readonly github: Readonly<Record<string, unknown>> & { readonly event: object; readonly event_name: string };
  readonly vars: Readonly<Record<string, string>>;
  readonly needs?: Readonly<Record<string, { readonly outputs: Readonly<Record<string, string>> }>>;
  /** Variables of the machine, as the address of the API. */
  readonly env: Readonly<Record<string, string>>;
  /** Where artifacts of the workflow's run are, each a folder. */
  readonly artifacts: string;
}

export interface Job {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  /** What all scripts have printed. */
  readonly log: string;
  /** What they left for the summary of the job. */
  readonly summary: string;
}

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, unknown>>;
}

interface JobDefinition {
  readonly if?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/**
 * Does a job of a workflow on a machine of its own: its conditions, expressions and `run:` blocks as GitHub does, those of the action
 * of this package, too. Of other actions those that keep and fetch artifacts are done, the rest is taken as done.
 */
export async function runJob(workflow: string, name: string, started: Started): Promise<Job> {
  const text = await readFile(path.join(root, 'examples/ci/github', workflow), 'utf8');
  const job = (load(text) as { readonly jobs: Readonly<Record<string, JobDefinition>> }).jobs[name];
  if (job === undefined) throw new Error(`${workflow} has no job ${name}`);
  const { github, vars, needs = {} } = started;
  const contexts = { github, vars, needs };
  if (job.if !== undefined && !isTrue(job.if, { contexts, hasFailed: false }))
    return { result: 'skipped', outputs: {}, log: '', summary: '' };
  const machine = await openMachine(started.project, started.branch);
  const files = {
    output: path.join(machine.folder, '..', 'output'),
    summary: path.join(machine.folder, '..', 'summary'),
  };
  await writeFile(files.summary, '');
  const run: JobRun = { started, machine, files, log: '', hasFailed: false };
  const env = texts(job.env, contexts);
  const steps = await runSteps(job.steps, run, { contexts: { ...contexts, env }, env });
  return {
    result: run.hasFailed ? 'failure' : 'success',
    outputs: texts(job.outputs, { ...contexts, steps }),
    log: run.log,
    summary: await readFile(files.summary, 'utf8'),
  };
}

interface JobRun {
  readonly started: Started;
  readonly machine: Machine;
  readonly files: { readonly output: string; readonly summary: string };
  log: string;
  hasFailed: boolean;
}

type Contexts = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;
interface Scope {
  readonly contexts: Contexts;
  readonly env: Texts;
}

/** The outputs of the steps that have an id. */
async function runSteps(steps: readonly Step[], run: JobRun, { contexts, env }: Scope): Promise<Contexts> {
  const done: Record<string, { readonly outputs: Texts }> = {};
  for (const step of steps) {
    const seen = { ...contexts, steps: done };
    if (!isTrue(step.if ?? 'success()', { contexts: seen, hasFailed: run.hasFailed })) continue;
    const outputs = await runStep(step, run, { contexts: seen, env: { ...env, ...texts(step.env, seen) } });
    if (step.id !== undefined) done[step.id] = { outputs };
  }
  return done;
}

async function runStep(step: Step, run: JobRun, scope: Scope): Promise<Texts> {
  const { uses = '' } = step;
  const given = texts(step.with, scope.contexts);
  if (step.run !== undefined) return await runScript(step, run, scope);
  if (uses === './node_modules/speechops') return await runAction(given, run, scope);
  const [action = ''] = uses.split('@');
  const { artifacts } = run.started;
  if (action === 'actions/upload-artifact') return await upload(given, { artifacts, folder: run.machine.folder });
  if (action === 'actions/download-artifact')
    await cp(path.join(artifacts, given['name'] ?? ''), run.machine.folder, { recursive: true });
  return {};
}

async function runScript({ run: script = '', shell }: Step, run: JobRun, { env }: Scope): Promise<Texts> {
  const { started, machine, files } = run;
  await writeFile(files.output, '');
  const { code, output } = await machine.bash(script, {
    strict: shell === 'bash',
    env: { ...started.env, GITHUB_OUTPUT: files.output, GITHUB_STEP_SUMMARY: files.summary, ...env },
  });
  run.log += output;
  if (code !== 0) run.hasFailed = true;
  const lines = (await readFile(files.output, 'utf8')).split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]));
}

/** The action of the package, which `npm ci` has put where the workflow says. */
async function runAction(given: Texts, run: JobRun, { contexts, env }: Scope): Promise<Texts> {
  const file = path.join(run.machine.folder, 'node_modules/speechops/action.yml');
  const { inputs, outputs, runs } = load(await readFile(file, 'utf8')) as Action;
  const unknown = Object.keys(given).filter((name) => !(name in inputs));
  if (unknown.length > 0) throw new Error(`The action has no inputs ${unknown.join(', ')}`);
  const defaults = texts(
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? ''])),
    {
      github: contexts['github'],
    },
  );
  const inner = { github: contexts['github'], inputs: { ...defaults, ...given } };
  const steps = await runSteps(runs.steps, run, { contexts: inner, env });
  return texts(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])), {
    ...inner,
    steps,
  });
}

/** As actions/upload-artifact does: one file by its own name, or files and folders under the name that is given. */
async function upload(given: Texts, { artifacts, folder }: { readonly artifacts: string; readonly folder: string }) {
  const paths = (given['path'] ?? '').split('\n').filter((line) => line.trim() !== '');
  const isArchive = given['archive'] !== 'false';
  const [first = ''] = paths;
  if (!isArchive && paths.length !== 1) throw new Error('One file alone is uploaded without an archive');
  const name = isArchive ? (given['name'] ?? 'artifact') : path.basename(first);
  const place = path.join(artifacts, name);
  if (given['overwrite'] === 'true') await rm(place, { recursive: true, force: true });
  await mkdir(artifacts, { recursive: true });
  await mkdir(place);
  for (const one of paths) {
    const found = await stat(path.join(folder, one)).catch(() => undefined);
    if (found === undefined) continue;
    if (one.startsWith('.') && given['include-hidden-files'] !== 'true') throw new Error(`${one} would be left out`);
    // Of a folder its content; the action has the ancestor that all paths share as the root.
    await cp(path.join(folder, one), found.isDirectory() ? place : path.join(place, one), { recursive: true });
  }
  return { 'artifact-url': `https://example.com/acme/wards/actions/runs/7/artifacts/${name}` };
}

function texts(values: Readonly<Record<string, unknown>> | undefined, contexts: Contexts): Texts {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [
      name,
      String(value).replaceAll(/\$\{\{([^]*?)\}\}/g, (_, source: string) =>
        evaluated(source, { contexts, hasFailed: false }).coerceString(),
      ),
    ]),
  );
}

interface Circumstances {
  readonly contexts: Contexts;
  readonly hasFailed: boolean;
}

/** A condition holds after a failure only where it asks for the state of the job itself. */
function isTrue(condition: string, of: Circumstances): boolean {
  const source = /^\$\{\{([^]*)\}\}$/.exec(condition.trim())?.[1] ?? condition;
  const asks = /\b(?:success|failure|always|cancelled)\(\)/.test(source);
  const value = evaluated(asks ? source : `success() && (${source})`, of);
  return !['', 'false', '0'].includes(value.coerceString());
}

function evaluated(source: string, { contexts, hasFailed }: Circumstances): data.ExpressionData {
  const states = { success: !hasFailed, failure: hasFailed, always: true, cancelled: false };
  const functions = Object.entries(states).map(([name, value]) => {
    return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) };
  });
  const { tokens } = new Lexer(source.trim()).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(tree, known, new Map(functions.map((one) => [one.name, one]))).evaluate();
}
