import { hostname, userInfo } from 'node:os';
import type { ResultsMade } from '../../schemas/types.gen.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { git } from './git.ts';
import type { Io } from './session.ts';

/**
 * Who makes a document, where and from which commit, as far as the machine tells it: as a job of GitHub, Azure Pipelines or GitLab, by their
 * variables, else by the user and the name of the machine. The commit is that of the current folder, with `-dirty` behind it where files
 * are changed.
 */
export async function madeHere({ cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<Omit<ResultsMade, 'finishedAt'>> {
  const variable = (...names: readonly string[]): string | undefined =>
    names.map((name) => (env[name] ?? '').trim()).find((value) => value !== '');
  const commit =
    (await said(['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], cwd)) ??
    variable('GITHUB_SHA', 'BUILD_SOURCEVERSION', 'CI_COMMIT_SHA');
  const branch =
    variable('GITHUB_HEAD_REF', 'GITHUB_REF_NAME', 'BUILD_SOURCEBRANCHNAME', 'CI_COMMIT_REF_NAME') ??
    (await said(['branch', '--show-current'], cwd));
  return {
    program: `speechops ${packageFile.version}`,
    by: variable('SPEECHOPS_USER', 'GITHUB_ACTOR', 'BUILD_REQUESTEDFOR', 'GITLAB_USER_LOGIN') ?? userName(env),
    host: jobOf(variable) ?? hostname(),
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined ? {} : { branch }),
  };
}

function jobOf(variable: (...names: readonly string[]) => string | undefined): string | undefined {
  const [github, azure, gitlab] = [variable('GITHUB_RUN_ID'), variable('BUILD_BUILDID'), variable('CI_JOB_ID')];
  if (github !== undefined) {
    const place = `${variable('GITHUB_REPOSITORY') ?? ''} run ${github}`.trim();
    return `GitHub Actions, ${place}${variable('GITHUB_JOB') === undefined ? '' : `, job ${variable('GITHUB_JOB')}`}`;
  }
  if (azure !== undefined) return `Azure Pipelines, build ${azure}`;
  return gitlab === undefined ? undefined : `GitLab, job ${gitlab}`;
}

function userName(env: Io['env']): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user that has no name.
    return env['USER'] ?? 'unknown';
  }
}

/** What Git says in one line; undefined without a repository, a commit or Git. */
async function said(args: readonly string[], cwd: string): Promise<string | undefined> {
  const text = await git(args, { cwd, milliseconds: 10_000 }).catch(() => undefined);
  const line = text?.toString('utf8').trim() ?? '';
  return line === '' ? undefined : line;
}
