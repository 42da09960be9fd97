import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { escapeLines } from '../../workflows/document/quote-name.ts';
import { purgeAccount, type RefusedPurge } from './purge-account.ts';
import { fetchCdktf } from './fetch-cdktf.ts';
import { runCdktf } from './run-cdktf.ts';

/** `speechops-stacks cdktf …`: CDKTF's command line, without installing it. Gives the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const { env } = process;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const isAboutStacks = ['synth', 'deploy', 'apply', 'diff', 'plan', 'destroy', 'output', 'list'].includes(
    args[0] ?? '',
  );
  if (isAboutStacks && !existsSync('cdktf.json')) throw new UsageError(noProject);
  const terraform = env['TERRAFORM_BINARY_NAME'] || 'terraform';
  const runsTerraform = isAboutStacks && !['synth', 'list'].includes(args[0] ?? '');
  if (runsTerraform && spawnSync(terraform, ['version'], { stdio: 'ignore' }).error !== undefined)
    throw new UsageError(
      `Install Terraform 1.5 or newer: cdktf ${args[0]} runs it, and there is no ${terraform} on PATH`,
    );
  const named = env['SPEECHOPS_CDKTF'];
  const command: readonly [string, ...string[]] =
    named === undefined || named === '' ? [process.execPath, await fetchCdktf({ say, env })] : [named];
  const stop = new AbortController();
  // The command itself ends in good order, and is not begun again.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  return await runCdktf({ command, args, env, say, purge, signal: stop.signal });
}

async function purge(account: RefusedPurge): Promise<void> {
  // It takes a while to load, and a purge is rarely refused.
  const { DefaultAzureCredential } = await import('@azure/identity');
  await purgeAccount(account, { credential: new DefaultAzureCredential() });
}

const noProject = `Go to the folder of cdktf.json, or write one beside environment.yaml:
  {
    "language": "typescript",
    "app": "node node_modules/speechops/bin/speechops-stacks.js",
    "projectId": "my-speech",
    "sendCrashReports": "false"
  }`;

/** What whoever calls this has to mend first. */
class UsageError extends Error {}

try {
  process.exitCode = await main(process.argv.slice(3));
} catch (error) {
  process.stderr.write(`error: ${escapeLines(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 3;
}
