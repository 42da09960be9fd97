import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'cdktf';
import { formatDiagnostics } from '../workflows/document/format-diagnostics.ts';
import { escapeLines } from '../workflows/document/quote-name.ts';
import { buildStacks } from './build-stacks.ts';
import { lockedProviders } from './locked-providers.ts';
import { installProvider } from './provider/install-provider.ts';
import { removeOldStacks, withdrawStacks } from './stack-folders.ts';

/** What exists in Azure: run by `cdktf synth` and `cdktf deploy` through cdktf.json. Gives the exit status. */
async function main(outdir: string): Promise<number> {
  const named = process.env['SPEECHOPS_ENVIRONMENTS'] ?? '';
  const file = named === '' ? 'environment.yaml' : named;
  const text = readDocumentText(file);
  makeFolder(path.join(outdir, 'stacks'));
  const app = new App({ outdir });
  const { stacks, diagnostics, counts } = buildStacks(app, { text, path: file });
  process.stderr.write(
    formatDiagnostics(diagnostics, {
      sources: { [file]: text },
      omitted: counts.errors + counts.warnings - diagnostics.length,
      color: process.stderr.isTTY && !process.env['NO_COLOR'],
    }),
  );
  if (diagnostics.some(({ severity }) => severity === 'error')) return 1;
  app.synth();
  for (const stack of stacks.filter(({ customSpeech }) => customSpeech !== undefined)) {
    await installProvider(path.join(app.outdir, 'stacks', stack.node.id), { locked: lockedProviders(stack) });
  }
  const names = stacks.map(({ node }) => node.id);
  const { removed, kept } = removeOldStacks(app.outdir, names);
  for (const folder of removed)
    say(
      `Removed ${folder}: ${file} has no such environment any more; what it made in Azure is still there until the environment is written again and destroyed`,
    );
  for (const folder of kept)
    say(
      `Destroy what ${folder} has made and delete the folder: ${file} has no such environment any more, ${stateHeld}`,
    );
  return 0;
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

const { CDKTF_OUTDIR: outdir = 'cdktf.out' } = process.env;
// What the validation of constructs finds arrives as an error, too: its text is meant for people, its stack is not.
try {
  process.exitCode = await main(outdir);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
if (process.exitCode !== 0) withdraw(outdir);
