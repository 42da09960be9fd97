import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { type Azurite, startAzurite } from '../../azurite/start-azurite.ts';
import { callMain, type Called } from './call-main.ts';
import { type AnyHome, openAnyHome } from './run-folder.ts';

let folder: string;
let emulator: Emulator;
let azurite: Azurite;
let home: AnyHome;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-stored-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator({ speed: 3000 });
  azurite = await startAzurite();
  const { credential } = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');
  await new BlobServiceClient(azurite.account, credential).createContainer('datasets');
  await writeFile(path.join(folder, 'text.txt'), 'the ward is full tonight\nplease call the pharmacy\n');
  await writeFile(
    path.join(folder, 'pipeline.yaml'),
    `name: stored
locale: en-US
inputs: { via: { type: string, default: storage } }
steps:
  - id: text
    uses: upload
    with: { kind: Language, from: text.txt, via: "\${{ inputs.via }}", container: "${azurite.account}/datasets" }
`,
  );
});
afterAll(async () => {
  await azurite[Symbol.asyncDispose]();
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env });
}

function statusOf(stdout: string): string | undefined {
  return (JSON.parse(stdout) as RunRecord).steps['text']?.status;
}

const client = () => createSpeechClient({ endpoint: emulator.url, credential: { key: emulator.key } });

it('goes through a container once, as the plan says, and shows nobody the signature', async () => {
  const planned = await speechops('plan', 'pipeline.yaml');
  expect(planned.stdout).toContain('through storage devstoreaccount1/datasets');
  const first = await speechops('run', 'pipeline.yaml', '--format', 'json', '--run-id', 'first');
  expect(statusOf(first.stdout)).toBe('succeeded');
  const [dataset] = await client().datasets.list();
  expect(dataset).toMatchObject({ status: 'Succeeded', properties: { acceptedLineCount: 2 } });
  const signature = new URL(dataset?.contentUrl ?? '').searchParams.get('sig') ?? '';
  expect(signature).not.toBe('');
  const second = await speechops('run', 'pipeline.yaml', '--format', 'json', '--run-id', 'second');
  expect(statusOf(second.stdout)).toBe('reused');
  expect(await client().datasets.list()).toHaveLength(1);
  const kept = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = kept.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  const texts = await Promise.all(files.map(async (file) => await readFile(file, 'latin1')));
  for (const text of [...texts, ...[planned, first, second].flatMap(({ stdout, stderr }) => [stdout, stderr])])
    for (const form of [signature, encodeURIComponent(signature)]) expect(text.includes(form)).toBe(false);
});

it('goes by blocks where an input says so', async () => {
  for (const { self } of await client().datasets.list()) await client().datasets.delete(self);
  const { stdout } = await speechops('run', 'pipeline.yaml', '--format', 'json', '--input', 'via=blocks');
  expect(statusOf(stdout)).toBe('succeeded');
  expect((await client().datasets.list()).map(({ contentUrl }) => contentUrl)).toEqual([undefined]);
});

it('goes by blocks where the command says so, whatever the step says', async () => {
  for (const { self } of await client().datasets.list()) await client().datasets.delete(self);
  const { stdout } = await speechops('run', 'pipeline.yaml', '--format', 'json', '--via', 'blocks');
  expect(statusOf(stdout)).toBe('succeeded');
  expect((await client().datasets.list()).map(({ contentUrl }) => contentUrl)).toEqual([undefined]);
});

it('goes as it was planned', async () => {
  const { code, stderr } = await speechops('run', '--plan', 'plan.json', '--via', 'blocks');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: Leave out --via: /);
});

it('goes through a container for the embedded emulator, too', async () => {
  const { stdout } = await speechops('run', 'pipeline.yaml', '--emulator', '--format', 'json');
  expect(statusOf(stdout)).toBe('succeeded');
});
