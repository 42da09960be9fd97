import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { startGitLab, token } from '../../workflows/hosts/stand-in-gitlab.ts';
import { type Ended, type Machine, makeProject, openMachine, shortPipeline } from './machine.ts';

const file = path.join(import.meta.dirname, '../../../examples/ci/gitlab/.gitlab-ci.yml');
const jobs = load(await readFile(file, 'utf8')) as Readonly<Record<string, Job>>;

interface Job {
  readonly extends?: string;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly allow_failure?: { readonly exit_codes?: number };
  readonly rules?: readonly { readonly if: string }[];
}

it('the jobs of GitLab comment on a merge request, run the plan of the job before, and keep an issue', async () => {
  const project = await makeProject({ pipeline: shortPipeline });
  const emulator = await startEmulator({ speed: 3000 });
  onTestFinished(async () => await emulator.close());
  const { server, notes, issues } = await startGitLab();
  // https://docs.gitlab.com/ci/variables/predefined_variables/, and the key of the emulator in place of Entra ID.
  const env = {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_API_V4_URL: `${server.origin}/api/v4`,
    CI_PROJECT_ID: 'acme/wards',
    CI_JOB_ID: '77',
    CI_JOB_URL: 'https://gitlab.example.com/acme/wards/-/jobs/77',
    GITLAB_TOKEN: token,
    AZURE_ID_TOKEN: 'of the job',
    SPEECHOPS_ENDPOINT: emulator.url,
    SPEECHOPS_KEY: emulator.key,
  };
  const review = await openMachine(project, project.branch);
  expect(await run('lint', review, env)).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(path.join(review.folder, 'lint.json'), 'utf8'))).toEqual([]);
  const planned = await run('plan', await openMachine(project, project.branch), {
    ...env,
    CI_MERGE_REQUEST_IID: '3',
    CI_MERGE_REQUEST_PROJECT_ID: 'acme/wards',
    CI_MERGE_REQUEST_DIFF_BASE_SHA: project.main,
  });
  expect(planned.code, planned.output).toBe(0);
  expect(notes).toMatchObject([{ body: expect.stringContaining('`calls`') }]);

  // Nothing is there yet that the pipeline declares.
  const drift = await run('drift', await openMachine(project, 'main'), env);
  expect(drift.code, drift.output).toBe(jobs['drift']?.allow_failure?.exit_codes);
  expect(issues).toMatchObject([{ state: 'opened' }]);

  const [plans, runs] = [await openMachine(project, 'main'), await openMachine(project, 'main')];
  expect(await run('plan-to-run', plans, env)).toMatchObject({ code: 0 });
  await copyFile(path.join(plans.folder, 'plan.json'), path.join(runs.folder, 'plan.json'));
  const ran = await run('run', runs, env);
  expect(ran.code, ran.output).toBe(0);
  expect(ran.output).toMatch(/go-live +succeeded/);

  const still = await run('drift', await openMachine(project, 'main'), env);
  expect(still.code, still.output).toBe(0);
  expect(issues).toMatchObject([{ state: 'closed' }]);
  expect((await run('lifecycle', await openMachine(project, 'main'), env)).output).toContain('calls');
});

it('no job of GitLab that signs in is one of a merge request from a fork', () => {
  const ofRequests = Object.entries(jobs).filter(
    ([, job]) => job.extends !== undefined && job.rules?.some((rule) => rule.if.includes('merge_request_event')),
  );
  expect(ofRequests.map(([name]) => name)).toEqual(['plan']);
  for (const { if: condition } of jobs['plan']?.rules ?? [])
    expect(condition).toContain('&& $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID');
});

async function run(name: string, machine: Machine, env: Readonly<Record<string, string>>): Promise<Ended> {
  const job = jobs[name];
  const lines = [
    ...(job?.before_script ?? jobs[job?.extends ?? '']?.before_script ?? []),
    ...(job?.script ?? [`echo no job ${name}; exit 70`]),
  ];
  return await machine.bash(lines.join('\n'), { env: { ...env, TMPDIR: path.join(machine.folder, '..') } });
}
