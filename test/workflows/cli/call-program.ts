import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Called, CallOptions } from './call-main.ts';

const program = path.join(import.meta.dirname, '../../../bin/speechops.js');

/**
 * Calls the program in a process of its own, as a shell does: the embedded store is opened once in a process, and tests that
 * run pipelines would open it dozens of times in one. Aborting the signal sends SIGINT.
 */
export async function callProgram(args: readonly string[], options: CallOptions): Promise<Called> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.signal?.addEventListener('abort', () => child.kill('SIGINT'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onError?.(text);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code: code as Called['code'], stdout, stderr };
}
