import { createHash, randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

export interface FetchOptions {
  /** Told what takes a while, and what npm says when it fails. */
  readonly say: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The file of CDKTF's command line, for Node to run: fetched from npm when this user has not fetched this version yet, by
 * the lock file in `cli/`. It is 260 MB and no dependency, so it lies in the user's cache (XDG_CACHE_HOME, else ~/.cache).
 * Throws an error that says what to do when npm cannot fetch it.
 */
export async function fetchCdktf({ say, env }: FetchOptions): Promise<string> {
  const { folder, executable } = cdktfPlace(env);
  if (existsSync(executable)) return executable;
  say(`Fetching cdktf-cli ${version} into ${folder} (260 MB, once) …`);
  await mkdir(path.dirname(folder), { recursive: true });
  // What was cut off is not taken for the whole, and two that fetch it do not disturb each other.
  const making = `${folder}.${randomUUID()}`;
  try {
    await mkdir(making);
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(path.join(described, file), path.join(making, file));
    await install(making, env);
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(executable)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return executable;
}

/** Where this user's copy of the command line is, or will be. */
export function cdktfPlace(env: NodeJS.ProcessEnv): { readonly folder: string; readonly executable: string } {
  const lock = readFileSync(path.join(described, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const cache = env['XDG_CACHE_HOME'] || path.join(env['HOME'] ?? homedir(), '.cache');
  const folder = path.join(cache, 'speechops', `cdktf-cli-${version}-${digest}`);
  return { folder, executable: path.join(folder, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf') };
}

const version = '0.21.0';

/** In a clone `stacks/cdktf/cli`, which lies there in the npm package, too, while this file is under `dist`. */
const described = [new URL('cli/', import.meta.url), new URL('../../../stacks/cdktf/cli/', import.meta.url)]
  .map(({ pathname }) => decodeURIComponent(pathname))
  .find((folder) => existsSync(folder)) as string;

async function install(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const npm = spawn('npm', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(npm, 'close').catch((error: unknown) => [error])) as [unknown];
  if (code === 0) return;
  const why = code instanceof Error ? code.message : output.trim();
  throw new Error(
    `Let npm reach its registry, or name a cdktf-cli ${version} that is installed with SPEECHOPS_CDKTF: npm could not fetch it\n${why}`,
  );
}
