import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'cdktf';
import { formatDiagnostics } from '../workflows/language/format-diagnostics.ts';
import { buildStacks } from './build-stacks.ts';
import { lockedProviders } from './locked-providers.ts';
import { installProvider } from './provider/install-provider.ts';

/** What exists in Azure: run by `cdktf synth` and `cdktf deploy` through cdktf.json. Gives the exit status. */
async function main(): Promise<number> {
  const file = process.env['SPEECHOPS_ENVIRONMENTS'] ?? 'environment.yaml';
  const text = readDocumentText(file);
  const app = new App();
  const { stacks, diagnostics } = buildStacks(app, { text, path: file });
  process.stderr.write(formatDiagnostics(diagnostics, { sources: { [file]: text }, color: process.stderr.isTTY }));
  if (diagnostics.some(({ severity }) => severity === 'error')) return 1;
  app.synth();
  for (const stack of stacks.filter(({ customSpeech }) => customSpeech !== undefined)) {
    await installProvider(path.join(app.outdir, 'stacks', stack.node.id), { locked: lockedProviders(stack) });
  }
  return 0;
}

function readDocumentText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing
      ? 'there is no such file, write one or name another with SPEECHOPS_ENVIRONMENTS'
      : String(error);
    throw new Error(`Cannot read ${file}: ${reason}`, { cause: error });
  }
}

// What the validation of constructs finds arrives as an error, too: its text is meant for people, its stack is not.
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
