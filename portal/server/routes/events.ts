import type { FastifyInstance } from 'fastify';
import type { Change } from '../../api/common.ts';
import type { PortalContext } from '../portal-context.ts';

/** Server-sent events: each says what has changed, and a page that shows it asks again. */
export function eventRoutes(app: FastifyInstance, { changes }: PortalContext): void {
  const ends = new Set<() => void>();
  app.get('/api/events', { exposeHeadRoute: false }, (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { ...reply.getHeaders(), 'content-type': 'text/event-stream; charset=utf-8' } as Record<
      string,
      string
    >);
    // Some proxies send nothing on before the first bytes.
    raw.write(': connected\n\n');
    const stopListening = changes.listen((change: Change) => raw.write(`event: change\ndata: ${change}\n\n`));
    const beat = setInterval(() => raw.write(': still here\n\n'), beatMilliseconds);
    const end = (): void => {
      clearInterval(beat);
      stopListening();
      ends.delete(end);
      raw.end();
    };
    ends.add(end);
    request.raw.on('close', end);
  });
  // A portal that ends would wait for its pages otherwise.
  app.addHook('preClose', async () => {
    for (const end of ends) end();
  });
}

const beatMilliseconds = 20_000;
