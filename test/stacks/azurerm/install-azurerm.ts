import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import packageFile from '@cdktf/provider-azurerm/package.json' with { type: 'json' };

const { version } = packageFile.cdktf.provider;
const source = 'registry.terraform.io/hashicorp/azurerm';
const system = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

/**
 * Puts the stand-in for azurerm into a folder of plugins, `.terraform.d/plugins` of somebody's home, with the version that the
 * cdktf package was generated from.
 */
export async function placeAzurerm(pluginFolder: string): Promise<void> {
  const folder = path.join(pluginFolder, source, version, system);
  await mkdir(folder, { recursive: true });
  const main = pathToFileURL(path.join(import.meta.dirname, 'main.ts')).href;
  const script = `#!/usr/bin/env node\nimport(${JSON.stringify(main)});\n`;
  await writeFile(path.join(folder, `terraform-provider-azurerm_v${version}.cjs`), script, { mode: 0o755 });
}

/**
 * The folder of plugins on this machine that has the real azurerm in the version that stacks ask for: the one that
 * SPEECHOPS_AZURERM_MIRROR or TF_PLUGIN_CACHE_DIR names, or one at home. Undefined when there is none.
 */
export function foundAzurerm({
  SPEECHOPS_AZURERM_MIRROR,
  TF_PLUGIN_CACHE_DIR,
  HOME = '',
}: NodeJS.ProcessEnv): string | undefined {
  const home = path.join(HOME, '.terraform.d');
  const folders = [
    SPEECHOPS_AZURERM_MIRROR,
    TF_PLUGIN_CACHE_DIR,
    path.join(home, 'plugins'),
    path.join(home, 'plugin-cache'),
  ];
  const hasIt = (folder: string): boolean =>
    [path.join(version, system), `terraform-provider-azurerm_${version}_${system}.zip`].some((name) =>
      existsSync(path.join(folder, source, name)),
    );
  return folders.find((folder) => folder !== undefined && folder !== '' && hasIt(folder));
}
