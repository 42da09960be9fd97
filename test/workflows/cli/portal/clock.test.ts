import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../../emulator/start-emulator.ts';
import type { PortalSources } from '../../../../portal/server/sources.ts';
import { openSources } from '../../../../workflows/cli/portal/open-sources.ts';

async function sourcesOf(env: Readonly<Record<string, string>>, emulator = false): Promise<PortalSources> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'speechops-portal-clock-'));
  const stream = { write: () => undefined };
  const io = { stdout: stream, stderr: stream, env, cwd, signal: new AbortController().signal };
  const { sources, close } = await openSources(io, { emulator, resources: [] });
  onTestFinished(async () => {
    await close();
    await rm(cwd, { recursive: true, force: true });
  });
  return sources;
}

const halfAYear = 180 * 86_400;

async function seconds(of: Promise<Date> | undefined): Promise<number> {
  return Math.round(((await of)?.getTime() ?? NaN) / 1000);
}

it('a portal on the embedded emulator has its clock, which is moved on', async () => {
  const { clock } = await sourcesOf({}, true);
  const before = await seconds(clock?.now());
  expect(await seconds(clock?.advance(halfAYear))).toBeGreaterThanOrEqual(before + halfAYear);
  expect(await seconds(clock?.now())).toBeGreaterThanOrEqual(before + halfAYear);
});

it('a portal on an emulator of its own process has its clock', async () => {
  const emulator = await startEmulator({ key: 'the-key-of-a-test' });
  onTestFinished(async () => await emulator.close());
  const { clock } = await sourcesOf({ SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key });
  const before = await seconds(clock?.now());
  expect(await seconds(clock?.advance(halfAYear))).toBeGreaterThanOrEqual(before + halfAYear);
});

it('a service on this machine that is no emulator has no clock, and the key goes nowhere else', async () => {
  const keys: unknown[] = [];
  const elsewhere = createServer((request, response) => {
    keys.push(request.headers['ocp-apim-subscription-key']);
    response.end('{"now":"2026-01-01T00:00:00Z"}');
  }).listen(0, '127.0.0.1');
  const other = createServer((_request, response) => {
    const { port } = elsewhere.address() as { readonly port: number };
    response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
  }).listen(0, '127.0.0.1');
  await Promise.all([elsewhere, other].map(async (server) => server.listening || (await once(server, 'listening'))));
  onTestFinished(() => void [elsewhere, other].map((server) => server.close()));
  const { port } = other.address() as { readonly port: number };
  const { clock } = await sourcesOf({ SPEECHOPS_ENDPOINT: `http://127.0.0.1:${port}`, SPEECHOPS_KEY: 'secret' });
  await expect(clock?.now()).rejects.toThrow();
  expect(keys).toEqual([]);
});

it('a Speech resource in Azure has no clock', async () => {
  const env = { SPEECHOPS_ENDPOINT: 'https://contoso.cognitiveservices.azure.com', SPEECHOPS_KEY: 'secret' };
  expect((await sourcesOf(env)).clock).toBeUndefined();
});
