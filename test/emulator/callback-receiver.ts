import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';

/** One POST that a webhook got. */
export interface ReceivedCallback {
  readonly event: string;
  readonly signature: string | undefined;
  readonly query: URLSearchParams;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests assert what they read
  readonly body: any;
}

export interface CallbackReceiver {
  readonly url: string;
  readonly received: readonly ReceivedCallback[];
  /** Those of an event, once there are so many. */
  until(event: string, count?: number): Promise<readonly ReceivedCallback[]>;
}

/**
 * A server on loopback that takes callbacks until the test is over. `answer` may decide about the nth callback, counted from
 * 0; otherwise a challenge is answered with its token and everything else with 200.
 */
export async function startReceiver(
  answer: (
    callback: ReceivedCallback,
    index: number,
  ) => { status: number; body?: string } | 'silence' | undefined = () => undefined,
): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk;
      const callback = {
        event: String(request.headers['x-microsoftspeechservices-event']),
        signature: request.headers['x-microsoftspeechservices-signature'] as string | undefined,
        query: new URL(request.url ?? '/', 'http://localhost').searchParams,
        text,
        body: JSON.parse(text),
      };
      const wanted = answer(callback, received.length);
      received.push(callback);
      if (wanted === 'silence') return;
      const { status, body } = wanted ?? { status: 200, body: callback.query.get('validationToken') ?? '' };
      response.writeHead(status).end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const of = (event: string) => received.filter((callback) => callback.event === event);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls?code=1`,
    received,
    until: (event, count = 1) =>
      vi.waitFor(
        () => {
          const found = of(event);
          if (found.length < count) throw new Error(`${found.length} of ${count} callbacks ${event}`);
          return found;
        },
        { timeout: 60_000, interval: 20 },
      ),
  };
}

/** What the signature of a text must be. */
export function signatureOf(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64');
}
