import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** The address of an empty page of another server on this machine: it is another origin, and yet the same site. */
export async function otherOrigin(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Another page</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/**
 * What a page gets of an address of the portal by everything that pages have, as a script of it. Each outcome is `nothing` or what was got.
 */
export function triesOf(url: string, { token }: { readonly token: string }): string {
  return `(async () => {
    const url = ${JSON.stringify(url)};
    const nothing = 'nothing';
    const byFetch = async (init) => {
      try {
        const response = await fetch(url, init);
        return (response.type === 'opaque' ? '' : response.status + ' ') + (await response.text()) || nothing;
      } catch {
        return nothing;
      }
    };
    const byElement = async (name, source = 'src') =>
      await new Promise((resolve) => {
        const element = document.createElement(name);
        for (const event of ['load', 'loadedmetadata']) element.addEventListener(event, () => resolve(name + ' has ' + event));
        element.addEventListener('error', () => resolve(nothing));
        if (name === 'link') element.rel = 'stylesheet';
        if (name === 'audio') element.preload = 'auto';
        element[source] = url;
        document.body.append(element);
      });
    const byFrame = async () => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      try {
        return frame.contentWindow.document.documentElement.outerHTML;
      } catch {
        return nothing;
      }
    };
    const byStream = async () =>
      await new Promise((resolve) => {
        const stream = new EventSource(url);
        stream.onopen = () => resolve('a stream');
        stream.onerror = () => {
          stream.close();
          resolve(nothing);
        };
      });
    return {
      fetch: await byFetch({}),
      fetchWithToken: await byFetch({ headers: { authorization: 'Bearer ${token}' } }),
      fetchWithoutAnswer: await byFetch({ mode: 'no-cors', credentials: 'include' }),
      send: await byFetch({ method: 'POST', mode: 'no-cors', body: '{}' }),
      image: await byElement('img'),
      script: await byElement('script'),
      style: await byElement('link', 'href'),
      audio: await byElement('audio'),
      frame: await byFrame(),
      stream: await byStream(),
    };
  })()`;
}
