import { existsSync } from 'node:fs';
import { skipWithout } from '../../skip-without.ts';

/** What stands beside the tests on a terminal where there is no program that gives one. */
export const withoutScript = skipWithout({
  isThere: existsSync('/usr/bin/script'),
  name: 'the program script',
  install: "Install Debian's package bsdutils",
});

/** What stands beside the tests of a full disk under the output where there is no device that is one. */
export const withoutFullDevice = skipWithout({
  isThere: existsSync('/dev/full'),
  name: 'the device /dev/full',
  install: 'Run the tests on Linux',
});
