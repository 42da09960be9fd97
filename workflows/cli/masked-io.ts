import { createSecretMask } from '../language/variables/secret-mask.ts';
import type { Io, TextStream } from './session.ts';

/** The same, where everything that is written goes through a mask, which learns the secrets of pipelines when they are read. */
export function masked(io: Io): Io {
  const secretMask = createSecretMask();
  const through = (stream: TextStream): TextStream => ({
    write: (text) => stream.write(secretMask.mask(text)),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  });
  return { ...io, stdout: through(io.stdout), stderr: through(io.stderr), secretMask };
}
