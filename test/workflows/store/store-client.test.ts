import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabaseStore } from '../../../workflows/store/embedded-store.ts';

describe('a connection to the store', () => {
  it('that is cut while a question is written is one that DBOS waits for', async () => {
    const { retriablePostgresException } = dbosInside('system_database.js');
    const cut = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const { pool, close } = openDatabaseStore(`postgresql://ann@127.0.0.1:${await silentServer()}/runs`);
    onTestFinished(close);
    const client = await pool.connect();
    const asked = client.query('SELECT 1');
    (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(cut);
    const error: unknown = await asked.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    client.release(true);
    expect(error).toMatchObject({ message: 'write EPIPE' });
    expect(retriablePostgresException(error)).toBe(true);
  });
});

/** The port of a server that takes a connection as PostgreSQL does, and answers no question. */
async function silentServer(): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).once('data', () => socket.write('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What DBOS does not export: the question is what it does, which only its own code says. */
function dbosInside(file: string): { retriablePostgresException(error: unknown): boolean } {
  const require = createRequire(import.meta.url);
  return require(path.join(path.dirname(require.resolve('@dbos-inc/dbos-sdk')), file)) as ReturnType<typeof dbosInside>;
}
