import { spawnSync } from 'node:child_process';
import { skipWithout } from '../../../skip-without.ts';

/** Where sox lies; undefined where it is not. */
export const soxProgram = (process.env['PATH'] ?? '')
  .split(':')
  .map((folder) => `${folder}/sox`)
  .find((program) => spawnSync(program, ['--version']).status === 0);

/** Why tests are skipped that convert formats by sox. */
export const withoutSox = skipWithout({
  isThere: soxProgram !== undefined,
  name: 'sox',
  install: "Install Debian's package sox",
});
