import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultsDocument } from '../../../../schemas/types.gen.ts';
import { resultsMarkdown } from '../../../../workflows/report/commands/results-markdown.ts';
import { sampleResults } from '../../report/html/sample-results.ts';
import { callMain } from '../call-main.ts';

const sample = sampleResults({ utterances: 60 });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'report-'));
  await leave('one', sample);
  const made = { ...sample.made, finishedAt: '2026-02-02T00:00:00.000Z' };
  await leave('two', { ...sample, runId: 'two', made });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('speechops report', () => {
  it('shows the verdict, why, and the rates of a run', async () => {
    const { code, stdout } = await report('one');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ward-en-us: passed\nWards 2 serves endpoint ward, and fewer words are wrong\.\n- /);
    expect(stdout).toMatch(/\nRates\nstep +set +model +rate .*\nscore +Ward rounds +Wards 2 +\d+\.\d %/);
    expect(stdout).toMatch(/\nEnds\n.*\n2027-01-15 +base model +20260814 +trains no new model\n/);
  });

  it.each(['one', '.speechops/runs/one', '.speechops/runs/one/results.json'])('finds a run by %s', async (name) => {
    const { stdout } = await report(name, '--format', 'json');
    expect(JSON.parse(stdout)).toEqual(sample);
  });

  it('writes Markdown as the run has left it', async () => {
    expect((await report('one', '--format', 'markdown')).stdout).toBe(resultsMarkdown(sample));
  });

  it('writes a page to a file, from which it finds the audio', async () => {
    await mkdir(path.join(folder, 'out'));
    const { code, stdout } = await report('one', '--format', 'html', '--output', 'out/page.html');
    expect([code, stdout]).toEqual([0, '']);
    const page = await readFile(path.join(folder, 'out', 'page.html'), 'utf8');
    expect(/<audio [^>]*src="([^"]*)/.exec(page)?.[1]).toMatch(/^\.\.\/\.speechops\/runs\/one\/audio\/[\w-]+\.wav$/);
  });

  it('reads pipes, whose audio is looked for from where it runs', async () => {
    const texts = { one: sample, two: { ...sample, runId: 'two' } };
    const pipes = Object.entries(texts).map(([name, results]) => {
      const pipe = path.join(folder, `pipe-${name}`);
      execFileSync('mkfifo', [pipe]);
      return { pipe, write: async () => await writeFile(pipe, JSON.stringify(results)) };
    });
    const [one, two] = pipes as [(typeof pipes)[number], (typeof pipes)[number]];
    const [of] = await Promise.all([report('pipe-one', 'pipe-two'), one.write(), two.write()]);
    expect([of.code, of.stderr]).toEqual([0, '']);
    expect(of.stdout).toMatch(/\ntwo +2026-01-02 +Wards 2 /);
    await mkdir(path.join(folder, 'out'));
    await Promise.all([report('pipe-one', '--format', 'html', '--output', 'out/page.html'), one.write()]);
    const page = await readFile(path.join(folder, 'out', 'page.html'), 'utf8');
    expect(/<audio [^>]*src="([^"]*)/.exec(page)?.[1]).toMatch(/^\.\.\/audio\/[\w-]+\.wav$/);
  });

  it('shows the rates of several runs over time', async () => {
    const { code, stdout } = await report('two', 'one');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Ward rounds, step score, data 9b07c3de: word error rate, profile lexical \d\nrun +ended +model .*\n.*2026-01-02 +Wards 2 .*\ntwo +2026-02-02 +Wards 2 .* 0\.00 /,
    );
    const markdown = (await report('two', 'one', '--format', 'markdown')).stdout;
    expect(markdown).toContain('| `two` | 2026-02-02 | `Wards 2` |');
    const page = (await report('two', 'one', '--format', 'html')).stdout;
    expect(page.match(/<circle /g)?.length).toBe(2);
    const { series } = JSON.parse((await report('two', 'one', '--format', 'json')).stdout) as {
      readonly series: readonly { readonly points: readonly unknown[] }[];
    };
    expect(series.map(({ points }) => points.length)).toEqual([2]);
  });

  it('says what to do about a run that has left nothing', async () => {
    await mkdir(path.join(folder, '.speechops', 'runs', 'stopped'));
    expect(await report('stopped')).toMatchObject({
      code: 2,
      stderr:
        'error: Let run stopped end, with speechops resume stopped where it was stopped: it has left no .speechops/runs/stopped/results.json\n',
    });
  });

  it.runIf(existsSync('/dev/full'))('exits 3 where a disk is full', async () => {
    expect(await report('one', '--output', '/dev/full')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('error: Cannot write /dev/full: ENOSPC') as string,
    });
  });

  it('says what is wrong with a file, and exits 2', async () => {
    await writeFile(path.join(folder, 'broken.json'), '{');
    await writeFile(path.join(folder, 'new.json'), JSON.stringify({ ...sample, version: 2 }));
    await mkdir(path.join(folder, 'empty'));
    expect(await report('broken.json')).toMatchObject({
      code: 2,
      stderr: 'error: Cannot report on broken.json: it is no JSON\n',
    });
    expect(await report('one', 'new.json')).toMatchObject({
      code: 2,
      stderr: 'error: Cannot report on new.json: it has version 2, and this program reads version 1\n',
    });
    expect(await report('empty')).toMatchObject({
      code: 2,
      stderr: 'error: Cannot read empty/results.json: there is no such file or folder\n',
    });
    expect(await report('one', '--output', '.speechops/runs/one/results.json')).toMatchObject({
      code: 2,
      stderr: 'error: Write the report to another file: .speechops/runs/one/results.json is read by this command\n',
    });
    expect(await report('one', '--output', 'nowhere/page.html')).toMatchObject({
      code: 2,
      stderr: 'error: Cannot write nowhere/page.html: there is no such file or folder\n',
    });
  });
});

async function leave(runId: string, results: ResultsDocument): Promise<void> {
  const place = path.join(folder, '.speechops', 'runs', runId);
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, 'results.json'), JSON.stringify(results));
}

async function report(...args: readonly string[]): ReturnType<typeof callMain> {
  return await callMain(['report', ...args], { cwd: folder, env: { SPEECHOPS_HOME: folder } });
}
