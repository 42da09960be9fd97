import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface CdktfOptions {
  /** What is run, and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** @default that of this process */
  readonly cwd?: string;
  readonly say: (text: string) => void;
  /** Aborted by Ctrl-C: nothing is tried again. */
  readonly signal: AbortSignal;
  /** How long to wait before each further attempt. @default half a minute, one, two, and four */
  readonly pausesSeconds?: readonly number[];
}

/**
 * Runs CDKTF's command line in this terminal, and answers its exit status. A deployment that Azure has refused because the
 * account was not ready for a private endpoint yet (AccountProvisioningStateInvalid, which Terraform cannot try again, and
 * which comes also when the account says that it has Succeeded: azurerm issue 31712) is tried again after a while.
 */
export async function runCdktf(options: CdktfOptions): Promise<number> {
  const { args, env, say, signal, pausesSeconds = [30, 60, 120, 240] } = options;
  const isDeployment = args[0] === 'deploy' || args[0] === 'apply';
  // Whoever has Terraform log something looks into it himself.
  if (!isDeployment || env['TF_LOG'] !== undefined || env['TF_LOG_PATH'] !== undefined) return await runOnce(options);
  const log = path.join(tmpdir(), `speechops-terraform-${randomUUID()}.log`);
  const attempt = { ...options, env: { ...env, TF_LOG: 'ERROR', TF_LOG_PATH: log } };
  try {
    for (const seconds of pausesSeconds) {
      const status = await runOnce(attempt);
      if (status === 0 || signal.aborted || !(await readLog(log)).includes(notReady)) return status;
      await rm(log, { force: true });
      const pause = seconds * (0.9 + Math.random() / 5);
      say(`The account takes no private endpoint yet (${notReady}): deploying again in ${Math.round(pause)} s`);
      await setTimeout(pause * 1000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return status;
    }
    return await runOnce(attempt);
  } finally {
    await rm(log, { force: true });
  }
}

const notReady = 'AccountProvisioningStateInvalid';

async function runOnce({ command: [program, ...first], args, env, cwd }: CdktfOptions): Promise<number> {
  const child = spawn(program, [...first, ...args], {
    // Its own default tells HashiCorp of every synthesis; the app and the provider are to run on this Node.
    env: { CHECKPOINT_DISABLE: '1', ...env, PATH: [path.dirname(process.execPath), env['PATH']].join(path.delimiter) },
    stdio: 'inherit',
    ...(cwd === undefined ? {} : { cwd }),
  });
  // A terminal sends Ctrl-C to the child itself; everything else is sent to this process alone.
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  const signals = ['SIGTERM', ...(process.stdin.isTTY ? [] : (['SIGINT'] as const))] as const;
  for (const name of signals) process.on(name, passOn);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Correct SPEECHOPS_CDKTF: ${program} cannot be run (${reason})`, { cause: error });
  } finally {
    for (const name of signals) process.off(name, passOn);
  }
}

async function readLog(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '');
}
