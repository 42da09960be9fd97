import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { CallbackEvent } from '../../fleet/fleet-worker.ts';
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
export function webhookReceiver(options: WebhookReceiverOptions): RequestListener {
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

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return send(response, { status: 405, text: 'POST only\n' });
    const body = await readBody(request);
    if (body === undefined) return send(response, { status: 413, text: 'at most 64 kB\n' });
    const { searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const answer = await take(readCallback({ headers: request.headers, query, body }, secret));
    count(answer.as);
    return send(response, answer);
  };
  // A client whose connection breaks off in the body gets no answer.
  return (request, response) => void receive(request, response).catch(() => response.destroy());
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly as: CallbackEvent['outcome'];
}

function send(response: ServerResponse, { status, text }: Omit<Answer, 'as'>): void {
  // Closing the connection ends a body that is too long.
  const connection = status === 413 ? { connection: 'close' } : {};
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...connection };
  response.writeHead(status, headers).end(text);
}

/** The body, or undefined when it is longer than it may be. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks))).on('error', reject);
  });
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
