import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasTerraform, TerraformWorld } from './terraform.ts';

const project = `resource "customspeech_project" "ward" {
  display_name = "Ward"
  locale       = "en-US"
}
`;

/** A PATH with Terraform, what a shell script needs, and a `node` that says this version; undefined for none. */
async function pathWith(version: string | undefined): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-path-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  for (const program of ['sh', 'terraform']) {
    const found = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    await symlink(found, path.join(folder, program));
  }
  if (version !== undefined) {
    const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else exec ${process.execPath} "$@"; fi\n`;
    await writeFile(path.join(folder, 'node'), script, { mode: 0o755 });
  }
  return folder;
}

describe.skipIf(!hasTerraform)('the provider that Terraform starts', { timeout: 300_000 }, () => {
  it('has Terraform say which Node it needs, where there is an older one or none, and takes newer ones', async () => {
    await using world = await TerraformWorld.openInstalled(project);
    for (const [version, found] of [
      ['v20.19.5', 'v20.19.5'],
      ['v8.17.0', 'v8.17.0'],
      ['v23.11.1', 'v23.11.1'],
      [undefined, 'none'],
    ] as const) {
      world.env['PATH'] = await pathWith(version);
      const { code, output } = await world.run('validate');
      expect({ code, output: output.replaceAll(/[\s│]+/g, ' ') }).toMatchObject({
        code: 1,
        output: expect.stringContaining(
          `The customspeech provider needs Node 24 or newer on PATH, and found ${found}: npm`,
        ),
      });
    }
    for (const version of ['v24.0.0', 'v26.1.0', 'v30.0.0']) {
      world.env['PATH'] = await pathWith(version);
      expect(await world.run('validate')).toMatchObject({ code: 0 });
    }
  });
});
