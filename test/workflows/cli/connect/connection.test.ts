import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../../emulator/start-emulator.ts';
import { connect } from '../../../../workflows/cli/connect/connection.ts';
import { callMain, type Called } from '../call-main.ts';
import { controlEmulator } from '../../../emulator/control-emulator.ts';

const key = 'a-key-that-nobody-may-print';
const azure = 'https://calls.cognitiveservices.azure.com';
const other = 'https://more-calls.cognitiveservices.azure.com';
let folder: string;
let emulators: readonly [Emulator, Emulator];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-connection-'));
  emulators = await Promise.all([startEmulator({ key }), startEmulator({ key })]);
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
});
afterAll(async () => {
  await Promise.all(emulators.map((emulator) => emulator.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Plans, or runs, an upload on these resources, one combination each. */
async function plan(
  resources: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
    readonly command?: 'plan' | 'run';
  } = {},
): Promise<Called> {
  const matrix = `strategy: { matrix: { at: ${JSON.stringify(resources)} } }\nresource: \${{ matrix.at }}\n`;
  const resource = resources.length === 1 ? `resource: ${resources[0]}\n` : matrix;
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p\nlocale: en-US\n${resources.length === 0 ? '' : resource}steps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n`,
  );
  const { env = {}, args = [], command = 'plan' } = options;
  const called = await callMain([command, 'p.yaml', ...args], { cwd: folder, env });
  expect(called.stdout + called.stderr).not.toContain(key);
  return called;
}

describe('the Speech resource', () => {
  it('is the one that the pipeline names, before that of the environment', async () => {
    const [named, own] = emulators;
    const { code, stdout } = await plan([named.url], { env: { SPEECHOPS_ENDPOINT: own.url, SPEECHOPS_KEY: key } });
    expect([code, stdout]).toEqual([0, expect.stringContaining(`p on ${named.url}: 1 to create`)]);
  });

  it('is called as it was named where nothing answers there', async () => {
    const [, own] = emulators;
    const gone = 'http://127.0.0.1:1';
    const env = { SPEECHOPS_ENDPOINT: own.url, SPEECHOPS_KEY: key };
    const { stderr } = await plan([gone], { env });
    expect(stderr).toContain(
      'check its base URL in the pipeline, or the input that says it, and that the emulator runs',
    );
    const ofEnvironment = await plan([], { env: { ...env, SPEECHOPS_ENDPOINT: gone } });
    expect(ofEnvironment.stderr).toContain('check SPEECHOPS_ENDPOINT');
  });

  it('is another one for each combination, on one machine with one key', async () => {
    const { code, stdout } = await plan(
      emulators.map(({ url }) => url),
      { env: { SPEECHOPS_ENDPOINT: emulators[0].url, SPEECHOPS_KEY: key } },
    );
    const hosts = emulators.map(({ url }) => new URL(url).host);
    expect(code).toBe(0);
    for (const host of hosts) expect(stdout).toMatch(new RegExp(`^  text-\\S+ +\\+ create +${host}  `, 'm'));
  });

  it('is the embedded emulator in place of all others, which is said', async () => {
    const { code, stdout, stderr } = await plan([azure, other], { args: ['--emulator'] });
    expect([code, stderr]).toEqual([0, `--emulator takes the place of ${azure}, ${other}\n`]);
    expect(stdout).toContain('p on the embedded emulator: 2 to create');
  });

  it('is looked up by an Azure resource id', async () => {
    const { url, managementToken, resourceId } = emulators[0];
    const lookUp = {
      SPEECHOPS_MANAGEMENT_ENDPOINT: url,
      SPEECHOPS_ENDPOINT: url,
      SPEECHOPS_EMULATOR_TOKEN: managementToken,
      SPEECHOPS_KEY: key,
    };
    expect((await plan([resourceId], { env: lookUp })).code).toBe(0);
    const { code, stderr } = await plan(['/subscriptions/1/resourceGroups/g'], { env: lookUp });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Give the resource id of a Speech resource/)]);
  });

  it('gets no key where the pipeline alone names it, by its URL or by its resource id', async () => {
    const { url, managementToken, resourceId } = emulators[0];
    const why = `error: Set SPEECHOPS_ENDPOINT to ${url} as well, or unset SPEECHOPS_KEY`;
    for (const named of [url, resourceId]) {
      const { code, stderr } = await plan([named], {
        env: { SPEECHOPS_MANAGEMENT_ENDPOINT: url, SPEECHOPS_EMULATOR_TOKEN: managementToken, SPEECHOPS_KEY: key },
      });
      expect([code, stderr], named).toEqual([2, expect.stringContaining(why)]);
    }
    const elsewhere = await plan([azure], { env: { SPEECHOPS_KEY: key } });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('the pipeline alone names')]);
  });

  it('of this machine takes the place of an account in Azure, which is said', async () => {
    const { url, resourceId } = emulators[0];
    const elsewhere = resourceId.replace('emulator', 'nobody');
    const { code, stderr } = await plan([elsewhere], { env: { SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: key } });
    expect([code, stderr]).toEqual([0, `${url} takes the place of ${elsewhere}, which is not checked\n`]);
    const embedded = await plan([elsewhere], { args: ['--emulator'] });
    expect([embedded.code, embedded.stderr]).toEqual([0, `--emulator takes the place of ${elsewhere}\n`]);
  });
});

describe('the embedded emulator', () => {
  it('has a key that only its process knows, another one each time, and keeps its data for its user', async () => {
    const cwd = await mkdtemp(path.join(tmpdir(), 'speechops-embedded-'));
    const data = path.join(cwd, '.speechops', 'emulator');
    await mkdir(data, { recursive: true, mode: 0o755 });
    const stream = { write: () => undefined };
    const io = { stdout: stream, stderr: stream, env: {}, cwd, signal: new AbortController().signal };
    for (const start of [1, 2]) {
      const { ports, endpoint, target, close } = await connect(io, { emulator: true, folder: cwd, knownAudio: [] });
      try {
        const [url] = endpoint.split(' ');
        const headers = { 'Ocp-Apim-Subscription-Key': 'local-key', Authorization: 'Bearer local' };
        const ask = async (at: string): Promise<number> => (await fetch(`${url}${at}`, { headers })).status;
        expect(await ask('/speechtotext/projects?api-version=2025-10-15')).toBe(401);
        expect(await ask('/_emulator/clock')).toBe(401);
        expect(await ask(`${emulators[0].resourceId}?api-version=2025-09-01`)).toBe(401);
        await ports.speech.projects.create({ displayName: `P${start}`, locale: 'en-US' });
        expect(await ports.speech.projects.list()).toHaveLength(start);
        expect(target).toBe('embedded-emulator');
      } finally {
        await close();
      }
    }
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(data, 'state.json'))).mode & 0o777).toBe(0o600);
    await rm(cwd, { recursive: true, force: true });
  });
});

describe('an account', () => {
  const reader = {
    actions: ['*/read'],
    notActions: [],
    dataActions: ['Microsoft.CognitiveServices/accounts/SpeechServices/*/read'],
    notDataActions: [],
  };
  let account: Emulator;

  beforeEach(async () => {
    account = await startEmulator({ key, speed: 600 });
  });
  afterEach(async () => await account.close());

  async function control(name: 'account' | 'requests', body?: object): Promise<unknown> {
    const response = await controlEmulator(account, `/${name}`, { body });
    expect(response.status).toBe(200);
    return await response.json();
  }

  /** With a key, or as an identity of Entra ID, whom the emulator's resource manager takes and its data plane does not. */
  function environment(signIn: 'key' | 'entra', isNamed = true): Readonly<Record<string, string>> {
    const { url, managementToken } = account;
    return {
      SPEECHOPS_MANAGEMENT_ENDPOINT: url,
      SPEECHOPS_EMULATOR_TOKEN: managementToken,
      ...(isNamed ? { SPEECHOPS_ENDPOINT: url } : {}),
      ...(signIn === 'key' ? { SPEECHOPS_KEY: key } : {}),
    };
  }

  const faults = [
    ['F0', 'key', {}, /^error: Move emulator to S0/],
    [
      'without a subdomain, for Entra ID',
      'entra',
      { customSubDomainName: null },
      /^error: Give emulator a custom subd/,
    ],
    [
      'soft-deleted',
      'key',
      { isDeleted: true },
      /^error: Recover emulator, or purge it.* account purge --name emulator /,
    ],
    ['of another kind', 'key', { kind: 'OpenAI' }, /^error: Use a resource of kind /],
    [
      'without keys, for a key',
      'key',
      { disableLocalAuth: true },
      /^error: Unset SPEECHOPS_KEY and sign in with Entra/,
    ],
    [
      'on which a role only reads',
      'entra',
      { permissions: [reader] },
      /^error: Grant the identity .*az role assignment/,
    ],
  ] as const;
  const commands = ['plan', 'run'] as const;
  const ways = [true, false];
  const cases = faults.flatMap(([what, signIn, change, message]) =>
    commands.flatMap((command) => ways.map((isNamed) => ({ what, signIn, change, message, command, isNamed }))),
  );

  it.each(cases)(
    '$what is refused by $command before anything is asked of it (SPEECHOPS_ENDPOINT: $isNamed)',
    async ({ what, signIn, change, message, command, isNamed }) => {
      if (what === 'F0') {
        await account.close();
        account = await startEmulator({ key, sku: 'F0' });
      }
      await control('account', change);
      const env = environment(signIn, isNamed);
      const { code, stderr } = await plan([account.resourceId], { env, command });
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(await control('requests')).toEqual({ operations: {} });
    },
  );

  it.each(commands)('in a region without hardware for training is told of by %s', async (command) => {
    await control('account', { location: 'swedencentral' });
    const { code, stderr } = await plan([account.resourceId], { env: environment('key'), command });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: Expect slow training with audio.*swedencentral/),
    ]);
  });

  it('that does not exist is refused, also when the environment says where it is', async () => {
    const elsewhere = account.resourceId.replace('emulator', 'nobody');
    const { code, stderr } = await plan([elsewhere], { env: environment('key') });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Check the resource id: .*accounts\/nobody/)]);
  });

  it.each([
    ['without', {}],
    ['with another', { SPEECHOPS_EMULATOR_TOKEN: 'another' }],
  ])('of an emulator is not shown %s token, and it is said which', async (_, token) => {
    const env = { SPEECHOPS_MANAGEMENT_ENDPOINT: account.url, SPEECHOPS_KEY: key, ...token };
    const { code, stderr } = await plan([account.resourceId], { env });
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining(
        'Set SPEECHOPS_EMULATOR_TOKEN to the token that the emulator prints when it starts, or sign in with it',
      ),
    ]);
  });

  it('is not mixed up with another one that the environment names', async () => {
    const env = { ...environment('entra'), SPEECHOPS_ENDPOINT: other };
    const { code, stderr } = await plan([account.resourceId], { env });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Unset SPEECHOPS_ENDPOINT, or set it to http:/)]);
  });

  it('gets past an identity that may make things, and past one of whom Azure does not say', async () => {
    const passed = /^(warning: Make sure that the identity .*\n)?error: Set SPEECHOPS_KEY for http:/;
    expect((await plan([account.resourceId], { env: environment('entra') })).stderr).toMatch(passed);
    await control('account', { permissions: null });
    const { stderr } = await plan([account.resourceId], { env: environment('entra') });
    expect(stderr).toMatch(passed);
    expect(stderr).toContain('warning: Make sure');
  });

  it('needs no role for a key', async () => {
    await control('account', { permissions: [reader] });
    expect(await plan([account.resourceId], { env: environment('key') })).toMatchObject({ code: 0, stderr: '' });
  });

  it('that Azure cannot be asked about is an obstacle only where nothing else says where it is', async () => {
    const away = { SPEECHOPS_MANAGEMENT_ENDPOINT: 'http://127.0.0.1:9', SPEECHOPS_KEY: key };
    const known = await plan([account.resourceId], { env: { ...away, SPEECHOPS_ENDPOINT: account.url } });
    expect([known.code, known.stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: \/subscriptions.* is not checked before it is used\. Check the network: /),
    ]);
    const { code, stderr } = await plan([account.resourceId], { env: away });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^error: Check the network: Azure Resource Manager/)]);
  });
});

describe('a key', () => {
  it.each([
    ['to several resources', [azure, other], {}, /^error: Unset SPEECHOPS_KEY and sign in through Entra ID/],
    [
      'to a resource and a program of this machine',
      [azure, 'http://127.0.0.1:1'],
      {},
      /^error: Unset SPEECHOPS_KEY and sign in through Entra ID/,
    ],
    [
      'to another resource than its own',
      [azure],
      { SPEECHOPS_ENDPOINT: other },
      /^error: Unset SPEECHOPS_ENDPOINT when SPEECHOPS_KEY is the key of https:\/\/calls\./,
    ],
    [
      'to a host that only the file vouches for',
      ['https://speech.example.com'],
      {},
      /^error: Set SPEECHOPS_ENDPOINT to https:\/\/speech\.example\.com as well/,
    ],
  ])('is not sent %s', async (_, resources, env, message) => {
    const { code, stderr } = await plan(resources, { env: { SPEECHOPS_KEY: key, ...env } });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

it('no Entra ID token is sent to a host that only the file vouches for', async () => {
  const { code, stderr } = await plan(['https://speech.example.com', azure]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Set SPEECHOPS_ENDPOINT to/)]);
});

describe('Entra ID', () => {
  it.each(['', 'resource: https://westeurope.api.cognitive.microsoft.com\n'])(
    'is refused at the host of a region before anything is sent (%j)',
    async (resource) => {
      const host = 'https://westeurope.api.cognitive.microsoft.com';
      const { code, stderr } = await plan(resource === '' ? [] : [host], { env: { SPEECHOPS_ENDPOINT: host } });
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: Set SPEECHOPS_ENDPOINT to the resource's custom subdomain \(https:\/\/NAME\./),
      ]);
    },
  );

  it('is of one cloud', async () => {
    const { code, stderr } = await plan([azure, 'https://calls.cognitiveservices.azure.us']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Write a pipeline for each Azure cloud/)]);
  });
});
