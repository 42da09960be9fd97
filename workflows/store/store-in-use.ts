import type { Holder } from './exclusive-lock.ts';

/** Another process uses the embedded store. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
  readonly holder: Holder;

  constructor(folder: string, holder: Holder) {
    const who = holder.pid === 0 ? 'another process' : `process ${holder.pid} (${holder.what}, since ${holder.since})`;
    super(`Wait for ${who}: it uses the runs in ${folder}`);
    this.holder = holder;
  }
}
