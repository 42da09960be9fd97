import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '../engine/ports.ts';

/** The folders of Git (where a checkout on a build machine leaves its token) and of runs are no data of the repository. */
const privateFolder = /^\.(git|speechops)$/i;

/**
 * Refuses files outside the roots, also where a link inside leads to them: a pipeline may upload its data, and no other file
 * of the machine.
 */
export async function assertInside(file: string, roots: readonly string[]): Promise<void> {
  const real = await realpath(file);
  const refused = whyNotData(real, roots);
  if (refused === 'elsewhere') {
    const link = real === path.resolve(file) ? '' : ` (it is a link to ${real})`;
    throw new DataError(`Move ${file}${link} into ${roots.join(' or ')}: a pipeline reads no data from elsewhere`);
  }
  if (refused === 'private')
    throw new DataError(`Keep data out of .git and .speechops: ${file} is ${real}, which may hold credentials`);
}

/** Why a path, links resolved, is no data: it is not in one of the folders, or in a folder of Git or SpeechOps there. */
export function whyNotData(real: string, roots: readonly string[]): 'elsewhere' | 'private' | undefined {
  if (!isInside(real, roots)) return 'elsewhere';
  const within = roots.map((root) => path.relative(root, real).split(path.sep)).filter(([first]) => first !== '..');
  return within.some((parts) => parts.some((part) => privateFolder.test(part))) ? 'private' : undefined;
}

/** Whether a path, links resolved, is in one of the folders. */
export function isInside(real: string, roots: readonly string[]): boolean {
  return roots.some((root) => real === root || real.startsWith(root.endsWith(path.sep) ? root : root + path.sep));
}
