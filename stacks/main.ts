import { readFileSync } from 'node:fs';
import { App } from 'cdktf';
import { formatDiagnostics } from '../workflows/language/format-diagnostics.ts';
import { buildStacks } from './build-stacks.ts';

/** What exists in Azure: run by `cdktf synth` and `cdktf deploy` through cdktf.json. Gives the exit status. */
function main(): number {
  const path = process.env['SPEECHOPS_ENVIRONMENTS'] ?? 'environment.yaml';
  const text = readDocumentText(path);
  const app = new App();
  const { diagnostics } = buildStacks(app, { text, path });
  process.stderr.write(formatDiagnostics(diagnostics, { sources: { [path]: text }, color: process.stderr.isTTY }));
  if (diagnostics.some(({ severity }) => severity === 'error')) return 1;
  app.synth();
  return 0;
}

function readDocumentText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing
      ? 'there is no such file, write one or name another with SPEECHOPS_ENVIRONMENTS'
      : String(error);
    throw new Error(`Cannot read ${path}: ${reason}`, { cause: error });
  }
}

// What the validation of constructs finds arrives as an error, too: its text is meant for people, its stack is not.
try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
