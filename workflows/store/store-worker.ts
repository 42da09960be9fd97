import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/**
 * The embedded database in a thread of its own, where its synchronous work blocks nobody: PGlite behind a local socket
 * that takes one connection. PGlite interleaves the messages of several, so there must not be more.
 */
const { dataDirectory, socket } = workerData as { readonly dataDirectory: string; readonly socket: string };
const database = await PGlite.create(dataDirectory);
const server = new PGLiteSocketServer({ db: database, path: socket, maxConnections: 1 });
await server.start();
parentPort?.once('message', () => {
  void (async () => {
    await server.stop();
    await database.close();
    parentPort?.postMessage('closed');
  })();
});
parentPort?.postMessage('open');
