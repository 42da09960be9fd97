import { dump } from 'js-yaml';
import { escapeControls } from '../document/quote-name.ts';
import { MAX_CHARACTERS } from '../document/yaml/read-document.ts';
import { Marks, unmarked } from './text-marks.ts';
import { MigratedValues, slugOf } from './migrated-values.ts';
import type { MigrationNote, OldCall } from './old-call.ts';
import { readRequest, requestsIn } from './rest-call.ts';
import { readWorkflow, type ScriptBlock } from './script-blocks.ts';
import { isLocale, stepsOfCalls } from './steps-of-calls.ts';
import { type ScriptState, traceScript } from './trace-script.ts';

/** A file of before, as it was read. */
export interface OldFile {
  readonly name: string;
  readonly text: string;
}

export interface Migrated {
  /** Absent when no call became a step. */
  readonly pipeline?: { readonly name: string; readonly content: string };
  /** What became of everything, in the order of the files. */
  readonly notes: readonly MigrationNote[];
  /** Files that could not be read at all, and why. */
  readonly faults: readonly { readonly file: string; readonly reason: string }[];
}

export interface MigrateOptions {
  /** Of the pipeline. @default from the name of the first file */
  readonly name?: string | undefined;
  /** @default what the files say */
  readonly locale?: string | undefined;
  /** From the folder of the pipeline to the one that paths in the files begin in. */
  readonly dataRoot: string;
}

/**
 * One pipeline of the calls in files of before: workflows, scripts with `spx csr` and REST calls of version 3.x, and .http
 * files. Executes nothing and copies no secret; what it could not carry over is in the notes.
 */
export function migrateFiles(files: readonly OldFile[], options: MigrateOptions): Migrated {
  const marks = new Marks();
  const calls: OldCall[] = [];
  const notes: MigrationNote[] = [];
  const faults: { file: string; reason: string }[] = [];
  let gate: { file: string; line: number } | undefined;
  let locale = options.locale;
  const bodies = files.filter(({ name }) => isBody(name));
  const written = bodies.flatMap(({ name, text }) =>
    [name, name.replace(/^[^]*\//, '')].map((one) => [one, unmarked(text)] as const),
  );
  for (const { name: file, text } of files.filter(({ name }) => !isBody(name))) {
    const reason = whyUnreadable(text);
    const state: ScriptState = { file, marks, calls, notes, variables: new Map(), files: new Map(written) };
    const fault = reason ?? readFile(unmarked(text), state);
    if (fault !== undefined) faults.push({ file, reason: fault });
    if (state.gate !== undefined) gate ??= { file, line: state.gate };
    locale ??= [...state.variables].find(([name, value]) => /locale|language/i.test(name) && isLocale(value))?.[1];
    if (calls.length > MAX_CALLS) {
      faults.push({ file, reason: `it has more than ${MAX_CALLS} calls: give it in parts` });
      break;
    }
  }
  if (faults.length > 0) return { notes, faults };
  const values = new MigratedValues(marks, options);
  const [firstFile] = files;
  const pipelineName =
    options.name ?? (slugOf(firstFile?.name.replace(/^[^]*[/\\]/, '').replace(/\.\w+$/, '') ?? '') || 'migrated');
  const said = options.locale ?? calls.map((call) => call.settings.locale ?? '').find(isLocale) ?? locale;
  const made = stepsOfCalls(calls, { values, name: pipelineName, locale: said ?? 'en-US', gate });
  const all = [...notes, ...values.notes, ...made.notes, ...notesOfPlace(calls)];
  const [first] = calls;
  if (said === undefined && first !== undefined)
    all.push({
      file: first.file,
      line: first.line,
      outcome: 'left',
      what: 'the locale',
      why: 'no call says it, and the Speech CLI took en-US: look whether that is so',
    });
  const order = new Map(files.map(({ name }, index) => [name, index]));
  const sorted = distinct(all).toSorted(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line,
  );
  if (made.steps.length === 0) return { notes: sorted, faults };
  const document = {
    name: pipelineName,
    locale: said ?? 'en-US',
    ...(made.project === undefined ? {} : { project: made.project }),
    ...(values.inputs.size === 0 ? {} : { inputs: Object.fromEntries(values.inputs) }),
    ...(values.env.size === 0 ? {} : { env: Object.fromEntries(values.env) }),
    concurrency: pipelineName,
    steps: made.steps,
  };
  const names = files.map((file) => escapeControls(file.name)).join(', ');
  const header = `# yaml-language-server: $schema=../node_modules/speechops/schemas/pipeline.schema.json\n\n# Written by \`speechops migrate\` of ${names}. What it could not carry over, it has listed.\n`;
  return {
    pipeline: { name: pipelineName, content: header + dump(document, { lineWidth: -1, noRefs: true }) },
    notes: sorted,
    faults,
  };
}

const MAX_CALLS = 1000;

/** Bodies of requests are read where a call names them. */
function isBody(name: string): boolean {
  return /\.json$/i.test(name);
}

function whyUnreadable(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) return `it has more than ${MAX_CHARACTERS} characters`;
  return /[\0\uFFFE\uFFFF]/.test(text) ? 'it is no text' : undefined;
}

/** Reads a file by its name, and a text that says what it is. Answers why it cannot be read. */
function readFile(text: string, state: ScriptState): string | undefined {
  const { file, marks, calls, notes } = state;
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (/\.(http|rest)$/i.test(file)) {
    const named = new Map<string, string>();
    const variable = (name: string): string =>
      named.get(name.replace(/\..*$/s, '')) ?? marks.text({ kind: 'unknown', name });
    requestsIn(
      source,
      (request, { line, name }) => {
        const read = readRequest(request, { place: { file, line }, marks, fileText: () => undefined });
        if (read.call !== undefined) calls.push(read.call);
        notes.push(...read.notes);
        if (name !== undefined) named.set(name, read.output);
      },
      variable,
    );
    return undefined;
  }
  if (!/\.ya?ml$/i.test(file)) {
    traceScript(source, state, { firstLine: 1 });
    return undefined;
  }
  const workflow = readWorkflow(source, file);
  if ('fault' in workflow) return workflow.fault;
  for (const other of workflow.others) notes.push({ file, outcome: 'left', ...other });
  for (const block of workflow.blocks) readBlock(block, state);
  return undefined;
}

function readBlock({ script, firstLine, env, condition }: ScriptBlock, state: ScriptState): void {
  for (const [name, value] of Object.entries(env)) {
    const isExpression = value.includes('${{');
    if (!isExpression) state.variables.set(name, value);
  }
  const before = state.calls.length;
  traceScript(script, state, { firstLine });
  if (condition === undefined || state.calls.length === before || isKnown(condition.text, state)) return;
  state.notes.push({
    file: state.file,
    line: condition.line,
    outcome: 'left',
    what: 'the condition of a step',
    why: 'it is not read: write it as `if` of the step, where it still matters',
  });
}

/** Whether a condition only asks that variables whose values are known are not empty. */
function isKnown(condition: string, { variables }: ScriptState): boolean {
  const parts = condition.replaceAll(/\$\{\{|\}\}/g, '').split('&&');
  return parts.every((part) => variables.has(/^\s*env\.(\w+)\s*(?:!=\s*'')?\s*$/.exec(part)?.[1] ?? ''));
}

/** The base URLs that calls were sent to are told once. */
function notesOfPlace(calls: readonly OldCall[]): readonly MigrationNote[] {
  const [first, ...others] = [
    ...new Map(calls.filter(({ host }) => host !== undefined).map((call) => [call.host, call])).values(),
  ];
  if (first === undefined) return [];
  const why = 'the environment says it: set SPEECHOPS_ENDPOINT to the base URL, or write `resource`';
  const several =
    'calls go to several resources, and a pipeline without a matrix has one: look which calls belong together';
  return [
    { file: first.file, line: first.line, outcome: 'left', what: 'the Speech resource', why },
    ...others.map(({ file, line }) => ({
      file,
      line,
      outcome: 'left' as const,
      what: 'another Speech resource',
      why: several,
    })),
  ];
}

/** The same said of one file twice is told at its first place; what was carried is told of each. */
function distinct(notes: readonly MigrationNote[]): readonly MigrationNote[] {
  const known = new Set<string>();
  return notes.filter(({ file, outcome, what, why }) => {
    const key = JSON.stringify([file, outcome, what, why]);
    return outcome === 'carried' || (!known.has(key) && known.add(key) !== undefined);
  });
}
