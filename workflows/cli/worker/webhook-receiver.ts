import type { FastifyPluginAsync } from 'fastify';
import type { CallbackEvent } from '../../fleet/worker-events.ts';
import { type Callback, readCallback } from '../../speech/webhook-callback.ts';

export interface WebhookReceiverOptions {
  readonly secret: string;
  /** Passes on that something happened to the object of this id. When it rejects, the service is asked to call again. */
  readonly tell: (entityId: string) => Promise<void>;
  readonly onEvent: (event: CallbackEvent) => void;
}

/**
 * Answers the callbacks of the Speech service. Refuses methods other than POST, more than 64 kB, and what is not signed with the
 * secret, even a challenge. Passes on a repeated event once.
 */
export function webhookReceiver(options: WebhookReceiverOptions): FastifyPluginAsync {
  const { secret, tell, onEvent } = options;
  const counts = new Map<CallbackEvent['outcome'], number>();
  const count = (outcome: CallbackEvent['outcome']): void => {
    const now = (counts.get(outcome) ?? 0) + 1;
    counts.set(outcome, now);
    onEvent({ kind: 'callback', outcome, count: now });
  };
  const recent = new RecentIds();

  const take = async (callback: Callback): Promise<Answer> => {
    if (callback.kind === 'forged') return { status: 401, text: 'the signature is missing or wrong\n', as: 'forged' };
    if (callback.kind === 'unreadable') return { status: 400, text: 'this is no callback\n', as: 'unreadable' };
    if (callback.kind === 'challenge') return { status: 200, text: callback.token, as: 'challenge' };
    if (callback.kind === 'other') return { status: 200, text: '', as: 'ignored' };
    if (recent.has(callback.invocationId)) return { status: 200, text: '', as: 'duplicate' };
    try {
      await tell(callback.entityId);
    } catch {
      return { status: 503, text: 'it cannot be told now\n', as: 'failed' };
    }
    recent.add(callback.invocationId);
    return { status: 200, text: '', as: 'told' };
  };

  return async (app) => {
    // The signature is over the bytes of the body, whatever its type.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBytes }, (_request, body, done) =>
      done(null, body),
    );
    app.addHook('onSend', async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'));
    app.post('/', { bodyLimit: mostBytes }, async (request, reply) => {
      const { searchParams: query } = new URL(request.url, 'http://localhost');
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { status, text, as } = await take(readCallback({ headers: request.headers, query, body }, secret));
      count(as);
      return await reply.code(status).type('text/plain; charset=utf-8').send(text);
    });
    app.setNotFoundHandler((_request, reply) => reply.code(405).type('text/plain; charset=utf-8').send('POST only\n'));
    app.setErrorHandler<{ readonly statusCode?: number }>(({ statusCode = 400 }, _request, reply) => {
      const text = statusCode === 413 ? 'at most 64 kB\n' : 'this is no callback\n';
      return reply.code(statusCode).type('text/plain; charset=utf-8').send(text);
    });
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly as: CallbackEvent['outcome'];
}

/** The ids of the latest events. */
class RecentIds {
  readonly #ids = new Set<string>();

  has(id: string | undefined): boolean {
    return id !== undefined && this.#ids.has(id);
  }

  add(id: string | undefined): void {
    if (id === undefined) return;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > mostIds && oldest !== undefined) this.#ids.delete(oldest);
  }
}

const mostBytes = 64 * 1024;
const mostIds = 10_000;
