import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * What Git prints. Rejects with its own message where it fails, is not there, or takes longer. Commands that a repository may name
 * for a monitor or for showing differences are not run.
 */
export async function git(
  args: readonly string[],
  { cwd, milliseconds = 120_000 }: { readonly cwd: string; readonly milliseconds?: number },
): Promise<Buffer> {
  const { stdout } = await promisify(execFile)('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd,
    // Nobody would see that it asks for a password.
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
    timeout: milliseconds,
    encoding: 'buffer',
    maxBuffer: mostBytes,
  });
  return stdout;
}

const mostBytes = 1024 ** 3;
