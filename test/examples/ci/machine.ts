import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { callMain } from '../../workflows/cli/call-main.ts';

const root = path.join(import.meta.dirname, '../../..');

export interface Project {
  /** What jobs check out: a repository of one's own, as `speechops init` makes it. */
  readonly repository: string;
  readonly main: string;
  /** A branch with a sentence more to learn from, and its commit. */
  readonly branch: string;
  readonly change: string;
}

/** A pipeline that is done in seconds. */
export const shortPipeline = `name: calls
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: ../data/related-text.txt } }
  - { id: go-live, uses: swap, needs: [text], with: { endpoint: calls, model: base, create: true } }
`;

/** A repository with a commit on `main` and a change on a branch; removed with the test. Its pipeline is that of `init`, or another. */
export async function makeProject({ pipeline }: { readonly pipeline?: string } = {}): Promise<Project> {
  const repository = await temporary('repository');
  const made = await callMain(['init', '--yes', '--name', 'calls'], { cwd: repository });
  if (made.code !== 0) throw new Error(made.stderr);
  if (pipeline !== undefined) await writeFile(path.join(repository, 'pipelines/calls.yaml'), pipeline);
  await git(repository, 'init', '--initial-branch', 'main');
  const main = await commit(repository);
  await git(repository, 'switch', '--quiet', '--create', 'more-text');
  await writeFile(path.join(repository, 'data/related-text.txt'), 'the pharmacy has no tamsulosin today\n', {
    flag: 'a',
  });
  const change = await commit(repository);
  await git(repository, 'switch', '--quiet', 'main');
  return { repository, main, branch: 'more-text', change };
}

/** Commits all that is there, and answers the commit. */
export async function commit(folder: string): Promise<string> {
  const author = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
  await git(folder, 'add', '--all');
  await git(folder, ...author, 'commit', '--quiet', '--message', 'Change');
  return (await git(folder, 'rev-parse', 'HEAD')).trim();
}

export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('git', args, { cwd: folder })).stdout;
}

/** A machine of a CI, which a job begins on with nothing, and which is thrown away. */
export interface Machine {
  readonly folder: string;
  /** Runs a script as a CI does. `env` is all that it sees, beside the PATH and its home. */
  bash(
    script: string,
    options: { readonly env: Readonly<Record<string, string>>; readonly strict?: boolean },
  ): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A machine with a clone of the whole history, at a branch. `npm ci` installs this repository as the package. */
export async function openMachine({ repository }: Project, branch: string): Promise<Machine> {
  const place = await temporary('machine');
  const [folder, home, bin] = ['work', 'home', 'bin'].map((name) => path.join(place, name)) as [string, string, string];
  await git(place, 'clone', '--quiet', '--branch', branch, repository, folder);
  await Promise.all([home, bin].map(async (name) => await mkdir(name)));
  await executable(
    path.join(bin, 'npm'),
    `[ "$1" = ci ] || exit 64
mkdir -p node_modules/.bin
ln -sfn '${root}' node_modules/speechops
ln -sfn '${root}/bin/speechops.js' node_modules/.bin/speechops`,
  );
  await executable(
    path.join(bin, 'npx'),
    `[ "$1 $2" = '--no-install speechops' ] || exit 64
shift 2
exec '${process.execPath}' node_modules/.bin/speechops "$@"`,
  );
  return {
    folder,
    async bash(script, { env, strict = true }) {
      const file = path.join(place, 'script.sh');
      await writeFile(file, script);
      const options = ['--noprofile', '--norc', '-e', ...(strict ? ['-o', 'pipefail'] : [])];
      const child = spawn('bash', [...options, file], {
        cwd: folder,
        env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: home, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject).once('close', resolve);
      });
      return { code, output };
    },
  };
}

async function executable(file: string, script: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

async function temporary(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `speechops-ci-${name}-`));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}
