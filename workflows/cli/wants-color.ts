import type { Io, TextStream } from './session.ts';

/** Whether a stream of the program wants colours: `FORCE_COLOR` decides before `NO_COLOR`, as in Node itself; else a terminal does. */
export function wantsColor(stream: TextStream, { env }: Pick<Io, 'env'>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
