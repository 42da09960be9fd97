import { existsSync, readdirSync } from 'node:fs';
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

/** A folder of plugins that has the real azurerm. */
export interface RealAzurerm {
  readonly folder: string;
  /** Those of 4.x that stacks can be made with, from the earliest. */
  readonly versions: readonly string[];
}

/**
 * The real azurerm on this machine: in the folder of plugins that SPEECHOPS_AZURERM_MIRROR or TF_PLUGIN_CACHE_DIR names, or in one
 * at home. Undefined when there is none that stacks can be made with.
 */
export function foundAzurerm({
  SPEECHOPS_AZURERM_MIRROR,
  TF_PLUGIN_CACHE_DIR,
  HOME = '',
}: NodeJS.ProcessEnv): RealAzurerm | undefined {
  const home = path.join(HOME, '.terraform.d');
  return [SPEECHOPS_AZURERM_MIRROR, TF_PLUGIN_CACHE_DIR, path.join(home, 'plugins'), path.join(home, 'plugin-cache')]
    .flatMap((folder = '') => (folder === '' ? [] : [{ folder, versions: versionsIn(path.join(folder, source)) }]))
    .find(({ versions }) => versions.length > 0);
}

function versionsIn(folder: string): readonly string[] {
  const packed = new RegExp(String.raw`^terraform-provider-azurerm_(.*)_${system}\.zip$`);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .map((name) => (existsSync(path.join(folder, name, system)) ? name : (packed.exec(name)?.[1] ?? '')))
    .filter((one) => one.startsWith('4.') && byNumber.compare(one, version) >= 0)
    .toSorted(byNumber.compare);
}

const byNumber = new Intl.Collator('en', { numeric: true });
