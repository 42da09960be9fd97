import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Client } from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import type { Ended } from '../../crash/speechops-process.ts';
import { callMain } from './call-main.ts';
import { withoutScript } from './needed-tools.ts';
import { homes, itInOneHome, type RunFolder, useRunFolder } from './run-folder.ts';

const timeout = 300_000;

function recordOf({ stdout, stderr }: Ended): RunRecord {
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as RunRecord;
}

function statusesOf(ended: Ended): readonly string[] {
  const { status, steps } = recordOf(ended);
  return [status, ...Object.values(steps).map((step) => step.status)];
}

async function expectOneModel({ emulator }: RunFolder): Promise<void> {
  for (const collection of ['datasets', 'models']) {
    const response = await fetch(`${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`, {
      headers: { 'Ocp-Apim-Subscription-Key': emulator.key },
    });
    expect(((await response.json()) as { readonly values: readonly unknown[] }).values, collection).toHaveLength(1);
  }
}

/** What was drawn last, and what stands below it. */
function lastFrame(onTerminal: string): string {
  return onTerminal.slice(onTerminal.lastIndexOf('A\r'));
}

/** The cursor is there, and the message once, below all that was drawn. */
function expectInOrder(onTerminal: string, message: string): void {
  expect(onTerminal.lastIndexOf('\u001B[?25h')).toBeGreaterThanOrEqual(onTerminal.lastIndexOf('\u001B[?25l'));
  expect(onTerminal.split(message)).toHaveLength(2);
  expect(onTerminal.indexOf(message)).toBeGreaterThan(onTerminal.lastIndexOf('model'));
}

const passed = ['succeeded', 'succeeded', 'succeeded', 'succeeded'];

describe.each(homes)('with runs on $home:', { timeout }, ({ isEmbedded }) => {
  const prepared = useRunFolder({ isEmbedded });
  const itOfEngine = itInOneHome({ isEmbedded });
  let at: RunFolder;
  beforeEach(() => void (at = prepared()));

  describe('a run that waits in another process', () => {
    it('is seen and answered from elsewhere, and loses nothing', async () => {
      const run = await at.startAsking();
      expect((await at.call('runs')).stdout).toMatch(/^RUN .*\na +running +[-\d]+ [:\d]+ +\S+ s {2}asks\n$/);
      expect((await at.call('show', 'a')).stdout).toMatch(
        / {2}ok {5}waiting {4}for approval: speechops approve a ok {2}<- text\n {2}model {2}waiting {4}for ok {2}<- /,
      );
      expect((await at.call('approvals')).stdout).toMatch(
        /\na {4}ok {4}[0-9a-f]{12} {2}anybody {2}Go on\? {4}speechops approve a ok\n$/,
      );
      expect((await at.call('runs', '--status', 'failed')).stdout).toBe('No run is failed\n');
      expect((await at.call('approve', 'last', 'ok')).stderr).toBe('ann approved ok of a\n');
      const ended = await run.ended;
      expect([ended.code, statusesOf(ended)]).toEqual([0, passed]);
      expect(recordOf(ended).steps['ok']?.outputs).toMatchObject({ approvedBy: 'ann' });
      expect(JSON.parse((await at.call('show', 'a', '--format', 'json')).stdout)).toMatchObject({
        status: 'succeeded',
      });
      await expectOneModel(at);
    });

    it('is cancelled from elsewhere, and resumed', async () => {
      const run = await at.startAsking();
      expect((await at.call('cancel', 'a')).stderr).toBe('Cancelled a\n');
      const cancelled = await run.ended;
      expect([cancelled.code, statusesOf(cancelled)]).toEqual([3, ['cancelled', 'succeeded', 'skipped', 'skipped']]);
      expect(cancelled.stderr).toContain('Resume it: speechops resume a (what is done already is kept)\n');
      expect(await at.call('cancel', 'a')).toMatchObject({
        code: 2,
        stderr: 'error: Leave a as it is: it has ended already (cancelled)\n',
      });
      await at.call('approve', 'a', 'ok');
      const resumed = await at.call('resume', 'a', '--format', 'json');
      expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
      await expectOneModel(at);
    });

    it('is stopped by Ctrl-C, and gone on with', async () => {
      const run = await at.startAsking();
      run.send('SIGINT');
      const stopped = await run.ended;
      expect([stopped.code, stopped.stdout, stopped.stderr]).toEqual([
        3,
        '',
        expect.stringContaining('Stopped. Resume it: speechops resume a\n'),
      ]);
      expect((await at.call('runs')).stdout).toMatch(/^a +abandoned .* asks {2}\(speechops resume a\)\n$/m);
      await at.call('approve', 'a', 'ok');
      const resumed = await at.call('resume', 'a', '--format', 'json');
      expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
    });
  });

  describe('a run on a terminal leaves it in order, with its last state and what to do next,', () => {
    const itOnTerminal = it.skipIf(withoutScript !== undefined || isEmbedded);
    const onTerminal = true;

    itOnTerminal('when it is cancelled from elsewhere', async () => {
      const run = await at.startAsking({ onTerminal });
      expect((await at.call('cancel', 'a')).code).toBe(0);
      const { code, stdout } = await run.ended;
      expect([code, stdout]).toEqual([3, expect.stringMatching(/model.*the run was cancelled/)]);
      expectInOrder(stdout, 'Resume it: speechops resume a (what is done already is kept)');
    });

    itOnTerminal('at Ctrl-C', async () => {
      const run = await at.startAsking({ onTerminal });
      run.send('SIGINT');
      const { code, stdout } = await run.ended;
      expect([code, lastFrame(stdout)]).toEqual([3, expect.stringMatching(/✔.*text.*▶.*ok.*·.*model/s)]);
      expectInOrder(stdout, 'Stopped. Resume it: speechops resume a');
    });

    itOnTerminal('at SIGTERM, also when it comes twice', async () => {
      const run = await at.startAsking({ onTerminal, isEndHeld: true });
      run.send('SIGTERM');
      await run.said('Stopped. Resume it: speechops resume a');
      run.send('SIGTERM');
      const { code, stdout } = await run.ended;
      expect(code).toBe(130);
      expectInOrder(stdout, 'Stopped. Resume it: speechops resume a');
    });

    itOnTerminal('when its store fails', async () => {
      const run = await at.startAsking({ onTerminal });
      const client = new Client(at.env['SPEECHOPS_DATABASE_URL']);
      await client.connect();
      await client.query('ALTER TABLE dbos.operation_outputs RENAME TO elsewhere');
      await client.query("UPDATE dbos.workflow_status SET status = 'CANCELLED' WHERE workflow_uuid = 'a'");
      await client.end();
      const { code, stdout } = await run.ended;
      expect([code, lastFrame(stdout)]).toEqual([3, expect.stringMatching(/✔.*text.*▶.*ok.*·.*model/s)]);
      expectInOrder(stdout, 'error: relation "dbos.operation_outputs" does not exist');
    });
  });

  describe('a run on a terminal', () => {
    itOfEngine('has one summary in place of its view when it ends, and each failure once', async () => {
      await at.expireAfter('1s');
      const { folder: cwd, env } = at;
      const { code, stdout } = await callMain(['run', 'asks.yaml', '--run-id', 'a'], { cwd, env, onTerminal: true });
      expect(code).toBe(1);
      const left = stdout.slice(stdout.lastIndexOf('\u001B[J') + 3);
      expect(left).toContain('\u001B[31mfailed   \u001B[39m');
      const plain = stripVTControlCharacters(left);
      expect(plain.replaceAll(/\d+\.\d s|\d{4}-\S+Z|127[\d.:]+/g, '?').split('\n')).toEqual([
        'asks on http://?, run a',
        'asks: failed in ?',
        expect.stringMatching(/^ {2}text {3}succeeded {2}1 line accepted/),
        '  ok     failed     Nobody answered by ? (expires): Go on? (?)',
        '  model  skipped    ok failed',
        'record: .speechops/runs/a/run.json',
        'report: .speechops/runs/a/report.html (in the terminal: speechops report a)',
        'When the cause is mended: speechops resume a (what is done already is kept)',
        '',
      ]);
    });
  });

  describe('a second signal', () => {
    itOfEngine.each([
      ['SIGINT', 'SIGINT'],
      ['SIGINT', 'SIGTERM'],
    ] as const)('ends the program at once: %s, %s', async (first, second) => {
      const run = await at.startAsking({ isEndHeld: true });
      run.send(first);
      await run.said('Stopped. Resume it: speechops resume a\n');
      run.send(second);
      expect((await run.ended).code).toBe(130);
    });
  });

  describe('an answer', () => {
    it('outlives a kill and may come while nobody waits; of several the first counts', async () => {
      const run = await at.startAsking();
      await run.kill();
      expect(await at.call('approve', 'a', 'ok', '--comment', 'heard ten calls')).toMatchObject({
        code: 0,
        stderr: 'ann approved ok of a\nResume it: speechops resume a\n',
      });
      expect(await at.call('approve', 'a', 'ok', '--reject', '--by', 'bob')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Nothing changed: ann approved ok at \S+ already\n$/),
      });
      const resumed = await at.call('resume', 'a', '--format', 'json');
      expect([resumed.code, statusesOf(resumed), recordOf(resumed).steps['ok']?.outputs['approvedBy']]).toEqual([
        0,
        passed,
        'ann',
      ]);
      expect(await at.call('resume', 'a')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Start a new run: a has succeeded'),
      });
      await expectOneModel(at);
    });

    itOfEngine('that says no fails the run', async () => {
      const run = await at.startAsking();
      await at.call('approve', 'a', 'ok', '--reject', '--by', 'bob', '--comment', 'noise');
      const ended = await run.ended;
      expect([ended.code, statusesOf(ended)]).toEqual([1, ['failed', 'succeeded', 'failed', 'skipped']]);
      expect(recordOf(ended).steps['ok']?.error).toMatch(/^bob rejected it at \S+: noise$/);
      expect(ended.stderr).toMatch(
        /When the no is withdrawn: speechops approve a ok --by bob\nThen: speechops resume a \(what is done already is kept\)\n$/,
      );
      expect((await at.call('approve', 'a', 'ok', '--comment', 'cleaned up')).stderr).toBe(
        'ann approved ok of a\nResume it: speechops resume a\n',
      );
      const resumed = await at.call('resume', 'a', '--format', 'json');
      expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
      expect(recordOf(resumed).steps['ok']?.outputs).toMatchObject({ approvedBy: 'ann', comment: 'cleaned up' });
    });

    itOfEngine('is taken from those whom the run names, as soon as that is known', async () => {
      await writeFile(
        path.join(at.folder, 'asks.yaml'),
        `name: asks
locale: en-US
inputs: { who: { type: string, default: ann } }
steps:
  - { id: first, uses: approve, with: { message: 'First?', by: ["\${{ inputs.who }}"] } }
  - { id: second, uses: approve, with: { message: 'Second?', by: ["\${{ steps.first.outputs.comment }}"] } }
`,
      );
      const run = at.start('run', 'asks.yaml', '--run-id', 'a', '--format', 'json');
      await run.said('waiting for approval: First?');
      expect(await at.call('approve', 'a', 'first', '--by', 'bob')).toMatchObject({
        code: 2,
        stderr: 'error: Ask ann: bob may not answer first\n',
      });
      expect((await at.call('approve', 'a', 'second', '--reject', '--by', 'bob')).stderr).toBe(
        'bob rejected second of a\nIt counts if second lets bob answer: that is known when the step asks\n',
      );
      expect((await at.call('approve', 'a', 'first', '--comment', 'eve')).stderr).toBe('ann approved first of a\n');
      await run.said('bob may not answer second: eve may');
      expect(await at.call('approve', 'a', 'second', '--by', 'bob')).toMatchObject({
        code: 2,
        stderr: 'error: Ask eve: bob may not answer second\n',
      });
      expect((await at.call('approve', 'a', 'second', '--by', 'eve')).stderr).toBe('eve approved second of a\n');
      const ended = await run.ended;
      expect([ended.code, recordOf(ended).steps['second']?.outputs['approvedBy']]).toEqual([0, 'eve']);
    });

    itOfEngine('that comes too late counts for the resumed run', async () => {
      await at.expireAfter('1s');
      const expired = await at.call('run', 'asks.yaml', '--run-id', 'a', '--format', 'json');
      expect([expired.code, recordOf(expired).steps['ok']?.error]).toEqual([
        1,
        expect.stringMatching(/^Nobody answered by \S+ \(expires\): Go on\?$/),
      ]);
      await at.call('approve', 'a', 'ok');
      const resumed = await at.call('resume', 'a', '--format', 'json');
      expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
    });

    itOfEngine('is refused by a run that has succeeded, and `last` is the newest run that asks', async () => {
      await writeFile(
        path.join(at.folder, 'quiet.yaml'),
        "name: quiet\nlocale: en-US\nsteps:\n  - { id: ok, uses: approve, if: false, with: { message: 'Go on?' } }\n",
      );
      const refused = (others: string): object => ({
        code: 2,
        stderr: `error: Cannot approve ok: the run b has succeeded, and ${others} for ok (speechops approvals lists what waits)\n`,
      });
      const run = await at.startAsking();
      expect((await at.call('run', 'quiet.yaml', '--run-id', 'b')).code).toBe(0);
      expect(await at.call('approve', 'b', 'ok')).toMatchObject(refused('a waits'));
      expect((await at.call('approve', 'last', 'ok')).stderr).toBe('ann approved ok of a\n');
      expect((await run.ended).code).toBe(0);
      expect(await at.call('approve', 'b', 'ok', '--reject')).toMatchObject(refused('no run waits'));
    });

    itOfEngine('is refused for what asks nothing', async () => {
      const run = await at.startAsking();
      expect(await at.call('approve', 'a', 'text')).toMatchObject({
        code: 2,
        stderr: 'error: Cannot approve text: the run a has no such approve step, but ok\n',
      });
      expect(await at.call('approve', 'a', 'ok', '--by', ' ')).toMatchObject({
        code: 2,
        stderr: 'error: Say with --by who answers: the name is empty\n',
      });
      expect(await at.call('approve', 'b', 'ok')).toMatchObject({
        code: 2,
        stderr: 'error: Check the run id b: there is no such run (speechops runs lists them)\n',
      });
      await run.kill();
    });
  });

  describe('the id of a run', () => {
    itOfEngine('is taken by one run alone, also when that is unfinished', async () => {
      await writeFile(
        path.join(at.folder, 'other.yaml'),
        'name: other\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n',
      );
      const refused = {
        code: 2,
        stdout: '',
        stderr: 'error: Choose another run id: there is a run a already (to continue that one: speechops resume a)\n',
      };
      const asking = await at.startAsking();
      expect((await at.call('runs')).stdout).toMatch(/^RUN .*\na +running +[-\d]+ [:\d]+ +\S+ s {2}asks\n$/);
      await asking.kill();
      expect((await at.call('runs')).stdout).toMatch(/^a +abandoned .* asks {2}\(speechops resume a\)\n$/m);
      expect((await at.call('show', 'a')).stdout).toMatch(
        /^asks: abandoned, started \S+, run a {2}\(speechops resume a\)\n/,
      );
      // The journal is what knows: a killed run has left no record.
      expect(await at.call('run', 'other.yaml', '--run-id', 'a')).toEqual(refused);
      expect((await at.call('run', 'other.yaml', '--run-id', 'b')).code).toBe(0);
      expect(await at.call('fork', 'b', '--from', 'text', '--run-id', 'a')).toEqual(refused);
      await at.call('approve', 'a', 'ok');
      expect((await at.call('resume', 'a')).code).toBe(0);
      await rm(path.join(at.folder, '.speechops', 'runs'), { recursive: true });
      expect(await at.call('run', 'other.yaml', '--run-id', 'a')).toEqual(refused);
      // Nothing is announced that is then refused.
      expect(await at.call('resume', 'a')).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error: Start a new run: a has succeeded\n',
      });
      expect(await at.call('fork', 'a', '--from', 'nope')).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error: Choose a step of a: it has no `nope`, but text, ok, model\n',
      });
    });
  });

  describe('speechops fork', () => {
    itOfEngine('keeps what was done before the step, and refuses what is no step', async () => {
      const run = await at.startAsking();
      await at.call('approve', 'a', 'ok');
      const first = recordOf(await run.ended);
      for (const from of ['', 'go-live']) {
        expect(await at.call('fork', 'a', '--from', from)).toMatchObject({
          code: 2,
          stderr: expect.stringContaining(`error: Choose a step of a: it has no \`${from}\`, but text, ok, model\n`),
        });
      }
      expect(await at.call('fork', 'a', '--from', 'model', '--run-id', 'a/b')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('error: Name the run with letters, digits, dots and hyphens'),
      });
      const forked = await at.call('fork', 'a', '--from', 'model', '--run-id', 'b', '--format', 'json');
      const { runId, steps } = recordOf(forked);
      expect([forked.code, runId, steps['ok'], steps['model']?.status]).toEqual([0, 'b', first.steps['ok'], 'reused']);
      await expectOneModel(at);
    });
  });

  describe('a place where nothing was ever run', () => {
    it('has no runs, and says so', async () => {
      expect(await at.call('runs')).toEqual({ code: 0, stdout: 'No runs here yet\n', stderr: '' });
      for (const command of [
        ['show', 'a'],
        ['cancel', 'a'],
        ['approve', 'a', 'ok'],
        ['resume', 'a'],
        ['fork', 'a', '--from', 'ok'],
      ]) {
        expect(await at.call(...command)).toEqual({
          code: 2,
          stdout: '',
          stderr: 'error: Check the run id a: there is no such run (speechops runs lists them)\n',
        });
      }
    });
  });
});
