import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { runSchema } from '../../../schemas/documents.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { bootedState } from '../../crash/booted-state.ts';
import { callProgram } from './call-program.ts';
import { useWard, key, statuses, once } from './ward.ts';

const ward = useWard();
const { call, fault, objects, run, speechops } = ward;

describe('speechops run', () => {
  it('uploads, evaluates, retrains and swaps, and a second run creates nothing', async () => {
    const first = await run('--run-id', 'first');
    expect(first.stderr).toContain('ward on http://127.0.0.1');
    expect(statuses(first.record)).toEqual({
      calls: 'succeeded',
      // They have the same content: whichever comes first uploads it.
      text: expect.stringMatching(/succeeded|reused/),
      'same-text': expect.stringMatching(/succeeded|reused/),
      baseline: 'succeeded',
      retrain: 'succeeded',
      candidate: 'succeeded',
      'go-live': 'succeeded',
    });
    const { baseline, candidate, 'go-live': goLive } = first.record.steps;
    expect(first.record.steps['calls']?.outputs).toMatchObject({ accepted: 24, rejected: 0 });
    expect(candidate?.outputs).toMatchObject({ better: true, againstWer: baseline?.outputs['wer'] });
    expect(goLive?.outputs).toMatchObject({
      model: first.record.steps['retrain']?.outputs['model'],
      probeFailures: 0,
      rolledBack: false,
    });
    const after = await objects();
    expect(after).toEqual(once);

    const second = await run('--input', 'bound=90%');
    expect(second.code).toBe(0);
    expect(statuses(second.record)).toEqual({
      calls: 'reused',
      text: 'reused',
      'same-text': 'reused',
      baseline: 'reused',
      retrain: 'skipped',
      candidate: 'skipped',
      'go-live': 'skipped',
    });
    expect(await objects()).toEqual(after);
  });

  it('leaves the record in run.json as its schema says', async () => {
    const { record } = await run('--run-id', 'kept');
    const stored: unknown = JSON.parse(
      await readFile(path.join(ward.folder, '.speechops', 'runs', 'kept', 'run.json'), 'utf8'),
    );
    expect(stored).toEqual(record);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(runSchema);
    expect(validate(stored), JSON.stringify(validate.errors)).toBe(true);
    const again = await speechops('run', ward.pipeline, '--run-id', 'kept');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('Choose another --run-id')]);
  });

  it('prints control characters of pipelines and of the service as escapes', async () => {
    await fault({ operation: 'Models_Create', kind: 'entity-failed', message: 'red \u001B[31malert\nsecond line' });
    await writeFile(
      ward.pipeline,
      (await readFile(ward.pipeline, 'utf8')).replace('name: ward', 'name: "ward\\e[31m"'),
    );
    const { stdout, stderr } = await speechops('run', ward.pipeline);
    expect(stdout + stderr).toContain('red \\u001B[31malert');
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
  });

  it('stops on Ctrl-C with the line that goes on with the run, and that line finishes it', async () => {
    const interrupt = new AbortController();
    const stopped = await call(['run', ward.pipeline, '--run-id', 'stopped', '--format', 'json'], {
      signal: interrupt.signal,
      onError: (text) => text.includes('baseline') && interrupt.abort(new Error('Stopped')),
    });
    expect([stopped.code, stopped.stdout]).toEqual([3, '']);
    expect(stopped.stderr).toContain('Resume it: speechops resume stopped');
    const resumed = await speechops('resume', 'stopped', '--format', 'json');
    expect([resumed.code, (JSON.parse(resumed.stdout) as RunRecord).status]).toEqual([0, 'succeeded']);
    expect(await objects()).toEqual(once);
  });

  it('prints the key nowhere, also when every call fails', async () => {
    await fault(
      { operation: '*', kind: 'status', status: 401, rate: 0.3, seed: 5 },
      { operation: '*', kind: 'truncated', rate: 0.3, seed: 6 },
    );
    // Where the store is a folder, whatever is kept is found in it.
    await bootedState().copyTo(ward.folder);
    const env = { SPEECHOPS_ENDPOINT: ward.emulator.url, SPEECHOPS_KEY: key };
    const { stdout, stderr } = await callProgram(['run', ward.pipeline], { cwd: ward.folder, env });
    const state = path.join(ward.folder, '.speechops');
    const files = existsSync(state) ? await readdir(state, { recursive: true, withFileTypes: true }) : [];
    const written = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
    );
    expect([stdout, stderr, ...written].join('\n')).not.toContain(key);
    expect(stdout + stderr).not.toMatch(/sig=|Authorization|Subscription-Key/i);
  });

  it.each([
    [['run', 'no-such.yaml'], 2, 'Give the path of a pipeline file'],
    [['run', 'ward.yaml', '--input', 'bound'], 2, 'Write --input NAME=VALUE'],
    [['run', 'ward.yaml', '--input', 'bund=10%'], 1, 'bund'],
    [['run', 'ward.yaml', '--run-id', '../x'], 2, 'Name the run with letters'],
    [['run', 'ward.yaml', '--frobnicate'], 2, 'unknown option'],
  ] as const)('explains wrong use: %j', async (args, code, message) => {
    const called = await speechops(...args);
    expect([called.code, called.stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  it('says which variable is missing when no resource is named', async () => {
    const { code, stderr } = await call(['run', ward.pipeline], { env: {} });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Set SPEECHOPS_ENDPOINT')]);
  });
});
