import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyPluginAsync, type FastifyReply } from 'fastify';
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
  worker: { isReady(): boolean; metrics(): Promise<string>; readonly webhooks?: FastifyPluginAsync },
): Promise<WorkerServer> {
  const app = Fastify({ forceCloseConnections: true });
  app.get('/healthz', (_request, reply) => answer(reply, 200, 'ok\n'));
  app.get('/readyz', (_request, reply) =>
    worker.isReady() ? answer(reply, 200, 'ready\n') : answer(reply, 503, 'takes no runs\n'),
  );
  app.get('/metrics', async (_request, reply) => {
    const text = await worker.metrics().catch(() => undefined);
    if (text === undefined) return await answer(reply, 500, 'no metrics now\n');
    return await reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
  });
  if (worker.webhooks !== undefined) await app.register(worker.webhooks, { prefix: '/webhooks' });
  app.setNotFoundHandler((request, reply) =>
    request.method === 'GET' || request.method === 'HEAD'
      ? answer(reply, 404, 'there are /healthz, /readyz and /metrics\n')
      : answer(reply, 405, 'GET only\n'),
  );
  try {
    await app.listen(address);
  } catch (error) {
    throw refusal(error as NodeJS.ErrnoException, address);
  }
  const { port } = app.server.address() as AddressInfo;
  return { port, close: async () => await app.close() };
}

function answer(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
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
