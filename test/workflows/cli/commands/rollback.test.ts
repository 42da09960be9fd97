import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../../emulator/start-emulator.ts';
import type { RunRecord } from '../../../../workflows/engine/run-record.ts';
import { withoutPostgres } from '../../../crash/create-database.ts';
import { startSpeechops, type SpeechopsProcess } from '../../../crash/speechops-process.ts';
import { Client, idOf } from '../../../emulator/client.ts';
import { callMain, type Called, type CallOptions } from '../call-main.ts';
import { openAnyHome, type AnyHome } from '../run-folder.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;
let client: Client;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-rollback-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator({ speed: 3000 });
  client = new Client(emulator);
});

afterEach(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(args: readonly string[], options: Partial<CallOptions> = {}): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env, ...options });
}

/** The endpoint `calls`, which serves the model `First`, and a model `Second`. */
async function twoModels(): Promise<{ readonly endpoint: string; readonly first: string; readonly second: string }> {
  const text = await client.text(['give ten milligrams of apixaban']);
  const first = await client.model([text], { displayName: 'First' });
  const second = await client.model([text], { displayName: 'Second' });
  const endpoint = await client.create('/endpoints', {
    displayName: 'calls',
    locale: 'en-US',
    model: { self: first.self },
  });
  await client.finished(endpoint.self);
  return { endpoint: endpoint.self, first: first.self, second: second.self };
}

async function served(endpoint: string): Promise<string> {
  return (await client.get(endpoint)).body.model.self;
}

describe('speechops rollback', () => {
  it('goes back to the model before, twice in a row back and forth, as runs that are kept, and deletes nothing', async () => {
    const { endpoint, first, second } = await twoModels();
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      `name: calls
locale: en-US
concurrency: calls
inputs: { days: { type: number, default: 60 } }
steps:
  - id: text
    uses: upload
    with: { kind: Language, from: text.txt }
  - id: go-live
    uses: swap
    needs: [text]
    if: \${{ steps.text.outputs.accepted > 0 }}
    with: { endpoint: calls, model: ${idOf(second)}, min-days-left: "\${{ inputs.days }}", release: releases }
`,
    );
    await writeFile(path.join(folder, 'text.txt'), 'give ten milligrams of apixaban\n');
    expect(await speechops(['run', 'pipeline.yaml'])).toMatchObject({ code: 0 });
    expect(await served(endpoint)).toBe(second);

    const back = await speechops(['rollback', 'calls', 'pipeline.yaml', '--yes', '--format', 'json']);
    expect(back.stderr).not.toContain('error:');
    const record = JSON.parse(back.stdout) as RunRecord;
    expect(record).toMatchObject({
      pipeline: 'rollback calls',
      status: 'succeeded',
      steps: { 'go-live': { uses: 'swap', outputs: { model: first, previousModel: second, rolledBack: false } } },
    });
    expect(back.code).toBe(0);
    expect(await served(endpoint)).toBe(first);
    const release = load(await readFile(path.join(folder, 'releases/calls.yaml'), 'utf8'));
    expect(release).toMatchObject({
      model: { id: idOf(first), name: 'First' },
      previousModel: { id: idOf(second), name: 'Second' },
      run: { id: record.runId, pipeline: 'rollback calls' },
    });

    expect(await speechops(['rollback', 'calls', '--yes'])).toMatchObject({ code: 0 });
    expect(await served(endpoint)).toBe(second);
    expect((await client.get('/models')).body.values.map(({ self }: { self: string }) => self).toSorted()).toEqual(
      [first, second].toSorted(),
    );
    const { stdout } = await speechops(['runs']);
    expect(stdout.match(/succeeded .*rollback calls/g)).toHaveLength(2);
  });

  it.skipIf(withoutPostgres !== undefined)('waits for its turn in the concurrency group of its pipeline', async () => {
    const { endpoint, second } = await twoModels();
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      `name: calls
locale: en-US
concurrency: calls
steps:
  - { id: ok, uses: approve, with: { message: 'Go on?' } }
  - { id: go-live, uses: swap, if: false, with: { endpoint: calls, model: base } }
`,
    );
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
    const start = (...args: readonly string[]): SpeechopsProcess => startSpeechops(args, { cwd: folder, env });
    const asking = start('run', 'pipeline.yaml', '--run-id', 'asking');
    await asking.said('waiting for approval: Go on?');
    const rollback = start('rollback', 'calls', 'pipeline.yaml', '--to', 'Second', '--yes');
    try {
      await rollback.said('Waiting for run asking of the concurrency group calls');
      expect(await served(endpoint)).not.toBe(second);
      expect(await speechops(['approve', 'asking', 'ok'])).toMatchObject({ code: 0 });
      expect((await rollback.ended).code).toBe(0);
      expect(await served(endpoint)).toBe(second);
    } finally {
      await Promise.all([asking.kill(), rollback.kill()]);
    }
  });

  it('goes back at the one of several Speech resources whose swap is named', async () => {
    const { endpoint, first, second } = await twoModels();
    await client.patch(endpoint, { customProperties: { 'speechops-previous-model': idOf(second) } });
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      `name: live
locale: en-US
inputs: { west: { type: string }, north: { type: string } }
resource: \${{ inputs[matrix.region] }}
strategy:
  waves: [canary, rest]
  matrix: { include: [{ region: west, wave: canary }, { region: north, wave: rest }] }
steps:
  - id: go-live
    uses: swap
    with: { endpoint: calls, model: base, release: "releases/\${{ matrix.region }}" }
`,
    );
    const inputs = ['--input', 'west=http://127.0.0.1:1', '--input', `north=${emulator.url}`];
    const rollback = ['rollback', 'calls', 'pipeline.yaml', ...inputs, '--yes'];
    const unclear = await speechops(rollback);
    expect(unclear.stderr).toContain(
      'Say which one with --step: pipeline.yaml swaps calls in go-live-west, go-live-north\n',
    );
    expect(unclear.code).toBe(2);
    const back = await speechops([...rollback, '--step', 'go-live-north']);
    expect(back.stderr).not.toContain('error:');
    expect(await served(endpoint)).toBe(second);
    const release = load(await readFile(path.join(folder, 'releases/north/calls.yaml'), 'utf8'));
    expect(release).toMatchObject({ model: { id: idOf(second) }, previousModel: { id: idOf(first) } });
  });

  it('shows what it would do, asks before it does it, and takes the model that is named', async () => {
    const { endpoint, first, second } = await twoModels();
    const plan = await speechops(['rollback', 'calls', '--to', 'Second', '--plan']);
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    const [head, step] = plan.stdout.split('\n');
    expect(head).toBe(`rollback calls on ${emulator.url}: 1 to update`);
    expect(step).toMatch(/^ {2}back {2}~ update {7}endpoint calls: First -> Second/);
    expect(await speechops(['rollback', 'calls', '--to', 'First', '--plan'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('endpoint calls serves First already'),
    });
    const to = ['rollback', idOf(endpoint), '--to', idOf(second)];
    const nobody = await speechops(to);
    expect(nobody.stderr).toContain('Add --yes, or call it on a terminal');
    expect(nobody.code).toBe(2);
    const asked: string[] = [];
    const ask = async (answer: string, question: string): Promise<string> => {
      asked.push(question);
      return answer;
    };
    const no = await speechops(to, { ask: async (question) => await ask('', question) });
    expect(no.stderr).toContain('endpoint calls: First -> Second');
    expect(no.stderr).toContain('Nothing was changed');
    expect(no.code).toBe(0);
    expect(await served(endpoint)).toBe(first);
    const yes = await speechops(to, { ask: async (question) => await ask('y', question) });
    expect(yes.code).toBe(0);
    expect(await served(endpoint)).toBe(second);
    expect(asked).toEqual(['Do it? (y/N) ', 'Do it? (y/N) ']);
  });

  it('is refused without a model to go back to, before a run begins', async () => {
    const { endpoint, second } = await twoModels();
    const unnoted = await speechops(['rollback', 'calls', '--yes']);
    expect(unnoted.stderr).toMatch(
      /^error: Name a model with --to: no swap has noted which model endpoint calls served before; the newest others are Second of /,
    );
    expect(unnoted.code).toBe(1);
    await client.patch(endpoint, { customProperties: { 'speechops-previous-model': idOf(second) } });
    // Both expire on the same day, and the endpoint answers with the base model then.
    await client.advance(3 * 365 * 86_400);
    const expired = await speechops(['rollback', 'calls', '--yes']);
    expect(expired.stderr).toMatch(/Name another model with --to: Second has expired on \d{4}-\d\d-15/);
    expect(expired.code).toBe(1);
    const mistyped = await speechops(['rollback', 'call', '--yes']);
    expect(mistyped.stderr).toContain('did you mean `calls`?');
    expect(mistyped.code).toBe(2);
    expect((await speechops(['runs'])).stdout).not.toContain('rollback');
  });

  it.each<[string, readonly string[], string]>([
    ['a pipeline without the endpoint', ['calls', 'pipeline.yaml', '--yes'], 'it has no swap of calls'],
    ['a pipeline that swaps it more than once', ['ward', 'pipeline.yaml', '--yes'], 'Say which one with --locale'],
    [
      'a step that does not swap it',
      ['ward', 'pipeline.yaml', '--step', 'go-live-en', '--yes'],
      'Name with --step a step of pipeline.yaml that swaps ward: go-live-en-us, go-live-de-de, and not `go-live-en`; did you mean `go-live-en-us`?',
    ],
    ['a step without a pipeline', ['ward', '--step', 'go-live', '--yes'], 'Give the pipeline as well'],
    ['a proof beside a pipeline', ['ward', 'pipeline.yaml', '--audio', 'smoke', '--yes'], 'Leave --audio'],
    ['a bound without audio', ['calls', '--max-wer', '10%', '--yes'], 'Give --audio FOLDER as well'],
    ['no rate', ['calls', '--audio', 'smoke', '--max-wer', '10', '--yes'], 'Write --max-wer as a rate'],
  ])('refuses %s', async (_, args, message) => {
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      `name: p
locale: \${{ matrix.locale }}
strategy: { matrix: { locale: [en-US, de-DE] } }
steps: [{ id: go-live, uses: swap, with: { endpoint: ward, model: base } }]
`,
    );
    const { code, stderr } = await speechops(['rollback', ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('proves the model with smoke audio, and says what is wrong with it before anything is changed', async () => {
    const { endpoint, first } = await twoModels();
    const args = ['rollback', 'calls', '--to', 'Second', '--audio', 'nothing', '--yes'];
    const { code, stderr } = await speechops(args);
    expect(stderr).toContain('nothing');
    expect(code).toBe(2);
    expect(await served(endpoint)).toBe(first);
  });
});
