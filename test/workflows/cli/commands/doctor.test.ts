import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../../../emulator/start-emulator.ts';
import type { AccountCheck } from '../../../../workflows/azure/diagnose-account.ts';
import { callMain, type Called } from '../call-main.ts';
import { controlEmulator } from '../../../emulator/control-emulator.ts';

/** What the role Cognitive Services Speech User gives, as far as Custom Speech goes. */
const reader = {
  actions: ['Microsoft.CognitiveServices/*/read'],
  notActions: [],
  dataActions: ['Microsoft.CognitiveServices/accounts/SpeechServices/*/read'],
  notDataActions: [],
};
let emulator: Emulator;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-doctor-'));
  emulator = await startEmulator();
});

afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

/** Where the emulator's resource manager is, and what it takes. */
function management(): Readonly<Record<string, string>> {
  return { SPEECHOPS_MANAGEMENT_ENDPOINT: emulator.url, SPEECHOPS_EMULATOR_TOKEN: emulator.managementToken };
}

async function doctor(...args: readonly string[]): Promise<Called> {
  return await callMain(['doctor', ...args], {
    cwd: folder,
    env: { ...management(), SPEECHOPS_KEY: emulator.key },
  });
}

/** The same where the environment names the resource, too. */
async function doctorAt(endpoint: string, ...args: readonly string[]): Promise<Called> {
  return await callMain(['doctor', ...args], {
    cwd: folder,
    env: { ...management(), SPEECHOPS_ENDPOINT: endpoint, SPEECHOPS_KEY: emulator.key },
  });
}

/** As an identity of Entra ID: the emulator's resource manager takes its token, its data plane takes a key only. */
async function doctorWithoutKey(env: Readonly<Record<string, string>> = {}): Promise<Called> {
  return await callMain(['doctor', '--resource', emulator.resourceId], {
    cwd: folder,
    env: { ...management(), ...env },
  });
}

async function checks(...args: readonly string[]): Promise<readonly AccountCheck[]> {
  const { stdout } = await doctor('--format', 'json', ...args);
  return JSON.parse(stdout) as readonly AccountCheck[];
}

async function change(account: object): Promise<void> {
  const response = await controlEmulator(emulator, '/account', { body: account });
  expect(response.status).toBe(200);
}

async function startAnother(options: EmulatorOptions): Promise<void> {
  await emulator.close();
  emulator = await startEmulator(options);
}

describe('speechops doctor', () => {
  it('passes an S0 resource that answers, found by its resource id alone', async () => {
    const { code, stdout } = await doctor('--resource', emulator.resourceId);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'ok       emulator is an S0 resource of kind SpeechServices in westeurope',
        `ok       ${emulator.url} answers, and shows its projects`,
        'Pipelines can work here',
        '',
      ].join('\n'),
    );
  });

  it('takes the resource of a pipeline', async () => {
    const step = 'steps: [{ id: ok, uses: approve, with: { message: ok } }]';
    await writeFile(path.join(folder, 'p.yaml'), `name: p\nlocale: en-US\nresource: ${emulator.resourceId}\n${step}\n`);
    const { code, stdout, stderr } = await doctorAt(emulator.url, 'p.yaml');
    expect(stderr).toBe('');
    expect(stdout).toContain('emulator is an S0 resource');
    expect(code).toBe(0);
    // What a pipeline alone names gets no key.
    const unnamed = await doctor('p.yaml');
    expect([unnamed.code, unnamed.stdout]).toEqual([
      1,
      expect.stringContaining(`problem  Set SPEECHOPS_ENDPOINT to ${emulator.url} as well`),
    ]);
  });

  it('asks the base URL that a pipeline names, and refuses a resource id that is none', async () => {
    const step = 'steps: [{ id: ok, uses: approve, with: { message: ok } }]';
    const file = path.join(folder, 'p.yaml');
    await writeFile(file, `name: p\nlocale: en-US\nresource: ${emulator.url}\n${step}\n`);
    const { code, stdout } = await doctorAt(emulator.url, 'p.yaml');
    expect([code, stdout]).toEqual([0, expect.stringMatching(`^ok       ${emulator.url} answers`)]);
    await writeFile(file, `name: p\nlocale: en-US\nresource: /subscriptions/1/typo\n${step}\n`);
    expect(await doctor('p.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Give the resource id of a Speech resource') as string,
    });
  });

  it('takes the inputs that a pipeline cannot do without', async () => {
    const input = 'inputs: { west: { type: string } }\nresource: "${{ inputs.west }}"';
    const step = 'steps: [{ id: ok, uses: approve, with: { message: ok } }]';
    await writeFile(path.join(folder, 'p.yaml'), `name: p\nlocale: en-US\n${input}\n${step}\n`);
    const { code, stdout } = await doctorAt(emulator.url, 'p.yaml', '--input', `west=${emulator.url}`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(`^ok       ${emulator.url} answers`)]);
  });

  it('refuses F0 with the reason', async () => {
    await startAnother({ sku: 'F0' });
    const { code, stdout } = await doctor('--resource', emulator.resourceId);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem {2}Move emulator to S0: F0 has one endpoint, which is deleted after 7 days/m);
  });

  it('says how to bring back a deleted resource', async () => {
    await change({ isDeleted: true });
    expect(await checks('--resource', emulator.resourceId)).toEqual([
      {
        level: 'problem',
        code: 'deleted',
        message: 'Recover emulator, or purge it to make it anew: it was deleted, and keeps its name for 48 hours',
        commands: [
          'az cognitiveservices account recover --name emulator --resource-group speechops --location westeurope',
          'az cognitiveservices account purge --name emulator --resource-group speechops --location westeurope',
        ],
      },
    ]);
  });

  it('tells what is known of a resource also when its base URL does not answer', async () => {
    const silent = await doctorWithoutKey({ SPEECHOPS_ENDPOINT: 'http://127.0.0.1:9', SPEECHOPS_KEY: 'any' });
    expect(silent.code).toBe(1);
    expect(silent.stdout).toMatch(/^ok {7}emulator is an S0 resource/);
    expect(silent.stdout).toMatch(/^problem {2}Cannot list projects: nothing answers at http:\/\/127.0.0.1:9/m);
    await change({ isDeleted: true });
    const { stdout } = await doctorWithoutKey({ SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key });
    expect(stdout).toMatch(/^problem {2}Recover emulator/);
  });

  it.each([
    ['subscriptions/00000000-0000-4000-8000-000000000001/', "The subscription '00000000-0000-4000-8000-000000000001'"],
    ['resourceGroups/another/', "Resource group 'another' could not be found."],
    ['accounts/another', "The Resource 'Microsoft.CognitiveServices/accounts/another'"],
  ])('says what of a resource id does not exist: %s', async (part, reason) => {
    const [kind = ''] = part.split('/');
    const id = emulator.resourceId.replace(new RegExp(`${kind}/[^/]+/?`), part);
    const [check] = await checks('--resource', id);
    expect(check).toMatchObject({ level: 'problem', code: 'missing' });
    expect(check?.message).toContain(reason);
  });

  it('says whether the role of an identity lets it make what pipelines make', async () => {
    const contributor = await doctorWithoutKey();
    expect(contributor.stdout).toMatch(
      /^ok {7}The identity may make projects, datasets, models, evaluations and endpoints$/m,
    );
    await change({ permissions: [reader] });
    const { code, stdout } = await doctorWithoutKey();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(
        '^problem {2}Grant the identity the role Cognitive Services Speech Contributor on emulator, .*\\n {11}' +
          'az role assignment create --role "Cognitive Services Speech Contributor" --assignee IDENTITY ' +
          `--scope ${emulator.resourceId}$`,
        'm',
      ),
    );
    expect((await doctor('--resource', emulator.resourceId)).code).toBe(0);
  });

  it('warns where Azure does not say what the identity may do', async () => {
    await change({ permissions: null });
    const { stdout } = await doctorWithoutKey();
    expect(stdout).toMatch(/^warning {2}Make sure that the identity has the role .*The client does not have authoriz/m);
    expect(stdout).not.toMatch(/^problem {2}Grant/m);
  });

  it.each([
    ['without a custom subdomain', { customSubDomainName: null }, {}, ['subdomain']],
    [
      'at the host of a region',
      {},
      { SPEECHOPS_ENDPOINT: 'https://westeurope.api.cognitive.microsoft.com' },
      ['subdomain'],
    ],
    ['of another resource', {}, { SPEECHOPS_ENDPOINT: 'https://more.cognitiveservices.azure.com' }, ['endpoint']],
  ])('refuses an identity %s, once', async (_, account, env, problems) => {
    await change(account);
    const { code, stdout } = await doctorWithoutKey(env);
    expect(code).toBe(1);
    expect(stdout.match(/^problem/gm)).toHaveLength(problems.length);
    expect(stdout).toContain(problems[0] === 'endpoint' ? 'Unset SPEECHOPS_ENDPOINT' : 'custom subdomain');
  });

  it('refuses keys where the resource takes none, as the resource does', async () => {
    await change({ disableLocalAuth: true });
    const found = await checks('--resource', emulator.resourceId);
    expect(found.filter(({ level }) => level === 'problem').map(({ code }) => code)).toEqual(['keys', 'refused']);
    expect(found.at(-1)?.message).toMatch(/Key based authentication is disabled.*; unset SPEECHOPS_KEY/);
  });

  it('warns of a region without hardware for training, and of a private resource', async () => {
    await change({ location: 'swedencentral', publicNetworkAccess: 'Disabled' });
    const { code, stdout } = await doctor('--resource', emulator.resourceId);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^warning {2}Expect slow training with audio.*swedencentral/m);
    expect(stdout).toMatch(/^warning {2}Run this inside the network of emulator/m);
  });

  it('checks the endpoint alone where no resource id is known', async () => {
    const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: 'another-key' };
    const { code, stdout } = await callMain(['doctor'], { cwd: folder, env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem {2}Cannot list projects: the answer is 401 .*; check that SPEECHOPS_KEY is a key/);
    expect(stdout).not.toContain('another-key');
    expect(stdout).toMatch(/^warning {2}Give --resource ID to have tier, role, network and region checked as well/m);
  });

  it('says what it needs when nothing names a resource, and what a resource id looks like', async () => {
    expect(await doctor()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Say which Speech resource') as string,
    });
    const { code, stderr } = await doctor('--resource', 'speech');
    expect(code).toBe(2);
    expect(stderr).toContain('Give the resource id of a Speech resource (/subscriptions/ID/');
  });

  it('ends with exit 3 when Azure does not answer', async () => {
    const { resourceId } = emulator;
    const { code, stderr } = await callMain(['doctor', '--resource', resourceId], {
      cwd: folder,
      env: { SPEECHOPS_MANAGEMENT_ENDPOINT: 'http://127.0.0.1:9', SPEECHOPS_KEY: 'k' },
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: Check the network: Azure Resource Manager does not answer/);
  });
});
