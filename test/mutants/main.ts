import path from 'node:path';
import { mutantsCommand } from './mutants-command.ts';
import { mutants } from './mutants.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error(`Ended by ${name}: the copy is removed`)));
process.exitCode = await mutantsCommand(process.argv.slice(2), {
  root: path.resolve(import.meta.dirname, '../..'),
  mutants,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  signal: stop.signal,
});
