import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reattachVariable } from './running-providers.ts';
import { hasTerraform, TerraformWorld } from './terraform.ts';

describe.skipIf(!hasTerraform)('states of older versions, with Terraform', { timeout: 300_000 }, () => {
  it('become those of today, without a change to the object', async () => {
    await using world = await TerraformWorld.open('');
    await writeFile(
      path.join(world.folder, 'aged.tf'),
      'resource "aged_note" "n" {\n  title = "Calls"\n  minutes = 2\n}\n',
    );
    await writeFile(
      path.join(world.folder, 'versions.tf'),
      'terraform {\n  required_providers {\n    aged = { source = "speechops.internal/test/aged" }\n  }\n}\n',
    );
    const first = await reattached(world, 'old');
    await world.must('init', '-input=false');
    await world.apply();
    expect(await world.state()).toMatchObject({ 'aged_note.n': { title: 'Calls', minutes: 2 } });
    first.kill('SIGTERM');
    await once(first, 'exit');
    await reattached(world, 'new');
    await writeFile(
      path.join(world.folder, 'aged.tf'),
      'resource "aged_note" "n" {\n  name = "Calls"\n  seconds = 120\n}\n',
    );
    expect(await world.plan()).toMatchObject({ code: 0 });
    await world.apply();
    expect(await world.state()).toMatchObject({ 'aged_note.n': { name: 'Calls', seconds: 120 } });
  });
});

/** Starts the test's own provider and tells Terraform where it is. */
async function reattached(world: TerraformWorld, age: 'old' | 'new'): Promise<ChildProcess> {
  const provider = spawn(process.execPath, [path.join(import.meta.dirname, 'aged-provider.ts')], {
    env: { ...process.env, AGE: age },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (provider.exitCode !== null) return;
    provider.kill('SIGTERM');
    await once(provider, 'exit');
  });
  world.env['TF_REATTACH_PROVIDERS'] = await reattachVariable(provider);
  return provider;
}
