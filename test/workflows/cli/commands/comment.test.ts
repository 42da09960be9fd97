import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { PlanDocument, ResultsDocument, SavedPipeline, SavedStep } from '../../../../schemas/types.gen.ts';
import { findState } from '../../../../workflows/report/review/comment-state.ts';
import { planHash } from '../../../../workflows/review/saved-plan.ts';
import { startGitHub, type StandInGitHub, token } from '../../hosts/stand-in-github.ts';
import { measured, planWith, swapSteps } from '../../report/review/review-of.ts';
import { callMain, type Called } from '../call-main.ts';

let server: StandInGitHub;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-comment-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  server = await startGitHub({ mostPerPage: 50 });
});

const headline = 'Would swap ward: WER 24.4 % -> 7.9 % [6.1, 9.9] on 942 words, better with p = 0.0001';

describe('speechops comment', () => {
  it('makes one comment with the headline, and leaves it as it is when nothing is new', async () => {
    await save();
    const first = await comment('--results', 'results.json');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe(
      `Commented on pull request #12: https://example.com/acme/wards/comments/101\n${headline}\n`,
    );
    expect(server.comments).toHaveLength(1);
    expect(server.comments[0]?.body).toContain(
      '**Would swap `ward`: WER 24.4 % -> 7.9 % [6.1, 9.9] on 942 words, better',
    );
    const again = await comment('--results', 'results.json');
    expect(again.stdout).toContain('The comment is as it was on pull request #12');
    expect(server.calls().filter((call) => !call.startsWith('GET'))).toHaveLength(1);
  });

  it('updates its comment in place, and folds what it said before', async () => {
    await save();
    await comment('--results', 'results.json');
    server.comments.unshift({ id: 1, pullRequest: 12, body: 'looks good', user: { login: 'ann', type: 'User' } });
    await save(nothing);
    const { stdout } = await comment();
    expect(stdout).toContain('Updated the comment on pull request #12');
    expect(server.comments).toHaveLength(2);
    const { body = '' } = server.comments[1] ?? {};
    expect(body).toContain('**Would change nothing**');
    expect(body).toContain(`<details><summary>What this said before</summary>\n\n- \`${headline}\``);
  });

  it('is silent when nothing would change and nothing was said before', async () => {
    await save(nothing);
    const { code, stdout, stderr } = await comment();
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('Nothing would change, and nothing was said before');
    expect(server.comments).toEqual([]);
  });

  it('makes the comment again that somebody has deleted, also while it runs', async () => {
    await save();
    await comment();
    server.comments.length = 0;
    await comment();
    expect(server.comments).toHaveLength(1);
    await save(undefined, { normalised: 'n2' });
    const [mine] = server.comments.splice(0);
    const deleted = await startGitHub();
    deleted.faults.push({ body: [{ id: 999, body: mine?.body, user: mine?.user }] });
    expect((await comment('--api-url', deleted.origin)).stdout).toContain('Commented on');
    expect(deleted.comments).toHaveLength(1);
  });

  it('has a comment for each environment, and takes none that somebody else wrote', async () => {
    await save();
    await comment('--environment', 'staging');
    const [staging] = server.comments;
    server.comments.unshift({
      id: 1,
      pullRequest: 12,
      body: staging?.body ?? '',
      user: { login: 'mallory', type: 'User' },
    });
    await comment('--environment', 'production');
    await comment('--environment', 'staging');
    expect(server.comments.map(({ body, user }) => [findState(body)?.environment, user.login])).toEqual([
      ['staging', 'mallory'],
      ['staging', 'github-actions[bot]'],
      ['production', 'github-actions[bot]'],
    ]);
  });

  it('keeps the oldest of several that jobs made at once', async () => {
    await save();
    await comment();
    const [first] = server.comments;
    server.comments.push({ ...first!, id: 200 });
    await save(undefined, { normalised: 'n2' });
    await comment();
    expect(findState(server.comments[0]?.body ?? '')).toBeDefined();
    expect(server.comments[1]?.body).toContain(
      'Two jobs made this comment at once: [an earlier comment](<https://example.com/',
    );
  });

  it('tells two pull requests of each other that would swap the same endpoint, and takes it back', async () => {
    server.pulls.push(
      { number: 12, title: 'Ours', head: { ref: 'a' } },
      { number: 13, title: 'Theirs @all', head: { ref: 'b' } },
      { number: 14, title: 'Elsewhere', head: { ref: 'c' } },
    );
    await save();
    await comment('--pull-request', '13');
    await save(undefined, { target: 'https://another.cognitiveservices.azure.com' });
    await comment('--pull-request', '14');
    await save();
    const { stderr } = await comment();
    expect(stderr).toBe('Told of the same endpoint: #13\n');
    const bodyOf = (number: number): string =>
      server.comments.find(({ pullRequest }) => pullRequest === number)?.body ?? '';
    expect(bodyOf(12)).toContain(
      '> **Also under way:** [#13](<https://example.com/acme/wards/13>) `Theirs @all` would swap `ward`, too: whichever lands second has to plan anew.',
    );
    expect(bodyOf(13)).toContain(
      '> **Also under way:** [#12](<https://example.com/acme/wards/12>) `Ours` would swap `ward`, too',
    );
    expect(bodyOf(14)).not.toContain('Also under way');
    await save(nothing);
    await comment('--environment', 'staging');
    expect(bodyOf(13)).toContain('Also under way');
    await comment();
    expect(bodyOf(13)).not.toContain('Also under way');
    expect(bodyOf(12)).not.toContain('Also under way');
  });

  it('says that only the newest pull requests were looked at, and that none could be', async () => {
    for (let number = 20; number < 71; number += 1) server.pulls.push({ number, title: 'x', head: { ref: 'x' } });
    await save();
    await comment();
    expect(server.comments[0]?.body).toContain('Only the 50 open pull requests that changed last were looked at');
    server.faults.push({ body: [] }, { status: 403 }, { status: 403, body: { message: 'no' } });
    const { code, stderr } = await comment('--environment', 'staging');
    expect(code).toBe(0);
    expect(stderr).toContain('warning: Cannot list the open pull requests');
  });

  it('prints the comment in a dry run, with what the host says where there is a token, and writes nothing', async () => {
    await save();
    const anywhere = await callMain(['comment', '--plan', 'plan.json', '--dry-run'], { cwd: folder });
    expect(anywhere).toMatchObject({ code: 0, stderr: '' });
    expect(anywhere.stdout).toContain('**Would swap `ward` to `Wards 2`**');
    await comment();
    const before = JSON.stringify(server.comments);
    await save(nothing);
    const { stdout } = await comment('--dry-run');
    expect(stdout).toContain('What this said before');
    expect(JSON.stringify(server.comments)).toBe(before);
  });

  it('says as JSON what was done', async () => {
    await save();
    const { stdout } = await comment('--results', 'results.json', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      action: 'created',
      environment: 'calls',
      pullRequest: 12,
      url: 'https://example.com/acme/wards/comments/101',
      headline,
      others: [],
      told: [],
    });
  });

  it('adds the same to the summary of the job, within 900 KiB together with what is there', async () => {
    await save();
    await writeFile(path.join(folder, 'summary.md'), 'before\n');
    await comment('--results', 'results.json');
    const summary = await readFile(path.join(folder, 'summary.md'), 'utf8');
    expect(summary).toMatch(/^before\n<!-- speechops-comment-1 /);
    expect(summary).toContain('**Would swap `ward`');
    await writeFile(path.join(folder, 'summary.md'), 'x'.repeat(900 * 1024 - 100));
    await comment('--results', 'results.json');
    expect(await readFile(path.join(folder, 'summary.md'), 'utf8')).toHaveLength(900 * 1024 - 100);
  });

  it('has no credential in the comment or on its streams', async () => {
    const key = 'k3y-0123456789abcdef';
    await save([{ ...swapSteps[3], summary: `endpoint ward with ${key} and ${token}` }]);
    const { stdout } = await comment('--format', 'json');
    for (const text of [stdout, server.comments[0]?.body ?? '']) {
      expect(text).toContain('endpoint ward with *** and ***');
      expect(text).not.toContain(key);
    }
  });

  it('does not believe a state that is broken', async () => {
    await save();
    await comment();
    const [made] = server.comments;
    const state = findState(made?.body ?? '')!;
    const { planHash: hash, plannedAt, headline: said } = state;
    const earlier = { planHash: hash, plannedAt, headline: said };
    for (const broken of [
      { ...state, base: null },
      { ...state, commit: null },
      { ...state, history: [{ ...earlier, commit: 1 }] },
      { ...state, history: [{ ...earlier, commit: null }] },
      { ...state, history: Array.from({ length: 11 }, () => earlier) },
      { ...state, headline: 'x'.repeat(501) },
      { ...state, base: { ...state.base, own: 'x'.repeat(30_000) } },
      { ...state, base: { ...state.base, more: 'x'.repeat(300) } },
      { ...state, base: { ...state.base, sets: { a: { model: 'm', words: -1, errors: 0.5 } } } },
      { ...state, endpoints: Array.from({ length: 31 }, () => ({ resource: 'r', name: 'n' })) },
      { ...state, history: 'x' },
      { ...state, endpoints: [1] },
      [],
      null,
    ]) {
      made!.body = `<!-- speechops-comment-1 ${Buffer.from(JSON.stringify(broken)).toString('base64url')} -->\n\ntext`;
      expect(findState(made!.body)?.environment).toBeUndefined();
    }
    const kept = { ...state, history: [{ ...earlier, commit: 'abc' }] };
    made!.body = `<!-- speechops-comment-1 ${Buffer.from(JSON.stringify(kept)).toString('base64url')} -->`;
    expect(findState(made!.body)).toEqual(kept);
  });

  it.each([
    ['what it remembers is something else', (body: string) => body.replace(/comment-1 [\w-]+/, 'comment-1 e30')],
    ['what it remembers is gone', (body: string) => body.replace(/comment-1 [\w-]+/, 'comment-1')],
    ['nothing but its mark is left', () => '<!-- speechops-comment-1 ??? -->'],
  ])('updates its comment when %s', async (_, edit) => {
    await save();
    await comment('--environment', 'staging');
    await comment('--environment', 'production');
    const [, made] = server.comments;
    made!.body = edit(made!.body);
    const { code, stdout } = await comment('--environment', 'production');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Updated the comment')]);
    expect(server.comments.map(({ body }) => findState(body)?.environment)).toEqual(['staging', 'production']);
    made!.body = edit(made!.body);
    await save(nothing);
    await comment('--environment', 'production');
    expect(made!.body).toContain('**Would change nothing**');
  });

  it('says what is wrong with how it is called', async () => {
    await save();
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await comment(...args);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused('--plan', 'results.json')).toContain('results.json is none');
    expect(await refused('--results', 'plan.json')).toContain('plan.json has none');
    expect(await refused('--report-url', 'javascript:alert(1)')).toContain(
      'Give --report-url as the address of a page',
    );
    expect(await refused('--pull-request', '0')).toContain('Allowed is the number of a pull request');
    const nowhere = await callMain(['comment', '--plan', 'plan.json'], { cwd: folder });
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringContaining('Say where the pull request is with --host'),
    ]);
  });

  it('exits 3 when the host refuses, with what to do', async () => {
    await save();
    server.faults.push({ status: 403, body: { message: 'Resource not accessible by integration' } });
    const { code, stderr } = await comment();
    expect(code).toBe(3);
    expect(stderr).toContain('the token needs the permission `pull-requests: write`');
  });
});

const nothing: readonly Partial<SavedStep>[] = [
  { id: 'text', action: 'reuse', effects: [], summary: 'text.txt is there' },
];

async function save(steps = swapSteps, pipeline: Partial<SavedPipeline> = {}): Promise<void> {
  const plan = planWith(steps, pipeline);
  const file = { path: 'p.yaml', sha256: 'a'.repeat(64), lines: [] };
  const normalised = `${pipeline.normalised ?? 'n1'}`.padEnd(64, '0').replaceAll('n', 'a');
  const pipelines = plan.pipelines.map((one) => ({ ...one, file, normalised }));
  const document: PlanDocument = { ...plan, pipelines, hash: planHash(pipelines) };
  await writeFile(path.join(folder, 'plan.json'), JSON.stringify(document));
  const results: ResultsDocument = measured();
  await writeFile(path.join(folder, 'results.json'), JSON.stringify(results));
}

async function comment(...args: readonly string[]): Promise<Called> {
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: server.origin,
    GITHUB_REPOSITORY: 'acme/wards',
    GITHUB_REF: 'refs/pull/12/merge',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_TOKEN: token,
    GITHUB_STEP_SUMMARY: 'summary.md',
    SPEECHOPS_KEY: 'k3y-0123456789abcdef',
  };
  const clock = { now: () => new Date('2026-01-02T03:10:05.000Z'), sleep: async () => undefined };
  return await callMain(['comment', '--plan', 'plan.json', ...args], { cwd: folder, env, clock });
}
