import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { acousticZip, recordings, wavOf } from './acoustic-zip.ts';
import { Client, pathOf, startClient } from './client.ts';
import { makeClip } from './recognition/make-clip.ts';
import { ward, wardNotes } from './recognition/spoken-texts.ts';

describe('a data directory', () => {
  it('keeps objects, contents, models and the clock over a restart', async () => {
    const dataDirectory = await folder();
    const first = await startClient({ dataDirectory });
    const test = await first.dataset({ kind: 'Acoustic' }, acousticZip(recordings('ward', ward)));
    const text = await first.text(wardNotes);
    const model = await first.model([text]);
    await first.delete(text.self);
    const base = (await first.baseModels()).at(-1);
    const evaluation = await evaluate(first, { test, base, model });
    await first.control('POST', '/audio?transcript=hello%20there', wavOf(makeClip('a', 'hello there')), {
      'content-type': 'audio/wav',
    });
    const clock = (await first.control('GET', '/clock')).body;
    await first.emulator.close();

    const second = await startClient({ dataDirectory });
    const resumed = (await second.control('GET', '/clock')).body;
    expect(resumed.now).toBe(clock.now);
    const read = async (self: string) => (await second.get(pathOf(self))).body;
    expect(withoutHosts(await read(test.self))).toEqual(withoutHosts(test));
    expect(withoutHosts(await read(model.self))).toEqual(withoutHosts(model));
    expect((await read(evaluation.self)).properties).toEqual(evaluation.properties);
    expect((await evaluate(second, { test, base, model })).properties).toEqual(evaluation.properties);
    const [file] = (await second.get(`${pathOf(evaluation.self)}/files`)).body.values;
    expect((await fetch(file.links.contentUrl)).status).toBe(200);
    expect(await heard(second, wavOf(makeClip('a', 'hello there')))).toBe('Success');
    const [clip] = recordings('ward', ward);
    expect(clip && (await heard(second, wavOf(clip)))).toBe('Success');
  });

  it('goes on with what was under way', async () => {
    const dataDirectory = await folder();
    const first = await startClient({ dataDirectory });
    const text = await first.text(wardNotes);
    const model = await first.create('/models', { displayName: 'm', locale: 'en-US', datasets: [text] });
    const waiting = await first.create('/datasets', { displayName: 'd', locale: 'en-US', kind: 'Language' });
    await first.api('PUT', `${pathOf(waiting.self)}/blocks`, {
      query: { blockid: 'AAAA' },
      body: Buffer.from('\uFEFFhello there\n'),
    });
    await first.advance(31);
    await first.emulator.close();

    const second = await startClient({ dataDirectory });
    expect((await second.get(pathOf(model.self))).body.status).toBe('Running');
    expect((await second.finished(pathOf(model.self))).status).toBe('Succeeded');
    expect((await second.get(`${pathOf(waiting.self)}/blocks`)).body.uncommittedBlocks).toEqual([
      { name: 'AAAA', size: 15 },
    ]);
    await second.post(`${pathOf(waiting.self)}/blocks:commit`, [{ kind: 'Latest', id: 'AAAA' }]);
    expect((await second.finished(pathOf(waiting.self))).status).toBe('Succeeded');
  });

  it('is whole after the process was killed', async () => {
    const dataDirectory = await folder();
    const child = fork(new URL('emulator-process.ts', import.meta.url), [JSON.stringify({ dataDirectory })], {
      stdio: 'ignore',
    });
    const [message] = (await once(child, 'message')) as [Omit<Emulator, 'close'>];
    const client = new Client({ ...message, close: async () => undefined });
    const { self } = await client.create('/projects', { displayName: 'P', locale: 'en-US' });
    await vi.waitFor(
      async () => expect(await readFile(path.join(dataDirectory, 'state.json'), 'utf8')).toContain('"displayName":"P"'),
      { timeout: 60_000 },
    );
    for (let index = 0; index < 30; index++)
      await client.create('/projects', { displayName: `P${index}`, locale: 'en-US' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const second = await startClient({ dataDirectory });
    expect((await second.get(pathOf(self))).body.displayName).toBe('P');
  });

  it('is used by one emulator at a time', async () => {
    const dataDirectory = await folder();
    const first = await startEmulator({ dataDirectory });
    await expect(startEmulator({ dataDirectory })).rejects.toThrow('another emulator is using it');
    await first.close();
    await (await startEmulator({ dataDirectory })).close();
  });

  it('that holds something else is refused', async () => {
    const dataDirectory = await folder();
    await writeFile(path.join(dataDirectory, 'state.json'), '{"version":2}');
    await expect(startEmulator({ dataDirectory })).rejects.toThrow('it is not a state of version 1');
  });

  it.each([
    ['1e300', 'Cannot start the clock: it stands at 1e+300'],
    ['null', 'Cannot start the clock: it stands at null'],
  ])('whose clock stands at %s is refused, and one that starts after it was moved away is not', async (now, reason) => {
    const dataDirectory = await folder();
    const state = path.join(dataDirectory, 'state.json');
    await writeFile(state, `{"version":1,"clock":{"now":${now},"speed":1},"collections":{}}`);
    await expect(startEmulator({ dataDirectory })).rejects.toThrow(
      `Move ${dataDirectory} away to start with an empty resource: its state.json cannot be used. ${reason}`,
    );
    await rm(state);
    await (await startEmulator({ dataDirectory })).close();
  });

  it('is for the user of the emulator alone, also when it was made for all to read', async () => {
    const dataDirectory = path.join(await folder(), 'data');
    await mkdir(path.join(dataDirectory, 'contents'), { recursive: true, mode: 0o755 });
    await writeFile(path.join(dataDirectory, 'state.json.next'), '', { mode: 0o644 });
    const client = await startClient({ dataDirectory });
    await client.text(wardNotes);
    await client.control('POST', '/reset');
    await client.text(wardNotes);
    await client.emulator.close();
    expect(await modeOf(path.join(dataDirectory, 'contents'))).toBe('700');
    expect(await modeOf(path.join(dataDirectory, 'state.json'))).toBe('600');
    const fresh = path.join(dataDirectory, 'a', 'b');
    await (await startEmulator({ dataDirectory: fresh })).close();
    expect(await modeOf(fresh)).toBe('700');
  });
});

describe('without a data directory', () => {
  it('nothing is left behind', async () => {
    const temporary = await folder();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    const emulator = await startEmulator();
    expect(await readdir(temporary)).toHaveLength(1);
    await emulator.close();
    expect(await readdir(temporary)).toEqual([]);
  });
});

async function modeOf(file: string): Promise<string> {
  return ((await stat(file)).mode & 0o777).toString(8);
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'speechops-data-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function evaluate(
  client: Client,
  { test, base, model }: { test: { self: string }; base: { self: string }; model: { self: string } },
) {
  const body = { displayName: 'e', locale: 'en-US', dataset: test, model1: base, model2: model };
  return client.finished(pathOf((await client.create('/evaluations', body)).self));
}

async function heard(client: Client, audio: Buffer): Promise<string> {
  const url = `${client.emulator.url}/speech/recognition/conversation/cognitiveservices/v1?language=en-US`;
  const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key };
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(audio) });
  return ((await response.json()) as { RecognitionStatus: string }).RecognitionStatus;
}

/** The emulator takes another port after a restart. */
function withoutHosts(entity: object): unknown {
  return JSON.parse(JSON.stringify(entity).replaceAll(/127\.0\.0\.1:\d+/g, 'host'));
}
