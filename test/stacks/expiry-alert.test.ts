import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../emulator/start-emulator.ts';
import { Client } from '../emulator/client.ts';
import { hasTerraform } from './provider/terraform.ts';
import { runApp, StackWorld } from './stack-world.ts';

/** An environment with monitoring and an endpoint, deployed to an emulator. */
async function open() {
  const emulator = await startEmulator({ speed: 6000 });
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-expiry-'));
  onTestFinished(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const synthesise = async (endpoints: string, address = '203.0.113.7'): Promise<void> => {
    const settings = [
      `location: westeurope, account: { ip-rules: [${address}] }`,
      'monitoring: { alert-emails: [a@contoso.example] }',
      `custom-speech: { emulator: '${emulator.url}', endpoints: { ${endpoints} } }`,
    ];
    const text = `name: calls\nenvironments: { dev: { ${settings.join(', ')} } }\n`;
    await writeFile(path.join(folder, 'environment.yaml'), text);
  };
  await synthesise('ward: { locale: en-US }');
  const world = await StackWorld.openApp(folder, { name: 'dev', env: { SPEECHOPS_KEY: emulator.key } });
  onTestFinished(async () => await world[Symbol.asyncDispose]());
  await world.runProviders();
  await world.apply();
  const service = new Client(emulator);
  return {
    world,
    service,
    endpoint: (await service.get('/endpoints')).body.values[0],
    change: async (endpoints: string, address: string): Promise<void> => {
      await synthesise(endpoints, address);
      await runApp(folder);
    },
    bases: await service.baseModels(),
    /** What the alert asks. */
    query: async (): Promise<string> => {
      const alerts = Object.entries(await world.state()).filter(([address]) => address.includes('query_rules_alert'));
      return JSON.stringify(alerts.map(([, { criteria }]) => criteria));
    },
  };
}

interface Base {
  readonly self: string;
  readonly properties: { readonly deprecationDates: { readonly transcriptionDateTime: string } };
}

function lastDayOf(bases: readonly Base[], self: string): string {
  const model = bases.find((base) => base.self === self);
  return model?.properties.deprecationDates.transcriptionDateTime.slice(0, 10) ?? 'none';
}

describe.skipIf(!hasTerraform)('the alert on expiry of an endpoint', { timeout: 300_000 }, () => {
  it('has the last day of the model that is served, and the next apply after a swap renews it and nothing else', async () => {
    const { world, service, endpoint, bases, query } = await open();
    const first = lastDayOf(bases, endpoint.model.self);
    expect(await query()).toContain(`datetime(${first})`);
    expect(await world.plan()).toMatchObject({ code: 0 });

    const other = bases.findLast(({ self }: Base) => lastDayOf(bases, self) !== first).self;
    await service.patch(endpoint.self, { model: { self: other } });
    const { code, output } = await world.plan();
    expect(code).toBe(2);
    expect(output).toContain('Plan: 0 to add, 1 to change, 0 to destroy');
    expect(output).toMatch(/query_rules_alert_v2\.monitoring_expiry-ward_\w+ will be updated in-place/);
    await world.apply();
    expect(await query()).toContain(`datetime(${lastDayOf(bases, other)})`);
    expect((await service.get(endpoint.self)).body.model.self).toBe(other);
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('goes with the endpoint in an apply that also changes the account', async () => {
    const { world, service, change, query } = await open();
    await change('other: { locale: en-US }', '203.0.113.8');
    expect(await world.apply()).toContain('2 added, 1 changed, 2 destroyed');
    expect((await service.get('/endpoints')).body.values).toMatchObject([{ displayName: 'other' }]);
    expect(await query()).toMatch(/^\[\[.*datetime\(\d{4}-\d\d-\d\d\).*\]\]$/);
  });
});
