import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { recordings, wavOf } from '../../emulator/acoustic-zip.ts';
import { Client, idOf } from '../../emulator/client.ts';
import { gardening, ward, wardNotes } from '../../emulator/recognition/spoken-texts.ts';
import { startGitHub, type StandInGitHub, token } from '../hosts/stand-in-github.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;
let client: Client;
let host: StandInGitHub;

const pipeline = `name: wards
locale: en-US
project: Wards
steps:
  - { id: calls, uses: upload, with: { kind: Acoustic, from: data/test } }
  - { id: words, uses: upload, with: { kind: Language, from: data/words.txt } }
  - { id: renewed, uses: train, with: { datasets: ["\${{ steps.words.outputs.dataset }}"] } }
  - id: candidate
    uses: evaluate
    with:
      dataset: \${{ steps.calls.outputs.dataset }}
      model: \${{ steps.renewed.outputs.model }}
      against: endpoint/ward
      min-words: 0
  - { id: may-go, uses: approve, if: "\${{ steps.candidate.outputs.better }}", with: { message: Shall it go live?, by: [ann] } }
  - id: go-live
    uses: swap
    needs: [may-go]
    with:
      endpoint: ward
      create: true
      model: \${{ steps.renewed.outputs.model }}
      release: releases
      min-days-left: 0
      verify: { audio: data/smoke, max-wer: 90%, every: 100ms, discriminate: 3 }
`;

/** Endpoint `ward` serves a model that knows nothing of wards, and a branch brings their words. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-story-')));
  home = await openAnyHome(folder);
  await writeRecordings('data/test', ward);
  await writeRecordings('data/smoke', ward.slice(0, 4));
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'data/smoke')] });
  client = new Client(emulator);
  const before = await client.model([await client.text(gardening)], { displayName: 'gardening' });
  const endpoint = { displayName: 'ward', locale: 'en-US', model: { self: before.self } };
  await client.finished((await client.create('/endpoints', endpoint)).self);
  await writeFile(path.join(folder, '.gitignore'), '.speechops/\n/*.json\n');
  await writeFile(path.join(folder, 'data/words.txt'), `${gardening.slice(0, 3).join('\n')}\n`);
  await writeFile(path.join(folder, 'wards.yaml'), pipeline);
  git('init', '--quiet', '--initial-branch=main');
  commit('the wards');
});

afterAll(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function writeRecordings(name: string, sentences: readonly string[]): Promise<void> {
  const clips = recordings(name.replace(/^.*\//, ''), sentences);
  await mkdir(path.join(folder, name), { recursive: true });
  for (const clip of clips) await writeFile(path.join(folder, name, clip.name), wavOf(clip));
  const lines = clips.map((clip) => `${clip.name}\t${clip.transcript}\n`);
  await writeFile(path.join(folder, name, 'trans.txt'), lines.join(''));
}

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=Maria', '-c', 'user.email=maria@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

function commit(message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
}

/** As a job of GitHub Actions on pull request 12. */
async function job(...args: readonly string[]): Promise<Called> {
  return await callMain(args, {
    cwd: folder,
    env: {
      ...home.env,
      SPEECHOPS_ENDPOINT: emulator.url,
      SPEECHOPS_KEY: emulator.key,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: host.origin,
      GITHUB_REPOSITORY: 'acme/wards',
      GITHUB_REF: 'refs/pull/12/merge',
      GITHUB_TOKEN: token,
    },
  });
}

async function served(): Promise<string> {
  const [endpoint] = (await client.get('/endpoints')).body.values;
  return idOf(endpoint.model.self);
}

/** A comment with what is another each time in its place: ids, intervals, hashes, times, commits, addresses and the hidden state. */
function settled(comment: string): string {
  return (
    comment
      .replaceAll(/<!-- speechops-comment-1 \S+ -->/g, '<!-- state -->')
      .replaceAll(emulator.url, 'https://wards')
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME')
      .replaceAll(/until \d{4}-\d\d-\d\d/g, 'until DAY')
      .replaceAll(/`20\d{6}\b/g, '`DAY')
      // The draws of an interval depend on the dataset's id.
      .replaceAll(/\[\d+\.\d, \d+\.\d\]/g, '[LOW, HIGH]')
      .replaceAll(/\| \d+\.\d % to \d+\.\d % \|/g, '| LOW to HIGH |')
      .replaceAll(/p (?:<|=) 0\.\d+/g, 'p P')
      .replaceAll(/\b(?:[0-9a-f]{12}|[0-9a-f]{40})\b/g, 'HASH')
      .replaceAll(/trial \d{4}-\d\d-\d\d-[0-9a-f]{8}/g, 'trial ID')
      .replaceAll(/, (?:just|\d+ min) before this was written/g, '')
      .replaceAll(/\| \d{4}-\d\d-\d\d \|/g, '| DAY |')
      .replaceAll(/`\d{4}-\d\d-\d\d`/g, '`DAY`')
  );
}

describe('a pull request', () => {
  it('is planned, told, approved, done after the merge, kept in a release file, watched, and taken back', async () => {
    host = await startGitHub();
    const before = await served();
    git('checkout', '--quiet', '-b', 'more-words');
    await writeFile(path.join(folder, 'data/words.txt'), `${[...gardening.slice(0, 2), ...wardNotes].join('\n')}\n`);
    commit('the words of the wards');

    const lint = await job('lint', 'wards.yaml', '--format', 'github');
    expect([lint.code, lint.stdout]).toEqual([0, '']);

    const files = ['--out', 'plan.json', '--results', 'results.json', '--base', 'main'];
    const planned = await job('plan', 'wards.yaml', ...files, '--evaluate', '--format', 'markdown');
    expect([planned.code, planned.stderr]).toEqual([0, expect.stringContaining('Removed what the trial')]);
    const plan = JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8')) as PlanDocument;
    expect(await served()).toBe(before);

    const told = await job(
      'comment',
      '--plan',
      'plan.json',
      '--results',
      'results.json',
      '--environment',
      'production',
    );
    expect(told.stdout).toMatch(/^Commented on pull request #12: .*\nWould swap ward: WER \d+\.\d % -> /);
    await expect(settled(host.comments[0]!.body)).toMatchFileSnapshot('../../golden/comment/pull-request.md');

    const approved = await job('approve', 'plan.json', 'may-go', '--by', 'ann', '--plan', plan.hash);
    expect(approved.code, approved.stderr).toBe(0);

    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', '--no-edit', 'more-words');
    const done = await job('run', '--plan', 'plan.json', '--format', 'json');
    expect(done.code, done.stderr).toBe(0);
    const record = JSON.parse(done.stdout) as { readonly planHash: string };
    expect(record.planHash).toBe(plan.hash);
    const after = await served();
    expect(after).not.toBe(before);

    const release = load(await readFile(path.join(folder, 'releases/ward.yaml'), 'utf8'));
    expect(JSON.stringify(release)).toContain(after);
    commit('what ward serves');
    const quiet = await job('drift', 'wards.yaml', '--issue', '--detailed-exitcode');
    expect([quiet.code, host.issues]).toEqual([0, []]);

    // The plan has been done: a job that would do it once more is told to plan anew.
    const stale = await job('run', '--plan', 'plan.json');
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('is stale and nothing was done')]);

    const [endpoint] = (await client.get('/endpoints')).body.values;
    await client.patch(endpoint.self, { model: { self: `${emulator.url}/speechtotext/models/${before}` } });
    await client.finished(endpoint.self);
    const drifted = await job('drift', 'wards.yaml', '--issue', '--detailed-exitcode');
    expect(drifted.code).toBe(2);
    expect(host.issues).toMatchObject([
      { state: 'open', body: expect.stringContaining('serves another model') as string },
    ]);

    const [, command = ''] = /`(speechops rollback [^`]+)`/.exec(host.issues[0]!.body) ?? [];
    const back = await job(...command.split(' ').slice(1), '--yes');
    expect(back.code, back.stderr).toBe(0);
    expect(await served()).toBe(after);
    const quietAgain = await job('drift', 'wards.yaml', '--issue', '--detailed-exitcode');
    expect([quietAgain.code, host.issues[0]?.state]).toEqual([0, 'closed']);
  });
});
