import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceFile, withReference } from '../../../scripts/generate-provider-reference.ts';
import { hasTerraform, TerraformWorld } from './terraform.ts';

describe('docs/terraform-provider.md', () => {
  it('has the reference that the schemas give', async () => {
    const text = await readFile(referenceFile, 'utf8');
    expect(withReference(text)).toBe(text);
  });

  it.skipIf(!hasTerraform)('has an example that works', { timeout: 300_000 }, async () => {
    const text = await readFile(referenceFile, 'utf8');
    const example = /```hcl\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    await using world = await TerraformWorld.open('');
    await writeFile(path.join(world.folder, 'terms.txt'), 'word error rate\n');
    await writeFile(path.join(world.folder, 'versions.tf'), '');
    await world.write(example);
    expect(await world.apply()).toMatch(/url = "ws:\S+cid=/);
    expect(await world.plan()).toMatchObject({ code: 0 });
  });
});
