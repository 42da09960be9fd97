import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { callMain, type Called } from '../call-main.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-display-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

async function display(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Called> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return await callMain(['display', 'tests.tsv', '--hyp', 'heard.json', ...args], { cwd: folder });
}

const heard = JSON.stringify([
  { source: 'a.wav', combinedRecognizedPhrases: [{ lexical: 'at five p m', display: 'At 5:00 PM.' }] },
  { source: 'b.wav', combinedRecognizedPhrases: [{ lexical: 'five p m', display: 'Five \u001B[2JPM.' }] },
]);

describe('speechops display', () => {
  it('shows what is displayed otherwise and what nobody said, and exits with 1', async () => {
    const tests = 'at five p m\t5:00 PM\nfive p m\t5:00 PM\nsix p m\t6:00 PM\n';
    expect(await display({ 'tests.tsv': tests, 'heard.json': heard })).toEqual({
      code: 1,
      stdout: [
        'tests.tsv:2: five p m',
        '  wanted      5:00 PM',
        String.raw`  displayed   Five \u001B[2JPM. (b.wav)`,
        'tests.tsv:3: six p m',
        '  not heard: no phrase has these words',
        '1 passed, 1 failed, 1 not heard',
        '',
      ].join('\n'),
      stderr: '',
    });
    const json = JSON.parse((await display({}, '--format', 'json')).stdout);
    expect(json.passed).toBe(false);
    expect(json.tests[1]).toMatchObject({ line: 2, outcome: 'failed', wrong: [{ id: 'b.wav' }] });
  });

  it('exits with 0 when all pass, and with 2 for a table that is none', async () => {
    const passed = await display({ 'tests.tsv': 'at five p m\tAt 5:00 PM.\n', 'heard.json': heard });
    expect(passed).toEqual({ code: 0, stdout: '1 passed, 0 failed, 0 not heard\n', stderr: '' });
    const wrong = await display({ 'tests.tsv': 'five p m 5:00 PM\n' });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('tests.tsv:1: Write what is spoken, one tab, and what is displayed');
  });
});
