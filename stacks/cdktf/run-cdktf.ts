import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { escapeLines } from '../../workflows/document/quote-name.ts';
import { purgeCommand, type RefusedPurge, refusedPurges } from './purge-account.ts';

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
  /** Purges an account that was deleted; rejects when Azure refuses. */
  readonly purge: (account: RefusedPurge) => Promise<void>;
  /** How long to wait before each further attempt. @default half a minute, one, two, and four */
  readonly pausesSeconds?: readonly number[];
}

/**
 * Runs CDKTF's command line in this terminal, and answers its exit status. A deployment that Azure has refused because the
 * account was not ready for a private endpoint yet (AccountProvisioningStateInvalid, which Terraform cannot try again, and
 * which comes also when the account says that it has Succeeded: azurerm issue 31712) is tried again after a while. A
 * destruction after which Azure refuses to purge the account goes on with the purge, which Terraform would forget.
 */
export async function runCdktf(options: CdktfOptions): Promise<number> {
  const { args, env } = options;
  const isDeployment = args[0] === 'deploy' || args[0] === 'apply';
  const isDestruction = args[0] === 'destroy';
  // Whoever has Terraform log something looks into it himself.
  if (!(isDeployment || isDestruction) || env['TF_LOG'] !== undefined || env['TF_LOG_PATH'] !== undefined)
    return await runOnce(options);
  const log = path.join(tmpdir(), `speechops-terraform-${randomUUID()}.log`);
  const attempt = { ...options, log, env: { ...env, TF_LOG: 'ERROR', TF_LOG_PATH: log } };
  try {
    return isDeployment ? await deploy(attempt) : await destroy(attempt);
  } finally {
    await rm(log, { force: true });
  }
}

interface Attempt extends CdktfOptions {
  /** Where Terraform writes what goes wrong. */
  readonly log: string;
}

const usualPauses = [30, 60, 120, 240];

async function deploy(attempt: Attempt): Promise<number> {
  const { say, signal, log, pausesSeconds = usualPauses } = attempt;
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
}

/** Once the account is purged, what is left is destroyed, too: the purge was what has stopped Terraform. */
async function destroy(attempt: Attempt): Promise<number> {
  const { say, signal, log } = attempt;
  const status = await runOnce(attempt);
  const refused = refusedPurges(await readLog(log));
  if (refused.length === 0) return status;
  for (const account of refused) {
    const trouble = await purgeLater(account, attempt);
    if (trouble !== undefined) {
      say(
        escapeLines(
          `${account.name} is deleted and not purged (${trouble}), and Terraform forgets that: its name stays taken for 48 hours, unless somebody purges it with\n  ${purgeCommand(account)}`,
        ),
      );
      return status === 0 ? 1 : status;
    }
    say(`Purged ${account.name}`);
  }
  if (status === 0 || signal.aborted) return status;
  say('Destroying what is left');
  return await runOnce(attempt);
}

/** What Azure said at last; nothing once the account is purged. Azure refuses while it still deletes the account. */
async function purgeLater(
  account: RefusedPurge,
  { say, signal, purge, pausesSeconds = usualPauses }: Attempt,
): Promise<string | undefined> {
  let trouble = '';
  for (const seconds of pausesSeconds) {
    say(`Azure does not purge ${account.name} yet: trying again in ${Math.round(seconds)} s`);
    await setTimeout(seconds * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 'stopped';
    try {
      await purge(account);
      return undefined;
    } catch (error) {
      trouble = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      if ((error as { readonly statusCode?: unknown }).statusCode !== 409) return trouble;
    }
  }
  return trouble;
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
