import type { App, TerraformStack } from 'cdktf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { buildStacks } from '../../stacks/build-stacks.ts';
import { everything } from './everything.ts';
import { hasTerraform } from './provider/terraform.ts';
import { StackWorld } from './stack-world.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 3000 });
});

afterAll(async () => {
  await emulator.close();
});

describe.skipIf(!hasTerraform)('everything that an environment can have', { timeout: 300_000 }, () => {
  it('is made, moves to another account to get storage of its own, and goes without a trace', async () => {
    const whole = everything.replace('custom-speech:\n', `custom-speech:\n      emulator: ${emulator.url}\n`);
    const withoutStorage = whole.replace(/ *byos-storage:.*\n/, '');
    await using world = await StackWorld.open(stackOf(withoutStorage), { env: { SPEECHOPS_KEY: emulator.key } });
    await world.must('validate');
    await world.apply();
    expect(await world.plan()).toMatchObject({ code: 0 });
    const before = await inService();
    expect(before).toMatchObject({ projects: [{ displayName: 'calls' }], endpoints: [{ displayName: 'calls' }] });

    await world.rebuild(stackOf(whole));
    expect(await world.plan('-out=storage.tfplan')).toMatchObject({ code: 2 });
    // The account and what is inside it or on it; of what stays, only what names the account changes.
    expect(await plannedChanges(world, 'storage.tfplan')).toEqual({
      replace: [
        'azurerm_cognitive_account',
        'azurerm_cognitive_account_customer_managed_key',
        'azurerm_management_lock',
        'azurerm_monitor_diagnostic_setting',
        'azurerm_private_endpoint',
        'azurerm_private_endpoint_application_security_group_association',
        'azurerm_role_assignment',
        'azurerm_role_definition',
        'customspeech_endpoint',
        'customspeech_project',
      ],
      create: [
        'azurerm_role_assignment',
        'azurerm_storage_account',
        'azurerm_storage_account_customer_managed_key',
        'azurerm_storage_account_network_rules',
      ],
      update: [
        'azurerm_monitor_metric_alert',
        'azurerm_monitor_scheduled_query_rules_alert_v2',
        'azurerm_storage_account',
        'terraform_data',
      ],
    });
    await world.must('apply', '-input=false', 'storage.tfplan');
    expect(await world.plan()).toMatchObject({ code: 0 });
    const state = await world.state();
    const { id } = state['azurerm_storage_account.byos-storage'] ?? {};
    expect(state['azurerm_cognitive_account.account']).toMatchObject({ storage: [{ storage_account_id: id }] });
    const after = await inService();
    expect(after).toMatchObject({ projects: [{ displayName: 'calls' }], endpoints: [{ displayName: 'calls' }] });
    expect(after.endpoints[0]?.self).not.toBe(before.endpoints[0]?.self);

    const count = Object.keys(state).filter((address) => !address.startsWith('data.')).length;
    expect(await world.must('destroy', '-auto-approve')).toContain(`${count} destroyed`);
    expect(await world.state()).toEqual({});
    expect(await inService()).toEqual({ projects: [], endpoints: [] });
  });
});

function stackOf(text: string): (app: App) => TerraformStack {
  return (app) => {
    const { stacks, diagnostics } = buildStacks(app, { text, path: 'environment.yaml' });
    const [stack] = stacks;
    const problems = diagnostics.filter(({ severity }) => severity === 'error');
    if (stack === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
    return stack;
  };
}

/** The types of the objects that a plan changes, by what it does to them. */
async function plannedChanges(world: StackWorld, file: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { resource_changes: changes } = JSON.parse(await world.must('show', '-json', file)) as {
    readonly resource_changes: readonly {
      readonly type: string;
      readonly change: { readonly actions: readonly string[] };
    }[];
  };
  const types: Record<string, string[]> = {};
  for (const { type, change } of changes) {
    const [action = '', ...more] = change.actions;
    const done = more.length === 0 ? action : 'replace';
    if (done !== 'no-op' && done !== 'read') types[done] = [...new Set([...(types[done] ?? []), type])].toSorted();
  }
  return types;
}

interface Named {
  readonly self: string;
  readonly displayName: string;
}

async function inService(): Promise<Readonly<Record<'projects' | 'endpoints', readonly Named[]>>> {
  return { projects: await listed('projects'), endpoints: await listed('endpoints') };
}

async function listed(collection: string): Promise<readonly Named[]> {
  const response = await fetch(`${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`, {
    headers: { 'Ocp-Apim-Subscription-Key': emulator.key },
  });
  return ((await response.json()) as { readonly values: readonly Named[] }).values;
}
