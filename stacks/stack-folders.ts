import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** What was done with stacks that are not to be applied any more: their folders, seen from where the app runs. */
export interface OldStacks {
  readonly removed: readonly string[];
  /** They hold state of Terraform, which may be the only record of what exists, so nothing in them was touched. */
  readonly kept: readonly string[];
}

/**
 * Removes the folders of stacks that the app no longer makes, so that nobody applies them. `current` are the names of those that
 * it has just made. The state of an environment is in none of them (it is beside cdktf.json, or in a blob), unless Terraform
 * could not write it there or was told to use a workspace.
 */
export function removeOldStacks(outdir: string, current: readonly string[]): OldStacks {
  return takeAway(outdir, {
    isOld: (name) => !current.includes(name),
    remove: (folder) => rmSync(folder, { recursive: true }),
  });
}

/** Takes the configuration out of every stack: none of them is what the document says now. */
export function withdrawStacks(outdir: string): OldStacks {
  return takeAway(outdir, { isOld: () => true, remove: (folder) => rmSync(path.join(folder, configuration)) });
}

/** What cdktf writes into the folder of a stack, and Terraform reads there. */
const configuration = 'cdk.tf.json';

function takeAway(
  outdir: string,
  { isOld, remove }: { isOld(name: string): boolean; remove(folder: string): void },
): OldStacks {
  const stacks = path.join(outdir, 'stacks');
  const isThere = existsSync(stacks) && statSync(stacks).isDirectory();
  const names = isThere ? readdirSync(stacks) : [];
  const folders = names
    .filter((name) => isOld(name))
    .map((name) => path.join(stacks, name))
    .filter((folder) => existsSync(path.join(folder, configuration)));
  const removed = folders.filter((folder) => !holdsState(folder));
  for (const folder of removed) remove(folder);
  return { removed, kept: folders.filter((folder) => !removed.includes(folder)) };
}

/** `terraform.tfstate`, `errored.tfstate`, their backups, and the folder of workspaces, `terraform.tfstate.d`. */
function holdsState(folder: string): boolean {
  return readdirSync(folder).some((name) => /\.tfstate(\.|$)/.test(name));
}
