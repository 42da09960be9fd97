import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { App } from 'cdktf';
import { formatDiagnostics } from '../workflows/document/diagnostics/format-diagnostics.ts';
import { escapeLines } from '../workflows/document/quote-name.ts';
import type { Diagnostic, DiagnosticCounts } from '../workflows/document/diagnostics/diagnostics.ts';
import { buildStacks } from './build-stacks.ts';
import { checkEnvironments } from './check-environments.ts';
import { removeOldStacks, withdrawStacks } from './stack-folders.ts';
import { synthesise } from './synthesise.ts';

interface Options {
  readonly outdir: string;
  readonly check: boolean;
  readonly json: boolean;
}

/** What exists in Azure: run by `cdktf synth` and `cdktf deploy` through cdktf.json. Gives the exit status. */
async function main({ outdir, check, json }: Options): Promise<number> {
  const named = process.env['SPEECHOPS_ENVIRONMENTS'] ?? '';
  const file = named === '' ? 'environment.yaml' : named;
  const text = readDocumentText(file);
  if (check) {
    const { diagnostics, counts } = await checkEnvironments(text, { path: file });
    tell({ file, text, diagnostics, counts, json, stacks: [] });
    return counts.errors > 0 ? 1 : 0;
  }
  makeFolder(path.join(outdir, 'stacks'));
  const app = new App({ outdir });
  const { stacks, diagnostics, counts } = buildStacks(app, { text, path: file });
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    tell({ file, text, diagnostics, counts, json, stacks: [] });
    return 1;
  }
  await synthesise(app);
  const names = stacks.map(({ node }) => node.id);
  tell({
    file,
    text,
    diagnostics,
    counts,
    json,
    stacks: names.map((name) => ({ name, folder: folderOf(outdir, name) })),
  });
  const { removed, kept } = removeOldStacks(app.outdir, names);
  for (const folder of removed)
    say(
      `Removed ${folder}: ${file} has no such environment any more; what it made in Azure is still there until the environment is written again and destroyed`,
    );
  for (const folder of kept)
    say(
      `Destroy what ${folder} has made and delete the folder: ${file} has no such environment any more, ${stateHeld}`,
    );
  // cdktf says itself what comes next, and shows what its app says as a fault.
  if (!json && process.env['CDKTF_OUTDIR'] === undefined) sayNext(names.map((name) => folderOf(outdir, name)));
  return 0;
}

function folderOf(outdir: string, name: string): string {
  return path.join(outdir, 'stacks', name);
}

interface Telling {
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: DiagnosticCounts;
  readonly json: boolean;
  readonly stacks: readonly { readonly name: string; readonly folder: string }[];
}

/** What is wrong for people, or all of it for programs. */
function tell({ file, text, diagnostics, counts, json, stacks }: Telling): void {
  const omitted = counts.errors + counts.warnings - diagnostics.length;
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...counts, omitted, diagnostics, stacks }, undefined, 2)}\n`);
    return;
  }
  const color = process.stderr.isTTY && !process.env['NO_COLOR'];
  process.stderr.write(formatDiagnostics(diagnostics, { sources: { [file]: text }, omitted, color }));
}

function sayNext(folders: readonly string[]): void {
  const [first = ''] = folders;
  const name = path.basename(first);
  process.stdout.write(
    `Wrote ${folders.join(', ')}\nNext: cd ${first} && terraform init && terraform plan, or npx speechops-stacks cdktf deploy ${name}\n`,
  );
}

const stateHeld = 'and Terraform state is in it';

function readDocumentText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`Cannot read ${file}: ${reasonOf(error, unreadable)}`, { cause: error });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Error(`Cannot write stacks to ${folder}: ${reasonOf(error, unwritable)}`, { cause: error });
  }
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file, write one or name another with SPEECHOPS_ENVIRONMENTS',
  EISDIR: 'it is a folder, name a file with SPEECHOPS_ENVIRONMENTS',
  EACCES: 'reading it is not permitted, change its permissions or name another with SPEECHOPS_ENVIRONMENTS',
};

const unwritable: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file in its place, delete that or name another folder with CDKTF_OUTDIR',
  ENOTDIR: 'there is a file in its place, delete that or name another folder with CDKTF_OUTDIR',
  EACCES: 'writing there is not permitted, change its permissions or name another folder with CDKTF_OUTDIR',
};

function reasonOf(error: unknown, reasons: Readonly<Record<string, string>>): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}

/** After a failure: what was synthesised before must not be taken for what the document says now. */
function withdraw(outdir: string): void {
  const { removed, kept } = withdrawStacks(outdir);
  if (removed.length > 0) say(`Nothing is left to apply in ${removed.join(', ')} until this is corrected`);
  for (const folder of kept) say(`Do not apply ${folder}: it is older than the document, ${stateHeld}`);
}

function say(line: string): void {
  process.stderr.write(`${escapeLines(line)}\n`);
}

/** Undefined, and said, when there is something that this does not take. */
function readOptions(): Omit<Options, 'outdir'> | undefined {
  try {
    const options = {
      check: { type: 'boolean', default: false },
      format: { type: 'string', default: 'text' },
    } as const;
    const { check, format } = parseArgs({ options }).values;
    if (format !== 'text' && format !== 'json') throw new Error(`Use text or json for --format: got ${format}`);
    return { check, json: format === 'json' };
  } catch (error) {
    say(`error: ${error instanceof Error ? error.message : String(error)} (see --help)`);
    return undefined;
  }
}

const { CDKTF_OUTDIR: outdir = 'cdktf.out' } = process.env;
const options = readOptions();
// What the validation of constructs finds arrives as an error, too: its text is meant for people, its stack is not.
try {
  process.exitCode = options === undefined ? 2 : await main({ outdir, ...options });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
if (process.exitCode !== 0 && options?.check === false) withdraw(outdir);
