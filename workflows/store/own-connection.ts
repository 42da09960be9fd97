import { Client, type Pool } from 'pg';

/** How long the database may take to answer on a connection outside the pool before this counts as lost. */
export const answerMilliseconds = 5000;

/**
 * A connection outside the pool, not opened yet, for what belongs to one session of the database: a lock, LISTEN. Either end
 * notices within half a minute when the other has vanished. The pool only says where the database is.
 */
export function ownConnection(pool: Pool): Client {
  return new Client({
    ...pool.options,
    connectionTimeoutMillis: answerMilliseconds,
    keepAlive: true,
    options: [pool.options.options, serverKeepAlive].filter((text) => text !== undefined).join(' '),
  });
}

/** PostgreSQL probes a silent connection after 10 s, and ends it after three probes 5 s apart without an answer. */
const serverKeepAlive = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';
