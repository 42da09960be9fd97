import { spawnSync } from 'node:child_process';
import { skipWithout } from '../../../skip-without.ts';

/** Why tests are skipped that convert formats by ffmpeg. */
export const withoutFfmpeg = skipWithout({
  isThere: spawnSync('ffmpeg', ['-version']).status === 0,
  name: 'ffmpeg',
  install: "Install Debian's package ffmpeg",
});
