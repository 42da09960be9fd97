import { readFileSync } from 'node:fs';
import { App } from 'cdktf';
import { formatDiagnostics } from '../workflows/language/format-diagnostics.ts';
import { buildStacks } from './build-stacks.ts';

/** What exists in Azure: run by `cdktf synth` and `cdktf deploy` through cdktf.json. */
function main(): number {
  const path = process.env['SPEECHOPS_ENVIRONMENTS'] ?? 'environment.yaml';
  const text = readFileSync(path, 'utf8');
  const app = new App();
  const { diagnostics } = buildStacks(app, { text, path });
  process.stderr.write(formatDiagnostics(diagnostics, { sources: { [path]: text }, color: process.stderr.isTTY }));
  if (diagnostics.some(({ severity }) => severity === 'error')) return 1;
  app.synth();
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
