import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { builtProvider } from './build-provider.ts';
import { providerFile, providerSource, providerVersion } from './provider-address.ts';

/**
 * Puts the provider where Terraform finds it when it runs in this folder (`terraform.d/plugins`), and names it in the
 * folder's lock file. `locked` names other providers by source with their exact versions: cdktf asks the registries for
 * the checksums of every provider when the lock file lacks one, and no registry knows ours. Their checksums are added by
 * `terraform init`, and stay. Ours is known here, and is the same on every platform, because the file is the same.
 */
export async function installProvider(
  stackFolder: string,
  { locked = {} }: { readonly locked?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const built = await builtProvider();
  await putProvider(built, path.join(stackFolder, 'terraform.d', 'plugins', providerSource));
  const lockFile = path.join(stackFolder, '.terraform.lock.hcl');
  const before = existsSync(lockFile) ? await readFile(lockFile, 'utf8') : '';
  const checksum = checksumOf(await readFile(built));
  await writeFile(
    lockFile,
    withLocks(before, { versions: { ...locked, [providerSource]: providerVersion }, checksum }),
  );
}

/** Puts it where each system looks for it, as one file where the disk can do that. Earlier versions are removed. */
async function putProvider(built: string, plugins: string): Promise<void> {
  await mkdir(plugins, { recursive: true });
  for (const version of await readdir(plugins))
    if (version !== providerVersion) await rm(path.join(plugins, version), { recursive: true, force: true });
  let first: string | undefined;
  for (const system of systems) {
    const folder = path.join(plugins, providerVersion, system);
    const file = path.join(folder, providerFile);
    await mkdir(folder, { recursive: true });
    await rm(file, { force: true });
    if (first === undefined) await copyFile(built, file);
    else await link(first, file).catch(async () => await copyFile(built, file));
    first ??= file;
  }
}

/** Terraform's `h1:` of a folder with this one file in it (golang.org/x/mod/sumdb/dirhash, Hash1). */
function checksumOf(content: Buffer): string {
  const file = createHash('sha256').update(content).digest('hex');
  return `h1:${createHash('sha256').update(`${file}  ${providerFile}\n`).digest('base64')}`;
}

/** It is the same file for all of them, so that a stack can be synthesised here and deployed there. */
const systems = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'];

function withLocks(
  lockFile: string,
  { versions, checksum }: { readonly versions: Readonly<Record<string, string>>; readonly checksum: string },
): string {
  let blocks = lockFile.split(/^(?=provider ")/m);
  for (const [source, version] of Object.entries(versions)) {
    const address = source.split('/').length === 2 ? `registry.terraform.io/${source}` : source;
    const opening = `provider "${address}" {\n`;
    const isCurrent = (block: string): boolean =>
      block.startsWith(opening) && /^ {2}version += "(.*)"$/m.exec(block)?.[1] === version;
    if (source !== providerSource && blocks.some(isCurrent)) continue;
    const hashes = source === providerSource ? `  hashes = [\n    "${checksum}",\n  ]\n` : '';
    const block = `${opening}  version     = "${version}"\n  constraints = "${version}"\n${hashes}}\n`;
    blocks = [...blocks.filter((other) => !other.startsWith(opening)), block];
  }
  const texts = blocks.map((block) => block.trimEnd()).filter((block) => block !== '');
  return `${texts.join('\n\n')}\n`;
}

/** `node stacks/provider/install-provider.ts FOLDER`: for configurations that are written in Terraform's own language. */
if (import.meta.main) await installProvider(process.argv[2] ?? process.cwd());
