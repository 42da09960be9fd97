import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callMain } from '../call-main.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'speechops-complete-'));
  for (const folder of [
    'pipelines',
    'node_modules/other',
    '.speechops/runs/calls-20260102-030405-7f3a',
    'a\u001B]0;title\u0007',
    '.speechops/runs/x\n\u001B[31m',
  ])
    await mkdir(path.join(cwd, folder), { recursive: true });
  for (const file of [
    'pipelines/calls.yaml',
    'environment.yml',
    'notes.txt',
    'node_modules/other/x.yaml',
    'a\u001B]0;title\u0007/x.yaml',
    'line\nbreak.yaml',
    'tab\t.yaml',
    '\u202Egnp.yaml',
  ])
    await writeFile(path.join(cwd, file), '');
});
afterAll(async () => await rm(cwd, { recursive: true, force: true }));

/** What the shell is told that the last word can become. */
async function completions(...words: readonly string[]): Promise<readonly string[]> {
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void said.push(String(line)));
  try {
    expect((await callMain(['complete', '--', ...words], { cwd })).code).toBe(0);
  } finally {
    log.mockRestore();
  }
  return said.slice(0, -1).map((line) => line.replace(/\t.*$/, ''));
}

describe('completion', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['commands', ['app'], ['approve', 'approvals']],
    ['pipelines in the folder and below', ['run', ''], ['environment.yml', 'pipelines/calls.yaml']],
    ['the pipeline whose path was begun', ['plan', 'pipelines/'], ['pipelines/calls.yaml']],
    ['runs', ['show', ''], ['last', 'calls-20260102-030405-7f3a']],
    ['the run whose id was begun', ['resume', 'call'], ['calls-20260102-030405-7f3a']],
    ['options', ['approve', 'last', 'ok', '--re'], ['--reject']],
    ['values of options', ['show', 'last', '--format', ''], ['text', 'json']],
    ['shells', ['complete', 'b'], ['bash']],
    ['nothing where nothing fits', ['approve', 'no-such-run', ''], []],
  ])('knows %s', async (_, words, expected) => {
    expect(await completions(...words)).toEqual(expected);
  });

  it('works in bash', async () => {
    const program = path.resolve(import.meta.dirname, '../../../../bin/speechops.js');
    const script = `
      speechops() { '${process.execPath}' '${program}' "$@"; }
      source <(speechops complete bash)
      COMP_WORDS=(speechops appr) COMP_CWORD=1 COMP_LINE='speechops appr' COMP_POINT=14
      eval "$(complete -p speechops | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], { cwd });
    expect(stdout.split('\n').map((line) => line.trim().replace(/\s.*$/, ''))).toEqual(
      expect.arrayContaining(['approve', 'approvals']),
    );
  });

  it('says which shells there are, and how to turn it on', async () => {
    const { code, stderr } = await callMain(['complete'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('source <(npx speechops complete bash)')]);
    expect(stderr).toContain('bash needs its package bash-completion');
    expect((await callMain(['complete', 'tcsh'], { cwd })).stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});
