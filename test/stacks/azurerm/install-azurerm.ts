import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import packageFile from '@cdktf/provider-azurerm/package.json' with { type: 'json' };

const { version } = packageFile.cdktf.provider;
const source = 'registry.terraform.io/hashicorp/azurerm';

/**
 * Puts the stand-in for azurerm into a folder of plugins, `.terraform.d/plugins` of somebody's home, with the version that the
 * cdktf package was generated from.
 */
export async function placeAzurerm(pluginFolder: string): Promise<void> {
  const system = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const folder = path.join(pluginFolder, source, version, system);
  await mkdir(folder, { recursive: true });
  const main = pathToFileURL(path.join(import.meta.dirname, 'main.ts')).href;
  const script = `#!/usr/bin/env node\nimport(${JSON.stringify(main)});\n`;
  await writeFile(path.join(folder, `terraform-provider-azurerm_v${version}.cjs`), script, { mode: 0o755 });
}
