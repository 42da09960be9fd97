import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { App, TerraformStack } from 'cdktf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { buildStacks } from '../../../stacks/build-stacks.ts';
import { foundAzurerm } from '../azurerm/install-azurerm.ts';
import { everything } from '../everything.ts';
import { hasTerraform } from '../provider/terraform.ts';
import type { Ended } from '../provider/terraform-folder.ts';
import { StackWorld } from '../stack-world.ts';
import { type JsonObject, memberAt } from './answer.ts';
import { ask, type Asked, signIn } from './ask.ts';
import { type Azure, deployer, startAzure, tenants } from './start-azure.ts';

const root = path.join(import.meta.dirname, '../../..');

/** Every environment of the documents that come with the program. */
const stacks = [
  ['examples/hospital-ward/environment.yaml', 'dev'],
  ['examples/hospital-ward/environment.yaml', 'prod'],
  ['environment.yaml', 'dev'],
  ['environment.yaml', 'test'],
  ['environment.yaml', 'prod'],
] as const;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 3000 });
});

afterAll(async () => {
  await emulator.close();
});

describe.skipIf(!hasTerraform)('a stack of an example, in the stand-in for Azure', { timeout: 300_000 }, () => {
  it.for(stacks)('%s, %s: is made, has nothing to do then, and leaves nothing', async ([document, name]) => {
    await using azure = await startAzure();
    await madeAndDestroyed(azure, { document, name });
  });

  it('is made with everything that an environment can have, too', async () => {
    await using azure = await startAzure();
    await madeAndDestroyed(azure, { document: everythingIn(azure), name: 'dev' });
  });

  it('is planned by nobody whom Entra or the subscription’s tenant does not let in', async () => {
    await using azure = await startAzure();
    await using world = await opened(azure);
    const { github } = azure;
    const [{ subject }] = deployer.federatedCredentials;
    const refused: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [
        { ARM_OIDC_TOKEN: await github.token({ subject: `${subject}/other` }) },
        /AADSTS700213: .* assertion subject 'repo:contoso@1001\/infrastructure@2002001:ref:refs\/heads\/main\/other'/,
      ],
      [{ ARM_USE_OIDC: 'false', ARM_CLIENT_SECRET: 'wrong' }, /AADSTS7000215: Invalid client secret provided/],
      [
        { ARM_CLIENT_SECRET: deployer.secret, ARM_TENANT_ID: tenants.other },
        /InvalidAuthenticationTokenTenant: The access token is from the wrong issuer/,
      ],
    ];
    for (const [env, said] of refused) {
      await world.changeEnvironment(env);
      expect(unwrapped(await world.plan())).toMatchObject({ code: 1, output: expect.stringMatching(said) });
    }
    await world.changeEnvironment({ ARM_TENANT_ID: tenants.home });
    azure.entra.tokenSeconds = -60;
    expect(unwrapped(await world.plan())).toMatchObject({
      code: 1,
      output: expect.stringContaining('ExpiredAuthenticationToken: The access token expiry UTC time'),
    });
    azure.entra.tokenSeconds = 3599;
    expect(await world.plan()).toMatchObject({ code: 2 });
    expect(azure.arm.ids).toEqual([]);
  });

  it('is put right when somebody has changed it in the portal', async () => {
    await using azure = await startAzure();
    await using world = await opened(azure);
    await world.apply();
    const [speech = '', grant = ''] = azure.arm.ids.filter((id) => /accounts\/[^/]+$|roleAssignments/.test(id));
    azure.arm.change(speech, {
      tags: { owner: 'somebody' },
      properties: {
        publicNetworkAccess: 'Enabled',
        disableLocalAuth: false,
        networkAcls: { ipRules: [{ value: '198.51.100.7' }] },
      },
    });
    azure.arm.remove(grant);
    const { code, output } = await world.plan();
    expect({ code, output }).toMatchObject({
      code: 2,
      output: expect.stringContaining('Plan: 1 to add, 1 to change, 0 to destroy'),
    });
    expect(output).toMatch(/local_auth_enabled += true -> false/);
    expect(output).toMatch(/- "198\.51\.100\.7"/);
    expect(output).toMatch(/- "owner" = "somebody" -> null/);
    await world.apply();
    expect(await world.plan()).toMatchObject({ code: 0 });
    expect(azure.arm.view.find(speech)?.body).toMatchObject({
      properties: { disableLocalAuth: true, networkAcls: { ipRules: [{ value: '203.0.113.0/24' }] } },
    });
    expect(azure.arm.ids.filter((id) => id.includes('roleAssignments'))).toHaveLength(1);

    // With everything in Azure that is in it; the emulator is not Azure's.
    azure.arm.remove(speech.replace(/\/providers\/.*/, ''));
    expect(await world.plan()).toMatchObject({ code: 2, output: expect.stringContaining('Plan: 3 to add') });
  });

  it('does not take the name of an account that was deleted and not purged', async () => {
    await using azure = await startAzure();
    await using world = await opened(azure);
    await world.apply();
    await world.edit(
      'provider.azurerm.0.features.0',
      (features) => (features['cognitive_account'] = [{ purge_soft_delete_on_destroy: false }]),
    );
    await world.must('destroy', '-auto-approve');
    expect(azure.arm.view.deleted.map(({ id }) => id.name)).toEqual(['quellwick-ward-dev']);
    expect(unwrapped(await world.run('apply', '-auto-approve'))).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /FlagMustBeSetForRestore: An existing resource with ID '.*' has been soft-deleted\. To restore the resource, you must specify 'restore' to be 'true'/,
      ),
    });
    azure.arm.purge('quellwick-ward-dev');
    await world.apply();
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('uses an account that somebody else manages, and leaves it as it was', async () => {
    await using azure = await startAzure({ looks: 0 });
    const token = String((await signIn(azure)).body['access_token']);
    const group = `/subscriptions/${azure.arm.subscription}/resourceGroups/rg-shared`;
    const id = `${group}/providers/Microsoft.CognitiveServices/accounts/shared`;
    const put = async (target: string, body: JsonObject): Promise<void> => {
      const { status, body: answer } = await ask(azure, `${target}?api-version=2024-10-01`, {
        token,
        method: 'PUT',
        body,
      });
      expect([200, 201], JSON.stringify(answer)).toContain(status);
    };
    const account = { location: 'westeurope', kind: 'SpeechServices', sku: { name: 'S0' } };
    const register = `/subscriptions/${azure.arm.subscription}/providers/Microsoft.CognitiveServices/register`;
    await ask(azure, `${register}?api-version=2022-09-01`, { token, method: 'POST' });
    await put(group, { location: 'westeurope' });
    await put(id, { ...account, properties: { customSubDomainName: 'voices' } });
    const made = azure.arm.ids;
    const document = (settings: string): string => `name: calls
environments:
  dev:
    location: westeurope
    account: { existing: ${id}${settings} }
    storage: {}
    role-grants: { people: { role: Cognitive Services Speech User, principal: 00000000-0000-0000-0000-000000000007 } }
    custom-speech:
      endpoints: { line: { locale: en-US } }
`;
    await using world = await StackWorld.open(await stackOf(document(''), 'dev'), { env: await environmentIn(azure) });
    const refused = unwrapped(await world.plan());
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('has another host than https://shared.cognitiveservices.azure.com: write its');
    expect(refused.output).toContain('has no identity of its own');
    await put(id, { ...account, identity: { type: 'SystemAssigned' }, properties: { customSubDomainName: 'voices' } });
    await world.rebuild(await stackOf(document(', custom-subdomain: voices'), 'dev'));
    const before = azure.arm.view.find(id)?.body;
    await world.apply();
    expect(await world.plan()).toMatchObject({ code: 0 });
    const scopes = azure.arm.ids
      .filter((one) => one.includes('roleAssignments'))
      .map((one) => one.split('/providers/')[1]);
    expect(scopes.toSorted()).toEqual([
      'Microsoft.CognitiveServices/accounts/shared',
      'Microsoft.Storage/storageAccounts/stcallsdev',
    ]);
    const keyInState = async (): Promise<unknown> => {
      const { 'data.azurerm_cognitive_account.account': read } = await world.state();
      return read?.['primary_access_key'];
    };
    expect(await keyInState(), 'as docs/environment.md says').toMatch(/./);
    await world.must('destroy', '-auto-approve');
    expect(azure.arm.ids).toEqual(made);
    expect(azure.arm.view.find(id)?.body).toEqual(before);
    expect(azure.unknown).toEqual([]);
  });

  it('gives the identity that it makes for CI what the repository may, and nobody else', async () => {
    await using azure = await startAzure({ looks: 3 });
    await using world = await StackWorld.open(await stackOf(ward, 'prod'), { env: await environmentIn(azure) });
    await world.apply();
    const [identity] = azure.arm.view.all('Microsoft.ManagedIdentity/userAssignedIdentities');
    const [account] = azure.arm.view.all('Microsoft.CognitiveServices/accounts');
    const client_id = String(memberAt(identity?.body, 'properties/clientId'));
    const job = async (subject: string): Promise<Asked> =>
      await signIn(azure, { client_id, client_assertion: await azure.github.token({ subject }) });
    const { status, body } = await job('repo:quellwick@1001/ward@2002006:environment:prod');
    expect(status).toBe(200);
    const token = String(body['access_token']);
    const target = `${account?.id.path}?api-version=2024-10-01`;
    expect(await ask(azure, target, { token })).toMatchObject({ status: 200, body: { name: 'quellwick-ward-prod' } });
    const refused = { status: 403, body: { error: { code: 'AuthorizationFailed' } } };
    expect(await ask(azure, target, { token, method: 'DELETE' })).toMatchObject(refused);
    expect(await ask(azure, target.replace(/\/providers\/[^?]*/, ''), { token })).toMatchObject(refused);
    for (const subject of [
      'repo:quellwick@1001/ward@2002006:ref:refs/heads/main',
      'repo:quellwick/ward:environment:prod',
    ])
      expect(await job(subject)).toMatchObject({ status: 401, body: { error_codes: [700_213] } });
    expect(azure.unknown).toEqual([]);
  });
});

/** What Terraform says, without its lines and the bars at their starts. */
function unwrapped({ code, output }: Ended): Ended {
  return { code, output: output.replaceAll(/[\s│]+/g, ' ') };
}

const real = foundAzurerm(process.env);
// Not `skipWithout`: CI cannot install it, because no registry of packages has it.
if (hasTerraform && real === undefined) {
  console.warn(
    'SKIPPED: stacks with the real azurerm: SPEECHOPS_AZURERM_MIRROR names a folder of plugins that has registry.terraform.io/hashicorp/azurerm',
  );
}

describe.skipIf(!hasTerraform).for(real?.versions ?? [])(
  'a stack of an example with the real azurerm %s',
  // It looks every ten seconds whether something is gone, and at each role five times.
  { timeout: 1_800_000 },
  (version) => {
    const azurerm = { folder: real?.folder ?? '', version };
    it.for(stacks)('%s, %s: is made, has nothing to do then, and leaves nothing', async ([document, name]) => {
      await using azure = await startAzure({ looks: 0 });
      await madeAndDestroyed(azure, { document, name, azurerm });
    });

    it('is made with everything that an environment can have, too', async () => {
      await using azure = await startAzure({ looks: 0 });
      await madeAndDestroyed(azure, { document: everythingIn(azure), name: 'dev', azurerm });
    });
  },
);

interface Made {
  readonly document: string;
  readonly name: string;
  /** A version of the real azurerm, and where it lies. @default the stand-in */
  readonly azurerm?: { readonly folder: string; readonly version: string };
}

/** Has Terraform make a stack, find nothing to change, and destroy it. */
async function madeAndDestroyed(azure: Azure, { document, name, azurerm }: Made): Promise<void> {
  const before = azure.arm.ids;
  const version = azurerm?.version;
  await using world = await StackWorld.open(await stackOf(document, name, { version }), {
    env: await environmentIn(azure),
    azurerm: azurerm?.folder,
  });
  await world.apply();
  expect(azure.arm.ids.length).toBeGreaterThan(before.length + 2);
  // A token of a job is good for five minutes, and the real azurerm takes as long.
  await world.changeEnvironment(await environmentIn(azure));
  expect(await world.plan()).toMatchObject({ code: 0 });
  await world.rebuild(await stackOf(document, name, { version, isProtected: false }));
  await world.changeEnvironment(await environmentIn(azure));
  await world.must('destroy', '-auto-approve');
  expect(await world.state()).toEqual({});
  expect(azure.arm.ids).toEqual(before);
  expect(azure.arm.view.deleted).toEqual([]);
  expect(azure.unknown).toEqual([]);
}

/** The document with everything, and what it says that others have made. */
function everythingIn(azure: Azure): string {
  const subscription = `/subscriptions/${azure.arm.subscription}`;
  const theirs = `${subscription}/resourceGroups/n`;
  azure.arm.place(theirs);
  azure.arm.place(`${theirs}/providers/Microsoft.Network/virtualNetworks/n/subnets/s`, {
    properties: { addressPrefixes: ['10.9.0.0/24'] },
  });
  azure.arm.place(`${theirs}/providers/Microsoft.Network/applicationSecurityGroups/a`);
  azure.arm.place(`${subscription}/resourceGroups/k`);
  azure.arm.place(`${subscription}/resourceGroups/k/providers/Microsoft.KeyVault/vaults/v`);
  return everything.replaceAll('/subscriptions/00000000-0000-0000-0000-000000000001', subscription);
}

const ward = 'examples/hospital-ward/environment.yaml';

async function environmentIn(azure: Azure): Promise<Readonly<Record<string, string>>> {
  return { ...(await azure.signedIn()), SPEECHOPS_KEY: emulator.key };
}

/** The environment of the hospital for trying out. */
async function opened(azure: Azure): Promise<StackWorld> {
  return await StackWorld.open(await stackOf(ward, 'dev'), { env: await environmentIn(azure) });
}

/** The stack of an environment in a document, which is named, or given as its text. */
async function stackOf(
  document: string,
  name: string,
  { isProtected = true, version }: { readonly isProtected?: boolean; readonly version?: string | undefined } = {},
): Promise<(app: App) => TerraformStack> {
  const text = document.includes('\n') ? document : await readFile(path.join(root, document), 'utf8');
  const changed = text
    .replaceAll('custom-speech:\n', `custom-speech:\n      emulator: ${emulator.url}\n`)
    .replaceAll('prevent-destroy: true', `prevent-destroy: ${isProtected}`)
    .replace(`\n  ${name}:\n`, (start) =>
      version === undefined ? start : `${start}    azurerm-version: ${version}\n`,
    );
  return (app) => {
    const { stacks: built, diagnostics } = buildStacks(app, { text: changed, path: document });
    const stack = built.find(({ node }) => node.id === name);
    const problems = diagnostics.filter(({ severity }) => severity === 'error');
    if (stack === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
    return stack;
  };
}
