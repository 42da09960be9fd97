import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askUrl } from '../../../workflows/data/ask-url.ts';

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/terms.txt`;
}

describe('the content behind a URL', () => {
  it('is known by what the server tells to a HEAD request', async () => {
    const methods: (string | undefined)[] = [];
    const url = await serve(({ method }, response) => {
      methods.push(method);
      response.setHeader('Content-MD5', 'abc=').setHeader('ETag', '"1"').setHeader('Content-Length', 7).end();
    });
    expect(await askUrl(url)).toEqual({ md5: 'abc=', etag: '"1"', bytes: 7 });
    expect(methods).toEqual(['HEAD']);
  });

  it('is asked by GET where the server or the signature allows no HEAD, and not read', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve(({ method }, response) => {
      if (method === 'HEAD') return void response.writeHead(403).end();
      response.on('close', () => closed.resolve());
      response.writeHead(200, { 'Content-Length': 2 ** 40 }).write('the first of many bytes');
    });
    expect(await askUrl(url)).toEqual({ bytes: 2 ** 40 });
    await closed.promise;
  });

  it.each([
    ['answers 403 here', 403, {}],
    ['answers 301 here', 301, { Location: '/elsewhere' }],
    ['tells no MD5, ETag or length', 200, { 'Transfer-Encoding': 'chunked' }],
  ])('is not known when the server %s', async (reason, status, headers) => {
    const url = await serve((_, response) => void response.writeHead(status, headers).end());
    expect(await askUrl(url)).toEqual({ reason });
  });

  it('is not known when nothing answers', async () => {
    const url = await serve((request) => void request.socket.destroy());
    expect(await askUrl(url)).toEqual({ reason: 'does not answer here' });
  });

  it('is not waited for when the caller stops', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort(new Error('stopped')));
    await expect(askUrl(url, { signal: stop.signal })).rejects.toThrow('stopped');
  });
});
