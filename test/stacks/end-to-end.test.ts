import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { cdktfPlace } from '../../stacks/cdktf/fetch-cdktf.ts';
import { callProgram } from '../workflows/cli/call-program.ts';
import { placeAzurerm } from './azurerm/install-azurerm.ts';
import { hasTerraform } from './provider/terraform.ts';
import { providersOf, runApp, StackWorld } from './stack-world.ts';

/** The CLI of cdktf 0.21, where it has been fetched: tests do not fetch 260 MB by themselves. */
const { SPEECHOPS_CDKTF: named = '', XDG_CACHE_HOME: cache = path.join(homedir(), '.cache') } = process.env;
// Not `skipWithout`: the command line of CDKTF is of use with Terraform alone, which CI cannot install.
const hasCdktf = hasTerraform && (named !== '' || existsSync(cdktfPlace({ XDG_CACHE_HOME: cache }).executable));
if (!hasCdktf) {
  console.warn(
    'SKIPPED: the cdktf CLI, end to end, needs Terraform and the CLI: `npx speechops-stacks cdktf --version` fetches it, SPEECHOPS_CDKTF names another one',
  );
}

const example = path.join(import.meta.dirname, '../../examples/hospital-ward');
let folder: string;
let emulator: Emulator;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-end-to-end-'));
  await cp(example, folder, { recursive: true });
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'data', 'smoke')] });
  // What stands for the account.
  await changeEnvironment('custom-speech:\n', `custom-speech:\n      emulator: ${emulator.url}\n`);
});

afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!hasTerraform)('an environment.yaml, from nothing to a swapped model', { timeout: 600_000 }, () => {
  it('has Terraform and pipelines change the same endpoint without getting in the way of each other', async () => {
    await using world = await StackWorld.openApp(folder, { name: 'dev', env: signedIn() });
    await world.apply();
    // From here on it is about what the stack says, and no more about how Terraform gets its providers.
    await world.runProviders();
    const [project] = await objects('projects');
    const [endpoint] = await objects('endpoints');
    expect(endpoint).toMatchObject({ displayName: 'ward', status: 'Succeeded', project: { self: project?.self } });
    const all = await objects('models/base', "locale eq 'en-US'");
    const bases = all.filter(({ properties }) => properties?.features?.supportsEndpoints === true);
    const newest = bases.toSorted((a, b) => a.createdDateTime.localeCompare(b.createdDateTime)).at(-1);
    expect(bases.length).toBeGreaterThan(1);
    expect(endpoint?.model.self).toBe(newest?.self);
    expect(await world.outputs()).toMatchObject({
      'speechops-endpoint': 'https://quellwick-ward-dev.cognitiveservices.azure.com',
      'endpoint-id-ward': /endpoints\/([0-9a-f-]+)/.exec(endpoint?.self ?? '')?.[1],
    });

    await runPipeline();
    const [swapped] = await objects('endpoints');
    const [trained] = await objects('models');
    expect(swapped).toMatchObject({ self: endpoint?.self, model: { self: trained?.self } });
    expect(swapped?.model.self).not.toBe(endpoint?.model.self);
    expect(await world.plan()).toMatchObject({ code: 0 });

    await request('DELETE', swapped?.self ?? '');
    expect(await world.plan()).toMatchObject({
      code: 2,
      output: expect.stringContaining('Plan: 1 to add, 0 to change, 0 to destroy'),
    });
    await world.apply();
    expect(await objects('endpoints')).toMatchObject([{ displayName: 'ward', status: 'Succeeded' }]);

    const body = { displayName: 'clicked', locale: 'en-US', project: { self: project?.self } };
    const clicked = (await request('POST', `${emulator.url}/speechtotext/endpoints?${version}`, body)) as ServiceObject;
    await changeEnvironment('endpoints:', 'endpoints:\n        clicked: { locale: en-US, project: ward }');
    await changeEnvironment('203.0.113.0/24', '192.0.2.0/24');
    await runApp(folder);
    await world.must('import', '-input=false', 'customspeech_endpoint.clicked', clicked.self);
    expect(await world.apply()).toContain('0 added, 1 changed, 0 destroyed');
    expect(await world.plan()).toMatchObject({ code: 0 });
    expect(await objects('endpoints')).toHaveLength(2);

    // Another account, the same account with other settings: what is inside it goes along, or stays.
    await changeEnvironment('account:\n', 'account:\n      name: other\n');
    await changeEnvironment('account: { ', 'account: { name: another, ');
    await runApp(folder);
    expect((await world.plan()).output).toMatch(/customspeech_endpoint.ward will be replaced due to changes in/);
    await writeEnvironment(`account: { ip-rules: [198.51.100.7] }, custom-speech: { emulator: '${emulator.url}' }`);
    expect(await world.apply()).toContain('0 added, 1 changed, 4 destroyed');
    expect(await objects('endpoints')).toEqual([]);
    expect(await objects('projects')).toEqual([]);
    expect(await world.must('destroy', '-auto-approve')).toContain('3 destroyed');
    expect(await world.state()).toEqual({});
  });
});

describe.skipIf(!hasCdktf)('the cdktf CLI', { timeout: 600_000 }, () => {
  it('deploys, finds nothing to change after a swap, and destroys', async () => {
    const settings = JSON.parse(await readFile(path.join(folder, 'cdktf.json'), 'utf8')) as object;
    const app = `${process.execPath} ${stacksProgram}`;
    await writeFile(path.join(folder, 'cdktf.json'), JSON.stringify({ ...settings, app }));
    const deployed = await callCdktf(['deploy', 'dev', '--auto-approve']);
    expect(deployed).toMatchObject({ code: 0, output: expect.stringContaining('6 added, 0 changed, 0 destroyed') });
    expect(await objects('endpoints')).toMatchObject([{ displayName: 'ward', status: 'Succeeded' }]);
    await runPipeline();
    // What is left is about what CDKTF has Terraform do, and no more about how Terraform gets its providers.
    await using providers = await providersOf(path.join(folder, 'cdktf.out', 'stacks', 'dev'));
    const TF_REATTACH_PROVIDERS = await providers.reattach(cdktfEnvironment());
    const diff = await callCdktf(['diff', 'dev'], { TF_REATTACH_PROVIDERS });
    expect(diff).toMatchObject({ code: 0, output: expect.stringContaining('No changes') });
    const destroyed = await callCdktf(['destroy', 'dev', '--auto-approve'], { TF_REATTACH_PROVIDERS });
    expect(destroyed).toMatchObject({ code: 0 });
    expect(await objects('endpoints')).toEqual([]);
    expect(await objects('projects')).toEqual([]);
  });
});

const version = 'api-version=2025-10-15';
const stacksProgram = path.join(import.meta.dirname, '../../bin/speechops-stacks.js');

interface ServiceObject {
  readonly self: string;
  readonly displayName: string;
  readonly createdDateTime: string;
  readonly status?: string;
  readonly model: { readonly self: string };
  readonly properties?: { readonly features?: { readonly supportsEndpoints?: boolean } };
}

/** What signing in with Entra ID is in Azure. */
function signedIn(): Readonly<Record<string, string>> {
  return { SPEECHOPS_KEY: emulator.key };
}

/** Synthesises another document in which there is only `dev`. */
async function writeEnvironment(settings: string): Promise<void> {
  const text = `name: quellwick-ward\nenvironments: { dev: { location: westeurope, ${settings} } }\n`;
  await writeFile(path.join(folder, 'environment.yaml'), text);
  await runApp(folder);
}

async function changeEnvironment(text: string, replacement: string): Promise<void> {
  const file = path.join(folder, 'environment.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(text, replacement));
}

async function runPipeline(): Promise<void> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, ...signedIn() };
  const { code, stdout, stderr } = await callProgram(['run', 'pipeline.yaml'], { cwd: folder, env });
  if (code !== 0) throw new Error(`speechops run ended with ${code}:\n${stdout}${stderr}`);
}

async function objects(collection: string, filter = ''): Promise<readonly ServiceObject[]> {
  const query = filter === '' ? version : `${version}&filter=${encodeURIComponent(filter)}`;
  const answer = await request('GET', `${emulator.url}/speechtotext/${collection}?${query}`);
  return (answer as { readonly values: readonly ServiceObject[] }).values;
}

async function request(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function cdktfEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    // The CLI keeps plugins and its own settings at home.
    HOME: path.join(folder, 'home'),
    XDG_CACHE_HOME: cache,
    SPEECHOPS_CDKTF: named,
    CI: '1',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    ARM_SUBSCRIPTION_ID: '00000000-0000-4000-8000-000000000000',
    ...signedIn(),
  };
}

async function callCdktf(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  await placeAzurerm(path.join(folder, 'home', '.terraform.d', 'plugins'));
  const env = { ...cdktfEnvironment(), ...more };
  const command = [stacksProgram, 'cdktf', ...args];
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject).on('close', resolve);
  return { code: await promise, output };
}
