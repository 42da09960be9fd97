import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scoreCommand } from '../../../../workflows/cli/commands/score.ts';
import { type Session, UsageError } from '../../../../workflows/cli/session.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'score-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('speechops score', () => {
  it('prints the rate with its profile, and the counts it is made of', async () => {
    await files({
      'ref.tsv': 'u1\tHow are you doing today\nu2\tIt costs $5.50.\n',
      'hyp.tsv': 'u2\tit costs five dollars and sixty cents\nu1\thow are you doing today\n',
    });
    const { stdout, stderr, exitCode } = await score('--profile', 'azure-en-US');
    expect(stdout).toBe(
      [
        'Word error rate       8.33 % (profile azure-en-US 2)',
        'Sentence error rate   50.00 %',
        'Utterances            2',
        'Words                 12',
        'Correct               11',
        'Substitutions         1',
        'Deletions             0',
        'Insertions            0',
        'Errors                1',
        '',
      ].join('\n'),
    );
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('warns of ids without steering the terminal, in one line each', async () => {
    await files({ 'ref.tsv': 'u1\u202Ex\ta\nu2\u001B[2J\tb\n', 'hyp.tsv': '##vso[task.complete]\tx\n' });
    const { stderr } = await score();
    expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|##vso/u);
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining(String.raw`"u1\u202Ex"`),
      expect.stringContaining(String.raw`"\u0023#vso[task.complete]"`),
      '',
    ]);
  });

  it('prints fractions and every id that has no partner as JSON', async () => {
    await files({
      'ref.tsv': 'u1\ta b c\nu2\td\nu3\te\n',
      'hyp.tsv': 'u9\tx\nu1\ta x c c\nu3\te\n',
    });
    const { stdout } = await score('--format', 'json');
    expect(JSON.parse(stdout)).toEqual({
      profile: 'none',
      profileVersion: 1,
      mergeCompounds: false,
      unit: 'word',
      utterances: 3,
      words: 5,
      correct: 3,
      substitutions: 1,
      deletions: 1,
      insertions: 1,
      errors: 3,
      wordErrorRate: 0.6,
      sentenceErrorRate: 2 / 3,
      missing: ['u2'],
      unmatched: ['u9'],
    });
  });

  it('warns of ids on one side only, and names the first of many', async () => {
    await files({ 'ref.tsv': 'r0\ta\nr1\ta\nr2\ta\nr3\ta\nr4\ta\nr5\ta\nr6\ta\n', 'hyp.tsv': 'other\tb\n' });
    const { stdout, stderr, exitCode } = await score();
    expect(stderr).toBe(
      'warning: 7 utterances of ref.tsv not in hyp.tsv, counted as deleted: "r0", "r1", "r2", "r3", "r4", and 2 more\n' +
        'warning: 1 utterance of hyp.tsv not in ref.tsv, not counted: "other"\n',
    );
    expect(stdout).toContain('Word error rate       100.00 % (profile none 1)\n');
    expect(exitCode).toBe(0);
  });

  it('writes the alignments in the order of the references', async () => {
    await files({
      'ref.tsv': 'u2\ta a b\nu1\ta b c k l\nu3\t\nu4\tx\n',
      'hyp.tsv': 'u1\tk l x y z\nu2\ta b\nu3\t\n',
    });
    await score('--alignments', 'out.tsv');
    expect(await readFile(join(folder, 'out.tsv'), 'utf8')).toBe(
      'id\tC\tS\tD\tI\tops\nu2\t2\t0\t1\t0\tDCC\nu1\t2\t0\t3\t3\tDDDCCIII\nu3\t0\t0\t0\t0\t\nu4\t0\t0\t1\t0\tD\n',
    );
  });

  it('counts characters with --unit char', async () => {
    await files({ 'ref.tsv': 'u1\t今天 天气\n', 'hyp.tsv': 'u1\t今天天\n' });
    expect((await score('--unit', 'char')).stdout).toMatch(
      /^Character error rate {2}25\.00 % \(profile none 1\)\n[^]*\nCharacters {12}4\n/,
    );
  });

  it('says that there is no rate where the references have no words', async () => {
    await files({ 'ref.tsv': 'u1\n', 'hyp.tsv': 'u1\ta\n' });
    const { stdout } = await score();
    expect(stdout).toContain('Word error rate       none: the references have no words (profile none 1)\n');
    expect(stdout).toContain('Insertions            1\n');
    expect(JSON.parse((await score('--format', 'json')).stdout)).toMatchObject({ words: 0, wordErrorRate: null });
  });

  it('reads files with a byte order mark, CRLF, blank lines, no last line end and further tabs in the text', async () => {
    await files({
      'ref.tsv': '\ufeffu1\ta b\tc\r\n\r\n \t\nu2\r\nu 3\td',
      'hyp.tsv': 'u1\ta b c\nu2\t\nu 3\td\r\n',
    });
    const { stdout, stderr } = await score('--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ utterances: 3, words: 4, correct: 4, errors: 0 });
    expect(stderr).toBe('');
  });

  it.each([
    ['an id given twice', { 'ref.tsv': 'u1\ta\n\nu1\tb\n' }, 'ref.tsv:3: Give each id once: "u1" is also on line 1'],
    [
      'a line without an id',
      { 'hyp.tsv': 'u1\ta\n\ttext\n' },
      'hyp.tsv:2: Begin the line with an id: there is nothing before the tab',
    ],
    [
      'bytes that are not UTF-8',
      { 'hyp.tsv': Buffer.from('u1\ta\nu2\tcaf\xe9\n', 'latin1') },
      'hyp.tsv:2: Save the file as UTF-8: this line has other bytes',
    ],
    [
      'UTF-16',
      { 'ref.tsv': Buffer.from('\ufeffu1\ta\n', 'utf16le') },
      'ref.tsv:1: Save the file as UTF-8: this line has other bytes',
    ],
    ['a missing file', { 'hyp.tsv': undefined }, 'Cannot read hyp.tsv: there is no such file or folder'],
  ])('refuses %s as wrong usage', async (_, changed, message) => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n', ...changed });
    await expect(score()).rejects.toThrow(new UsageError(message));
  });

  it('refuses a folder in place of a file', async () => {
    await files({ 'hyp.tsv': '' });
    await expect(score('--ref', '.')).rejects.toThrow(new UsageError('Cannot read .: it is a folder, not a file'));
  });

  it('refuses to write the alignments over a file that it reads', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n' });
    await expect(score('--alignments', './hyp.tsv')).rejects.toThrow(
      new UsageError('Write the alignments to another file: ./hyp.tsv is read by this command'),
    );
    expect(await readFile(join(folder, 'hyp.tsv'), 'utf8')).toBe('u1\ta\n');
  });

  it('refuses to write the alignments into a folder that is not there', async () => {
    await files({ 'ref.tsv': 'u1\ta\n', 'hyp.tsv': 'u1\ta\n' });
    await expect(score('--alignments', 'no/out.tsv')).rejects.toThrow(
      new UsageError('Cannot write no/out.tsv: there is no such file or folder'),
    );
  });

  it.each([
    ['--profile', 'azure', 'Allowed choices are none, lexical, azure-en-US, azure-de-DE, '],
    ['--unit', 'phone', 'Allowed choices are word, char.'],
    ['--format', 'xml', 'Allowed choices are text, json.'],
  ])('refuses another %s and names those that are allowed', async (option, value, allowed) => {
    await expect(score(option, value)).rejects.toThrow(allowed);
    await expect(score(option, value)).rejects.toBeInstanceOf(CommanderError);
  });
});

/** Writes the files into the test's folder; undefined is a file that is not there. */
async function files(contents: Readonly<Record<string, string | Uint8Array | undefined>>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    if (content !== undefined) await writeFile(join(folder, name), content);
  }
}

/** Runs the command in the test's folder on ref.tsv and hyp.tsv, with the arguments given last. */
async function score(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const session: Session = {
    io: {
      stdout: { write: (text) => void (written.stdout += text) },
      stderr: { write: (text) => void (written.stderr += text) },
      env: {},
      cwd: folder,
      signal: new AbortController().signal,
    },
    exitCode: 3,
  };
  const command = scoreCommand(session).exitOverride().configureOutput({ writeErr: session.io.stderr.write });
  const program = new Command('speechops').addCommand(command);
  await program.parseAsync(['score', '--ref', 'ref.tsv', '--hyp', 'hyp.tsv', ...args], { from: 'user' });
  return { ...written, exitCode: session.exitCode };
}
