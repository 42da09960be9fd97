import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceFile, withReference } from '../../../scripts/generate-provider-reference.ts';
import { constructFiles } from '../../../scripts/provider-constructs.ts';
import { hasTerraform, TerraformWorld } from './terraform.ts';

describe('the constructs of the provider', () => {
  const root = path.join(import.meta.dirname, '../../..');

  it('are what the schemas give, apart from the classes that they extend', async () => {
    const made = await constructFiles();
    for (const [name, text] of Object.entries(made)) {
      expect(await readFile(path.join(root, name), 'utf8'), name).toBe(text);
    }
    const folder = 'stacks/provider/constructs';
    const isByHand = (name: string): boolean => name.startsWith('_');
    const names = (await readdir(path.join(root, folder))).filter((name) => !isByHand(name));
    expect(names.map((name) => `${folder}/${name}`).toSorted()).toEqual(Object.keys(made).toSorted());
  });

  it('are in the package, with their props', async () => {
    const index = await readFile(path.join(root, 'stacks/constructs/index.ts'), 'utf8');
    const texts = Object.values(await constructFiles());
    const exported = texts.flatMap((text) => [...text.matchAll(/^export (?:class|interface) (\w+)/gm)]);
    expect(exported).toHaveLength(2 * texts.length);
    for (const [, name = ''] of exported) expect(index).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

describe('docs/terraform-provider.md', () => {
  it('has the reference that the schemas give', async () => {
    const text = await readFile(referenceFile, 'utf8');
    expect(withReference(text)).toBe(text);
  });

  it.skipIf(!hasTerraform)('has an example that works, and a mock to test one with', { timeout: 300_000 }, async () => {
    const text = await readFile(referenceFile, 'utf8');
    const [example = '', mock = ''] = [...text.matchAll(/```hcl\n([\s\S]*?)```/g)].map(([, code = '']) => code);
    await using world = await TerraformWorld.openInstalled('');
    await writeFile(path.join(world.folder, 'terms.txt'), 'word error rate\n');
    await writeFile(path.join(world.folder, 'versions.tf'), '');
    await world.write(example);
    expect(await world.apply()).toMatch(/url = "ws:\S+cid=/);
    expect(await world.plan()).toMatchObject({ code: 0 });

    await mkdir(path.join(world.folder, 'tests'));
    await writeFile(path.join(world.folder, 'tests', 'first-model.tftest.hcl'), mock);
    expect(await world.run('test')).toMatchObject({ code: 0, output: expect.stringContaining('1 passed, 0 failed') });
  });
});
