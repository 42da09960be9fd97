import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { builtProvider } from '../../../stacks/provider/build-provider.ts';
import { installProvider } from '../../../stacks/provider/install-provider.ts';

const { version } = packageFile;
const plugins = `terraform.d/plugins/speechops.internal/azure/customspeech/${version}`;

async function stackFolder(locks?: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-stack-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  if (locks !== undefined) await writeFile(path.join(folder, '.terraform.lock.hcl'), locks);
  return folder;
}

async function lockFile(folder: string): Promise<string> {
  return await readFile(path.join(folder, '.terraform.lock.hcl'), 'utf8');
}

const ours = new RegExp(
  `^provider "speechops\\.internal/azure/customspeech" {
  version     = "${version}"
  constraints = "${version}"
  hashes = \\[
    "h1:[\\w+/]{43}=",
  \\]
}
$`,
  'm',
);

describe('installProvider', { timeout: 300_000 }, () => {
  it('puts the provider where Terraform looks, as a program, and names it in a lock file', async () => {
    const folder = await stackFolder();
    await installProvider(folder);
    for (const system of ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64']) {
      const file = path.join(folder, plugins, system, `terraform-provider-customspeech_v${version}.cjs`);
      expect((await stat(file)).mode & 0o111).toBe(0o111);
      expect(await readFile(file)).toEqual(await readFile(await builtProvider()));
    }
    expect(await lockFile(folder)).toMatch(ours);
  });

  it('takes the room of one file, and removes what an earlier version has left', async () => {
    const folder = await stackFolder();
    const earlier = path.join(folder, path.dirname(plugins), '0.0.1', 'linux_amd64');
    await mkdir(earlier, { recursive: true });
    await writeFile(path.join(earlier, 'terraform-provider-customspeech_v0.0.1.cjs'), '');
    await installProvider(folder);
    await installProvider(folder);
    const name = `terraform-provider-customspeech_v${version}.cjs`;
    const inodes = await Promise.all(
      ['linux_amd64', 'darwin_arm64'].map(async (system) => (await stat(path.join(folder, plugins, system, name))).ino),
    );
    expect(new Set(inodes).size).toBe(1);
    expect(await readdir(path.join(folder, path.dirname(plugins)))).toEqual([version]);
  });

  it('names the other providers that it is told, once', async () => {
    const folder = await stackFolder();
    await installProvider(folder, { locked: { 'hashicorp/azurerm': '4.55.0' } });
    await installProvider(folder, { locked: { 'hashicorp/azurerm': '4.55.0' } });
    const text = await lockFile(folder);
    expect(text).toContain(
      `provider "registry.terraform.io/hashicorp/azurerm" {\n  version     = "4.55.0"\n  constraints = "4.55.0"\n}\n\n`,
    );
    expect(text).toMatch(ours);
    expect(text.match(/^provider /gm)).toHaveLength(2);
  });

  it('keeps the checksums of others and has that of our own file as it is now', async () => {
    const azurerm = `provider "registry.terraform.io/hashicorp/azurerm" {
  version     = "4.55.0"
  constraints = "4.55.0"
  hashes = [
    "h1:abc=",
  ]
}
`;
    const before = `# This file is maintained automatically by "terraform init".\n\n${azurerm}\nprovider "speechops.internal/azure/customspeech" {\n  version = "${version}"\n  hashes = [\n    "h1:old=",\n  ]\n}\n`;
    const folder = await stackFolder(before);
    await installProvider(folder, { locked: { 'hashicorp/azurerm': '4.55.0' } });
    const after = await lockFile(folder);
    expect(after).toContain(azurerm);
    expect(after).toMatch(ours);
    expect(after).not.toContain('h1:old=');
    expect(after).toMatch(/^# This file/);
  });

  it('replaces another version of a provider', async () => {
    const folder = await stackFolder(
      'provider "registry.terraform.io/hashicorp/azurerm" {\n  version = "4.0.0"\n  hashes = [\n    "h1:abc=",\n  ]\n}\n',
    );
    await installProvider(folder, { locked: { 'hashicorp/azurerm': '4.55.0' } });
    expect(await lockFile(folder)).not.toContain('4.0.0');
    expect(await lockFile(folder)).toContain('"4.55.0"');
  });
});
