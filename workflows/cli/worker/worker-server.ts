import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../session.ts';

export interface WorkerServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers `/healthz` (200 while the process answers at all), `/readyz` (200 while it takes runs, else 503), `/metrics`
 * (Prometheus) and, where the worker takes them, callbacks to `/webhooks`. Throws a {@link UsageError} when the address cannot
 * be taken.
 */
export async function serveWorker(
  address: { readonly port: number; readonly host: string },
  worker: { isReady(): boolean; metrics(): Promise<string>; readonly webhooks?: RequestListener },
): Promise<WorkerServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain'): void => {
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(text);
    };
    const path = request.url?.replace(/\?.*$/, '');
    if (path === '/webhooks' && worker.webhooks !== undefined) worker.webhooks(request, response);
    else if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'GET only\n');
    else if (path === '/healthz') answer(200, 'ok\n');
    else if (path === '/readyz') answer(worker.isReady() ? 200 : 503, worker.isReady() ? 'ready\n' : 'takes no runs\n');
    else if (path === '/metrics')
      worker.metrics().then(
        (text) => answer(200, text, 'text/plain; version=0.0.4'),
        () => answer(500, 'no metrics now\n'),
      );
    else answer(404, 'there are /healthz, /readyz and /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, address)));
    server.listen(address.port, address.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function refusal(
  error: NodeJS.ErrnoException,
  { port, host }: { readonly port: number; readonly host: string },
): Error {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE')
    return new UsageError(`Choose another --port: something listens on ${host}:${port} already`, cause);
  if (error.code === 'EACCES')
    return new UsageError(`Choose a --port above 1023: this user may not listen on ${host}:${port}`, cause);
  return new UsageError(`Correct --host and --port: cannot listen on ${host}:${port} (${error.message})`, cause);
}
