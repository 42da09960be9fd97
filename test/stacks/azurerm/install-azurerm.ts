import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import packageFile from '@cdktf/provider-azurerm/package.json' with { type: 'json' };

const { version } = packageFile.cdktf.provider;
const source = 'registry.terraform.io/hashicorp/azurerm';

/**
 * Puts the stand-in for azurerm where Terraform finds it when it runs in this folder, with the version that the cdktf package
 * was generated from, and names it in the folder's lock file.
 */
export async function installAzurerm(stackFolder: string): Promise<void> {
  await placeAzurerm(path.join(stackFolder, 'terraform.d', 'plugins'));
  const lockFile = path.join(stackFolder, '.terraform.lock.hcl');
  if (existsSync(lockFile) && (await readFile(lockFile, 'utf8')).includes(`provider "${source}"`)) return;
  // Without checksums: terraform init adds them.
  await appendFile(
    lockFile,
    `provider "${source}" {\n  version     = "${version}"\n  constraints = "${version}"\n}\n\n`,
  );
}

/** Puts the stand-in into a folder of plugins: that of a stack, or `.terraform.d/plugins` of somebody's home. */
export async function placeAzurerm(pluginFolder: string): Promise<void> {
  const system = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const folder = path.join(pluginFolder, source, version, system);
  await mkdir(folder, { recursive: true });
  const main = pathToFileURL(path.join(import.meta.dirname, 'main.ts')).href;
  const script = `#!/usr/bin/env node\nimport(${JSON.stringify(main)});\n`;
  await writeFile(path.join(folder, `terraform-provider-azurerm_v${version}.cjs`), script, { mode: 0o755 });
}
