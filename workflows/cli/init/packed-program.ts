import path from 'node:path';
import { fileURLToPath } from 'node:url';
import packageFile from '../../../package.json' with { type: 'json' };

/** This program as a package file that npm makes in a clone. */
export interface PackedProgram {
  /** The folder of the clone. */
  readonly clone: string;
  /** The name of the file. */
  readonly file: string;
}

/** Undefined where npm has installed this program already, in the project or elsewhere. */
export function packedProgram(): PackedProgram | undefined {
  const clone = path.resolve(fileURLToPath(new URL('../../..', import.meta.url)));
  if (clone.split(path.sep).includes('node_modules')) return undefined;
  return { clone, file: `${packageFile.name}-${packageFile.version}.tgz` };
}
