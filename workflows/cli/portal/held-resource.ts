import type { Ports } from '../../engine/ports.ts';
import type { Connection } from '../connect/connection.ts';

/**
 * A connection that many share: opened when it is first used, and closed when it has not been used for `idleMilliseconds`, so that others get
 * what only one may have.
 */
export class HeldConnection {
  readonly #open: () => Promise<Connection>;
  readonly #idleMilliseconds: number;
  #connection: Promise<Connection> | undefined;
  /** The end of the connection before: two at once would be in each other's way. */
  #closed: Promise<void> = Promise.resolve();
  #users = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(open: () => Promise<Connection>, { idleMilliseconds }: { readonly idleMilliseconds: number }) {
    this.#open = open;
    this.#idleMilliseconds = idleMilliseconds;
  }

  async borrow<T>(act: (ports: Ports, connection: Connection) => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#users += 1;
    const opening = (this.#connection ??= this.#closed.then(async () => await this.#open()));
    try {
      const connection = await opening;
      return await act(connection.ports, connection);
    } catch (error) {
      // Another attempt opens it anew.
      if ((await opening.catch(() => undefined)) === undefined && this.#connection === opening)
        this.#connection = undefined;
      throw error;
    } finally {
      this.#users -= 1;
      if (this.#users === 0 && Number.isFinite(this.#idleMilliseconds))
        this.#timer = setTimeout(() => void this.close().catch(() => undefined), this.#idleMilliseconds);
    }
  }

  /** Lets it go; the next use opens it again. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const opening = this.#connection;
    this.#connection = undefined;
    if (opening === undefined) return await this.#closed;
    const closing = opening.catch(() => undefined).then(async (connection) => await connection?.close());
    this.#closed = closing.catch(() => undefined);
    await closing;
  }
}
