import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { startAzureDevOps, token } from '../../workflows/hosts/stand-in-azure-devops.ts';
import { type Ended, type Machine, makeProject, openMachine, shortPipeline } from './machine.ts';

const file = path.join(import.meta.dirname, '../../../examples/ci/azure-pipelines/azure-pipelines.yml');
const { stages } = load(await readFile(file, 'utf8')) as { readonly stages: readonly Stage[] };

interface Step {
  readonly script?: string;
  readonly inputs?: { readonly inlineScript?: string };
  readonly condition?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly job?: string;
  readonly deployment?: string;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
}
interface Stage {
  readonly stage: string;
  readonly jobs: readonly Job[];
}

it('the jobs of Azure Pipelines comment on a pull request, run the plan of the job before, and keep a work item', async () => {
  const project = await makeProject({ pipeline: shortPipeline });
  const emulator = await startEmulator({ speed: 3000 });
  onTestFinished(async () => await emulator.close());
  const { server, threads, items } = await startAzureDevOps();
  // https://learn.microsoft.com/azure/devops/pipelines/build/variables, and the key of the emulator in place of Entra ID.
  const env = {
    TF_BUILD: 'True',
    SYSTEM_COLLECTIONURI: `${server.origin}/acme/`,
    SYSTEM_TEAMPROJECT: 'Call Center',
    SYSTEM_STAGEATTEMPT: '1',
    BUILD_REPOSITORY_ID: 'wards',
    BUILD_REPOSITORY_PROVIDER: 'TfsGit',
    BUILD_BUILDID: '77',
    SPEECHOPS_ENDPOINT: emulator.url,
    SPEECHOPS_KEY: emulator.key,
  };
  const review = await openMachine(project, project.branch);
  const reviewed = await run('review', 'plan', {
    machine: review,
    env: { ...env, SYSTEM_PULLREQUEST_PULLREQUESTID: '22', SYSTEM_PULLREQUEST_TARGETBRANCHNAME: 'main' },
  });
  expect(reviewed.code, reviewed.output).toBe(0);
  expect(threads).toMatchObject([{ comments: [{ content: expect.stringContaining('`calls`') }] }]);
  expect(await readFile(path.join(review.folder, 'report.html'), 'utf8')).toContain('<!doctype html>');

  // Nothing is there yet that the pipeline declares.
  const drift = await run('watch', 'watch', { machine: await openMachine(project, 'main'), env });
  expect(drift.output).toContain('##vso[task.complete result=SucceededWithIssues]');
  expect(items).toMatchObject([{ fields: { 'System.State': 'To Do' } }]);

  const [plans, runs] = [await openMachine(project, 'main'), await openMachine(project, 'main')];
  expect(await run('production', 'plan', { machine: plans, env })).toMatchObject({ code: 0 });
  const workspace = path.join(runs.folder, '..', 'workspace');
  await mkdir(workspace);
  await cp(path.join(plans.folder, 'plan.json'), path.join(workspace, 'plan', 'plan.json'));
  const ran = await run('production', 'run', { machine: runs, env: { ...env, PIPELINE_WORKSPACE: workspace } });
  expect(ran.code, ran.output).toBe(0);
  expect(ran.output).toMatch(/go-live +succeeded/);
});

/** The scripts of a job in their order, up to the first that fails; of its tasks those that call scripts. */
async function run(
  stage: string,
  name: string,
  { machine, env }: { readonly machine: Machine; readonly env: Readonly<Record<string, string>> },
): Promise<Ended> {
  const job = stages.find((one) => one.stage === stage)?.jobs.find((one) => (one.job ?? one.deployment) === name);
  const steps = job?.steps ?? job?.strategy?.runOnce.deploy.steps;
  if (steps === undefined) throw new Error(`There is no job ${name} in ${stage}`);
  let output = '';
  for (const { script, inputs, env: own = {} } of steps) {
    const text = script ?? inputs?.inlineScript;
    if (text === undefined) continue;
    const given = Object.entries(own).map(([key, value]) => [key, value.replaceAll('$(System.AccessToken)', token)]);
    const ended = await machine.bash(text, { env: { ...env, ...Object.fromEntries(given) }, strict: false });
    output += ended.output;
    if (ended.code !== 0) return { code: ended.code, output };
  }
  return { code: 0, output };
}
