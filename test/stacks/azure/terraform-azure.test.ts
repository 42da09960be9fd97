import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { App, TerraformStack } from 'cdktf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { buildStacks } from '../../../stacks/build-stacks.ts';
import { hasTerraform } from '../provider/terraform.ts';
import { StackWorld } from '../stack-world.ts';
import { startAzure } from './start-azure.ts';

const root = path.join(import.meta.dirname, '../../..');

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ speed: 3000 });
});

afterAll(async () => {
  await emulator.close();
});

describe.skipIf(!hasTerraform)('a stack of an example, in the stand-in for Azure', { timeout: 300_000 }, () => {
  it.for([
    ['examples/hospital-ward/environment.yaml', 'dev'],
    ['examples/hospital-ward/environment.yaml', 'prod'],
    ['environment.yaml', 'dev'],
    ['environment.yaml', 'test'],
    ['environment.yaml', 'prod'],
  ] as const)('%s, %s: is made, has nothing to do then, and leaves nothing', async ([document, name]) => {
    await using azure = await startAzure();
    await using world = await StackWorld.open(await stackOf(document, name), {
      env: { ...(await azure.signedIn()), SPEECHOPS_KEY: emulator.key },
    });
    await world.apply();
    const again = await world.plan();
    expect(again).toMatchObject({ code: 0 });
    await world.rebuild(await stackOf(document, name, { isProtected: false }));
    await world.must('destroy', '-auto-approve');
    expect(azure.arm.ids).toEqual([]);
    expect(azure.unknown).toEqual([]);
  });
});

async function stackOf(
  document: string,
  name: string,
  { isProtected = true }: { readonly isProtected?: boolean } = {},
): Promise<(app: App) => TerraformStack> {
  const text = await readFile(path.join(root, document), 'utf8');
  const changed = text
    .replaceAll('custom-speech:\n', `custom-speech:\n      emulator: ${emulator.url}\n`)
    .replaceAll('prevent-destroy: true', `prevent-destroy: ${isProtected}`);
  return (app) => {
    const { stacks, diagnostics } = buildStacks(app, { text: changed, path: document });
    const stack = stacks.find(({ node }) => node.id === name);
    const problems = diagnostics.filter(({ severity }) => severity === 'error');
    if (stack === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
    return stack;
  };
}
