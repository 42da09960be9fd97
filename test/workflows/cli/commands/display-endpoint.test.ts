import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { recordings, wavOf } from '../../../emulator/acoustic-zip.ts';
import { type Client, idOf, startClient } from '../../../emulator/client.ts';
import { callMain, type Called, type CallOptions } from '../call-main.ts';

const said = ['good morning how are you doing today', 'the weather is nice in the park'];
let client: Client;
let folder: string;
let endpoint: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-display-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await writeAudio(said);
  client = await startClient({ audioDirectories: [path.join(folder, 'audio')] });
  const base = (await client.baseModels()).at(-1);
  const members = { displayName: 'calls', locale: 'en-US', model: { self: base.self } };
  endpoint = idOf((await client.finished((await client.create('/endpoints', members)).self)).self);
  await writeFile(path.join(folder, 'tests.tsv'), 'good morning\tGood morning\nis nice\tis nice\n');
});

async function writeAudio(texts: readonly string[]): Promise<void> {
  const clips = recordings('day', texts);
  await mkdir(path.join(folder, 'audio'), { recursive: true });
  for (const clip of clips) await writeFile(path.join(folder, 'audio', clip.name), wavOf(clip));
  const lines = clips.map(({ name, transcript }) => `${name}\t${transcript}\n`);
  await writeFile(path.join(folder, 'audio/trans.txt'), lines.join(''));
}

async function display(args: readonly string[], options: Partial<CallOptions> = {}): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: client.emulator.key };
  return await callMain(['display', 'tests.tsv', ...args], { cwd: folder, env, ...options });
}

describe('speechops display --endpoint', () => {
  it.each([['calls'], ['endpoint/calls'], ['its id']])('checks what %s displays of the recordings', async (name) => {
    const asked = ['--endpoint', name === 'its id' ? endpoint : name, '--audio', 'audio'];
    expect(await display(asked)).toEqual({
      code: 0,
      stdout: '2 passed, 0 failed, 0 not heard\n',
      stderr: '2 of 2 recordings through calls\n',
    });
  });

  it('exits with 1 when something is displayed otherwise, and names the recording', async () => {
    await writeFile(path.join(folder, 'tests.tsv'), 'good morning\tGood Morning\n');
    const { code, stdout } = await display(['--endpoint', 'calls', '--audio', 'audio']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ {2}wanted {6}Good Morning\n {2}displayed {3}Good morning how .*\. \(day0\.wav\)\n/);
  });

  it('tells and counts recordings that are not recognised, and exits with 1', async () => {
    await writeFile(path.join(folder, 'audio/broken.wav'), 'no sound');
    // Reading it would never end.
    execFileSync('mkfifo', [path.join(folder, 'audio/pipe.wav')]);
    const [unknown] = recordings('unknown', ['nobody was told of these words']);
    await writeFile(path.join(folder, 'audio/unknown.wav'), wavOf(unknown!));
    const { code, stdout, stderr } = await display(['--endpoint', 'calls', '--audio', 'audio', '--format', 'json']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        'pipe.wav cannot be read: it is no file',
        'broken.wav is no WAV file',
        '5 of 5 recordings through calls',
        '3 of 5 recordings were not recognised (unknown.wav: NoMatch; an emulator hears only audio of which it was told what is said: start it with --audio-dir and the folder of this file)',
        '',
      ].join('\n'),
    );
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ passed: false, recordings: 5, failed: 3 });
    expect(told.tests.map(({ outcome }: { readonly outcome: string }) => outcome)).toEqual(['passed', 'passed']);
  });

  it('asks again where the service does not answer', async () => {
    await client.addFault({ operation: 'Recognise', kind: 'status', status: 429, retryAfterSeconds: 1, count: 1 });
    const { code, stderr } = await display(['--endpoint', 'calls', '--audio', 'audio']);
    expect(code).toBe(0);
    expect(stderr).toContain('asking again in');
  });

  it('ends when a person has stopped it', async () => {
    await writeAudio(Array.from({ length: 9 }, (_, index) => `${said[0]} ${index}`));
    const controller = new AbortController();
    const { code, stdout, stderr } = await display(['--endpoint', 'calls', '--audio', 'audio'], {
      signal: controller.signal,
      onError: (text) => {
        if (text.startsWith('8 of 9')) controller.abort(new Error('Stopped'));
      },
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('error: Stopped');
    expect(stderr).not.toContain('9 of 9');
  });

  it('exits with 1 where there is no such endpoint, and with 3 where the service refuses the caller', async () => {
    const missing = await display(['--endpoint', 'call', '--audio', 'audio']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('the Speech resource has no endpoint `call`; did you mean `calls`?');
    const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: 'another' };
    expect((await display(['--endpoint', 'calls', '--audio', 'audio'], { env })).code).toBe(3);
  });

  it.each([
    ['nothing', [], 'give --hyp FILE, or --endpoint NAME with --audio DIR'],
    ['both', ['--hyp', 'a', '--endpoint', 'calls', '--audio', 'audio'], 'Say once what was recognised'],
    ['an endpoint alone', ['--endpoint', 'calls'], 'Give --audio DIR with --endpoint'],
    ['audio alone', ['--audio', 'audio'], 'Give --endpoint NAME with --audio'],
    ['files and a resource', ['--hyp', 'a', '--emulator'], '--hyp works on local files alone'],
    ['no folder', ['--endpoint', 'calls', '--audio', 'none'], 'Cannot read none: there is no such file or folder'],
    ['a file', ['--endpoint', 'calls', '--audio', 'tests.tsv'], 'Cannot read tests.tsv: it is a file, not a folder'],
    ['a folder without audio', ['--endpoint', 'calls', '--audio', '.'], 'Put WAV files into .: it has none'],
  ])('refuses %s as wrong usage', async (_, args, why) => {
    const { code, stderr, stdout } = await display(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
  });
});
