import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { PortalSources, ResourceSource } from '../../../../portal/server/sources.ts';
import { createSpeechClient } from '../../../../workflows/speech/speech-client.ts';
import { openSources } from '../../../../workflows/cli/portal/open-sources.ts';
import { startClient } from '../../../emulator/client.ts';

async function sourcesOf(
  env: Readonly<Record<string, string>>,
  { resources }: { readonly resources: readonly string[] },
): Promise<PortalSources> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'speechops-portal-sources-'));
  const stream = { write: () => undefined };
  const io = { stdout: stream, stderr: stream, env, cwd, signal: new AbortController().signal };
  const { sources, close } = await openSources(io, { emulator: false, resources });
  onTestFinished(async () => {
    await close();
    await rm(cwd, { recursive: true, force: true });
  });
  return sources;
}

/** An emulator with one project of this name. */
async function emulatorWith(project: string): Promise<{ readonly url: string; readonly key: string }> {
  const { emulator } = await startClient();
  const { url, key } = emulator;
  const speech = createSpeechClient({ endpoint: url, credential: { key }, retryDelayMilliseconds: 1 });
  await speech.projects.create({ displayName: project, locale: 'en-US' });
  return { url, key };
}

async function projectsOf(resource: ResourceSource | undefined): Promise<readonly string[]> {
  const found = await resource?.borrow(async ({ speech }) => await speech.projects.list());
  return (found ?? []).map(({ displayName }) => displayName);
}

it('each resource shows its own objects or its own fault, and never those of SPEECHOPS_ENDPOINT', async () => {
  const [test, production] = [await emulatorWith('of-test'), await emulatorWith('of-production')];
  const { resources } = await sourcesOf(
    { SPEECHOPS_ENDPOINT: test.url, SPEECHOPS_KEY: test.key },
    { resources: [test.url, production.url] },
  );
  expect(resources.map(({ endpoint }) => endpoint)).toEqual([test.url, production.url]);
  expect(await projectsOf(resources[0])).toEqual(['of-test']);
  await expect(projectsOf(resources[1])).rejects.toThrow('the answer is 401');
});

it('one resource that a person gives takes the key of the environment, which names no other', async () => {
  const given = await emulatorWith('of-given');
  const { resources } = await sourcesOf({ SPEECHOPS_KEY: given.key }, { resources: [given.url] });
  expect(await projectsOf(resources[0])).toEqual(['of-given']);
});

it('the key of one resource is not sent to another one that is shown beside it', async () => {
  const [own, other] = ['https://test.cognitiveservices.azure.com', 'https://production.cognitiveservices.azure.com'];
  const env = { SPEECHOPS_ENDPOINT: own, SPEECHOPS_KEY: 'the-key-of-test' };
  const { resources } = await sourcesOf(env, { resources: [own, other] });
  await expect(projectsOf(resources[1])).rejects.toThrow(`the key is not sent to another resource than ${own}`);
});
