import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtProvider } from '../../../stacks/provider/build-provider.ts';
import { reattachVariable } from './running-providers.ts';
import { hasTerraform, TerraformWorld } from './terraform.ts';

const endpoint = 'resource "customspeech_endpoint" "e" {\n  display_name = "E"\n  locale = "en-US"\n}\n';

describe.skipIf(!hasTerraform)('interruptions and faults, with Terraform', { timeout: 300_000 }, () => {
  it('keeps an object as tainted whose creation is interrupted by Ctrl-C', async () => {
    await using world = await TerraformWorld.openInstalled(endpoint, { speed: 1 });
    const running = world.start(['apply', '-auto-approve']);
    await until(async () => (await world.objects('endpoints')).length === 1);
    process.kill(-(running.process.pid ?? 0), 'SIGINT');
    const { code, output } = await running.ended;
    expect(code).toBe(1);
    expect(output).toContain('Terraform was asked to stop');
    const [object] = await world.objects('endpoints');
    expect(await world.state()).toMatchObject({ 'customspeech_endpoint.e': { self: object?.self, tainted: true } });
    await until(() => providersIn(world.folder).length === 0);
    await world.request('POST', '/_emulator/clock', { speed: 600, advanceSeconds: 3600 });
    await world.must('destroy', '-auto-approve');
    expect(await world.objects('endpoints')).toEqual([]);
  });

  it('does not lose an object whose creation is on its way at a Ctrl-C', async () => {
    await using world = await TerraformWorld.openInstalled(endpoint);
    await world.faults({ operation: 'Endpoints_Create', kind: 'slow', delayMilliseconds: 4000, count: 1 });
    const running = world.start(['apply', '-auto-approve']);
    await until(async () => JSON.stringify(await world.request('GET', '/_emulator/faults')).includes('"hits":1'));
    process.kill(-(running.process.pid ?? 0), 'SIGINT');
    expect(await running.ended).toMatchObject({ code: 1 });
    const [object] = await world.objects('endpoints');
    expect(await world.state()).toMatchObject({ 'customspeech_endpoint.e': { self: object?.self, tainted: true } });
  });

  it('ends when Terraform is killed', async () => {
    await using world = await TerraformWorld.openInstalled(endpoint, { speed: 1 });
    const running = world.start(['apply', '-auto-approve']);
    await until(async () => (await world.objects('endpoints')).length === 1);
    expect(providersIn(world.folder).length).toBeGreaterThan(0);
    running.process.kill('SIGKILL');
    await until(() => providersIn(world.folder).length === 0);
  });

  it('creates every object once when answers are lost', async () => {
    await using world = await TerraformWorld.open(
      'resource "customspeech_project" "p" {\n  count = 5\n  display_name = "P"\n  locale = "en-US"\n}\n',
    );
    await world.faults(
      { operation: 'Projects_Create', kind: 'lost', count: 3 },
      { operation: 'Projects_Create', kind: 'truncated', count: 2 },
      { operation: 'Projects_Create', kind: 'status', status: 503, count: 2 },
      { operation: 'Projects_Create', kind: 'cut', count: 2 },
    );
    await world.apply();
    const projects = await world.objects('projects');
    const state = await world.state();
    expect(projects.map(({ self }) => self).toSorted()).toEqual(
      Object.values(state)
        .map(({ self }) => self)
        .toSorted(),
    );
    expect(projects).toHaveLength(5);
  });

  it('creates 40 objects at a time, changes and deletes them, while a fifth of the calls fail', async () => {
    const projects = (name: string): string =>
      `resource "customspeech_project" "p" {\n  count = 40\n  display_name = "${name} \${count.index}"\n  locale = "en-US"\n}\n`;
    await using world = await TerraformWorld.open(projects('P'));
    await world.faults(
      { operation: '*', kind: 'status', status: 429, rate: 0.1, retryAfterSeconds: 0, seed: 1 },
      { operation: '*', kind: 'status', status: 503, rate: 0.1, seed: 2 },
    );
    await world.apply('-parallelism=40');
    await world.write(projects('Q'));
    await world.apply('-parallelism=40');
    expect((await world.plan('-parallelism=40')).code).toBe(0);
    const faults = (await world.request('GET', '/_emulator/faults')) as { faults: readonly { hits: number }[] };
    expect(faults.faults.every(({ hits }) => hits > 5)).toBe(true);
    const names = Object.values(await world.state()).map((object) => object['display_name']);
    expect(new Set(names).size).toBe(40);
    await world.must('destroy', '-auto-approve', '-parallelism=40');
    await world.request('DELETE', '/_emulator/faults');
    expect(await world.objects('projects')).toEqual([]);
  });

  it('serves a Terraform that is told where it is', async () => {
    await using world = await TerraformWorld.open(endpoint.replace('endpoint', 'project'));
    const provider = spawn(process.execPath, [await builtProvider(), '--reattach'], {
      env: { ...process.env, SPEECHOPS_ENDPOINT: world.emulator.url, SPEECHOPS_KEY: world.emulator.key },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      world.env['TF_REATTACH_PROVIDERS'] = await reattachVariable(provider);
      await world.apply();
      expect(await world.plan()).toMatchObject({ code: 0 });
      await world.must('destroy', '-auto-approve');
      expect(provider.exitCode).toBeNull();
    } finally {
      provider.kill('SIGTERM');
    }
    await until(() => provider.exitCode === 0);
  });
});

/** Waits for what surely comes, however slow the machine is. */
async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('Waited a minute in vain');
    await setTimeout(100);
  }
}

/** Process ids of the providers that Terraform has started in a folder. */
function providersIn(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(path.join('/proc', pid, 'cmdline'), 'utf8');
        const cwd = readFileSync(path.join('/proc', pid, 'environ'), 'utf8');
        return command.includes('terraform-provider-customspeech') && cwd.includes(`${folder}/terraformrc`);
      } catch {
        return false;
      }
    });
}
