import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { Client } from '../../emulator/client.ts';
import { startGitHub, type StandInGitHub, token } from '../../workflows/hosts/stand-in-github.ts';
import { commit, git, makeProject, type Project } from './machine.ts';
import { runJob, type Started } from './run-github-job.ts';

let project: Project;
let emulator: Emulator;
let server: StandInGitHub;
let artifacts: string;

beforeEach(async () => {
  project = await makeProject();
  const audioDirectories = [path.join(project.repository, 'data/smoke')];
  emulator = await startEmulator({ speed: 3000, audioDirectories });
  onTestFinished(async () => await emulator.close());
  server = await startGitHub({ mostPerPage: 50 });
  artifacts = await mkdtemp(path.join(tmpdir(), 'speechops-ci-artifacts-'));
  onTestFinished(async () => await rm(artifacts, { recursive: true, force: true }));
});

describe('the workflows of GitHub', () => {
  it('comment on a pull request, do after the merge what they planned, and open an issue when somebody changes it by hand', async () => {
    const pull = await ofPullRequest();
    expect(await runJob('speechops-plan.yaml', 'lint', pull)).toMatchObject({ result: 'success', summary: '' });
    const reviewed = await runJob('speechops-plan.yaml', 'plan', pull);
    expect(reviewed.result, reviewed.log).toBe('success');
    expect(server.comments).toMatchObject([{ pullRequest: 12, body: expect.stringContaining('calls') }]);
    const [{ body } = { body: '' }] = server.comments;
    expect(body).toContain('1 line');
    expect(reviewed.summary).toContain('calls');
    expect((await readdir(artifacts)).toSorted()).toEqual(['plan', 'report.html']);

    await git(project.repository, 'merge', '--quiet', '--ff-only', project.branch);
    const merge = { ...(await ofMerge()), artifacts: path.join(artifacts, 'merge') };
    const planned = await runJob('speechops-run.yaml', 'plan', merge);
    expect(planned, planned.log).toMatchObject({ result: 'success', outputs: { changes: 'true' } });
    expect(planned.summary).toContain('calls');
    const ran = await runJob('speechops-run.yaml', 'run', { ...merge, needs: { plan: planned } });
    expect(ran.result, ran.log).toBe('success');
    expect(ran.log).toMatch(/go-live +succeeded/);
    expect(await readdir(path.join(merge.artifacts, 'run'))).toEqual(
      expect.arrayContaining(['results.json', 'run.json']),
    );

    const again = await runJob('speechops-run.yaml', 'plan', { ...merge, artifacts: path.join(artifacts, 'second') });
    expect(again, again.log).toMatchObject({ result: 'success', outputs: { changes: '' } });
    expect(await runJob('speechops-run.yaml', 'run', { ...merge, needs: { plan: again } })).toMatchObject({
      result: 'skipped',
    });

    const schedule = await ofSchedule();
    const quiet = await runJob('speechops-watch.yaml', 'watch', schedule);
    expect(quiet.result, quiet.log).toBe('success');
    expect(server.issues).toEqual([]);
    await serveAnotherModel();
    const changed = await runJob('speechops-watch.yaml', 'watch', schedule);
    expect(changed.result, changed.log).toBe('success');
    expect(changed.log).toContain('::warning title=Drift::');
    expect(server.issues).toMatchObject([{ state: 'open', body: expect.stringContaining('serves another model') }]);
  });

  it('comment on a plan that would fail, and fail', async () => {
    await git(project.repository, 'switch', '--quiet', project.branch);
    const file = path.join(project.repository, 'pipelines/calls.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^ +create: true.*\n/m, ''));
    await commit(project.repository);
    const reviewed = await runJob('speechops-plan.yaml', 'plan', await ofPullRequest());
    expect(reviewed.result, reviewed.log).toBe('failure');
    expect(server.comments).toMatchObject([{ body: expect.stringContaining('would fail') }]);
  });

  it('plan no pull request of a fork or of Dependabot, and say so', async () => {
    const fork = await ofPullRequest('mallory/wards');
    expect(await runJob('speechops-plan.yaml', 'plan', fork)).toMatchObject({ result: 'skipped' });
    expect((await runJob('speechops-plan.yaml', 'lint', fork)).log).toContain('::notice title=Not planned::');
    const own = await ofPullRequest();
    const bot = { ...own, github: { ...own.github, actor: 'dependabot[bot]' } };
    expect(await runJob('speechops-plan.yaml', 'plan', bot)).toMatchObject({ result: 'skipped' });
  });
});

async function ofPullRequest(head = 'acme/wards'): Promise<Started> {
  const event = {
    pull_request: {
      number: 12,
      title: '$(touch pwned) `id`',
      base: { sha: project.main, ref: 'main' },
      head: { sha: project.change, ref: '"; touch pwned', repo: { full_name: head } },
    },
  };
  return { ...(await started('pull_request', event)), branch: project.branch };
}

async function ofMerge(): Promise<Started> {
  return await started('push', { after: project.change });
}

async function ofSchedule(): Promise<Started> {
  return await started('schedule', { schedule: '23 5 * * *' });
}

async function started(eventName: string, event: object): Promise<Started> {
  const eventFile = path.join(artifacts, '..', `${path.basename(artifacts)}-${eventName}.json`);
  await writeFile(eventFile, JSON.stringify(event));
  onTestFinished(async () => await rm(eventFile, { force: true }));
  return {
    project,
    branch: 'main',
    github: { event, event_name: eventName, repository: 'acme/wards', actor: 'ann', token },
    vars: { SPEECHOPS_ENDPOINT: emulator.url, AZURE_CLIENT_ID: 'client', AZURE_TENANT_ID: 'tenant' },
    artifacts,
    // https://docs.github.com/actions/reference/workflows-and-actions/variables, and the key of the emulator in place of Entra ID.
    env: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: server.origin,
      GITHUB_SERVER_URL: 'https://example.com',
      GITHUB_REPOSITORY: 'acme/wards',
      GITHUB_EVENT_NAME: eventName,
      GITHUB_EVENT_PATH: eventFile,
      GITHUB_RUN_ID: '7',
      GITHUB_RUN_ATTEMPT: '1',
      SPEECHOPS_KEY: emulator.key,
    },
  };
}

/** As somebody does in Speech Studio. */
async function serveAnotherModel(): Promise<void> {
  const client = new Client(emulator);
  const trial = await client.model([await client.text(['good morning'])], { displayName: 'Trial' });
  const { values } = (await client.get('/endpoints')).body;
  await client.patch(values[0].self, { model: { self: trial.self } });
  await client.finished(values[0].self);
}
