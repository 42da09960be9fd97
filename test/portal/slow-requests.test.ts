import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestPortal } from './start-test-portal.ts';

/** What the server answers to a head of a request, whose body does not come, until it closes the connection. */
async function answerTo(head: readonly string[], { port }: { readonly port: number }): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => (said += text));
  socket.write(`${head.join('\r\n')}\r\n\r\n{`);
  await once(socket, 'close');
  return said;
}

describe('a request whose body does not come', () => {
  it('is ended, so that nobody holds connections', async () => {
    const portal = await startTestPortal({ requestMilliseconds: 400 });
    const head = [
      'POST /api/session HTTP/1.1',
      `host: 127.0.0.1:${portal.port}`,
      `authorization: Bearer ${portal.token}`,
      'content-type: application/json',
      'content-length: 100',
    ];
    expect(await answerTo(head, portal)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('and would be too large is refused at once, in a sentence', async () => {
    const portal = await startTestPortal();
    const head = [
      'POST /api/session HTTP/1.1',
      `host: 127.0.0.1:${portal.port}`,
      `authorization: Bearer ${portal.token}`,
      'content-type: application/json',
      `content-length: ${9 * 1024 * 1024}`,
      'connection: close',
    ];
    expect(await answerTo(head, portal)).toMatch(/^HTTP\/1\.1 413 [^]*the portal takes at most 8 MB/);
  });
});
