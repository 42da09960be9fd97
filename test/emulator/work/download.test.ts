import { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EmulatorOptions } from '../../../emulator/start-emulator.ts';
import { startClient } from '../client.ts';

/** What each name leads to, one address for each time that it is asked for; the last one stays. */
const names = vi.hoisted(() => new Map<string, string[]>());

vi.mock('node:dns', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:dns')>();
  const fake = vi.fn((hostname: string, options: object, callback: (error: unknown, found?: unknown) => void) => {
    const addresses = names.get(hostname);
    if (addresses === undefined) return original.lookup(hostname, options as never, callback as never);
    const address = addresses.length > 1 ? addresses.shift() : addresses[0];
    return process.nextTick(callback, null, [{ address, family: 4 }]);
  });
  return { ...original, lookup: fake, default: { ...original, lookup: fake } };
});

beforeEach(() => {
  names.clear();
  vi.mocked(lookup).mockClear();
});

const content = '\uFEFFgood morning everyone\n';

/** A server on loopback; its paths and how often each was asked for. */
async function serve(
  answer: (response: ServerResponse, path: string, port: number) => void,
): Promise<{ readonly port: number; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.headers.host?.replace(/:\d+$/, '')}${path}`);
    answer(response, path, port);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, asked };
}

/** How a dataset with this contentUrl ends: `Succeeded`, or why it did not. */
async function ending(contentUrl: string, options: EmulatorOptions = {}): Promise<string> {
  const client = await startClient(options);
  const created = await client.create('/datasets', {
    displayName: 'd',
    locale: 'en-US',
    kind: 'Language',
    contentUrl,
  });
  const { status, properties } = await client.finished(created.self);
  return status === 'Succeeded' ? status : properties.error.message;
}

function redirect(response: ServerResponse, location: string, status = 302): void {
  response.writeHead(status, { location }).end();
}

const refused = 'is in a private network, which is only reached by `speechops emulator --allow-private`.';

describe('a download', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/data.txt',
    'https://192.168.1.1/data.txt',
    'http://[fe80::1]/data.txt',
    'http://[::ffff:10.0.0.1]/data.txt',
    'http://0xa9fea9fe/',
    'http://0.0.0.0/data.txt',
  ])('does not reach the private address %s', async (contentUrl) => {
    const { origin, pathname, hostname } = new URL(contentUrl);
    expect(await ending(contentUrl)).toBe(
      `Cannot download the content from ${origin}${pathname}: ${hostname} ${refused}`,
    );
  });

  it('does not reach a private address by a name, and asks for each name once', async () => {
    const { port, asked } = await serve((response) => void response.end(content));
    names.set('storage.example', ['10.0.0.1', '127.0.0.1']);
    expect(await ending(`http://storage.example:${port}/a`)).toContain(`storage.example ${refused}`);
    // The address that was checked is the one that is connected to: a second answer of the name would be loopback.
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(asked).toEqual([]);
  });

  it('connects to the address that it has checked, whatever the name leads to next', async () => {
    const { port, asked } = await serve((response) => void response.end(content));
    names.set('storage.example', ['127.0.0.1', '10.0.0.1']);
    expect(await ending(`http://storage.example:${port}/a`, { allowPrivate: true })).toBe('Succeeded');
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(asked).toEqual(['storage.example/a']);
  });

  it.each([301, 302, 303, 307, 308])('follows a redirect with status %i on loopback', async (status) => {
    const { port, asked } = await serve((response, path) =>
      path === '/a' ? redirect(response, '/b', status) : void response.end(content),
    );
    expect(await ending(`http://127.0.0.1:${port}/a`)).toBe('Succeeded');
    expect(asked).toEqual(['127.0.0.1/a', '127.0.0.1/b']);
  });

  it.each([
    ['an address of a private network', 'http://169.254.169.254/token', `169.254.169.254 ${refused}`],
    ['a name of a private network', 'http://inside.example/', `inside.example ${refused}`],
    ['another name of loopback', 'http://near.example/', `near.example ${refused}`],
    ['a file', 'file:///etc/passwd', 'it redirects to no http or https.'],
    ['a password', 'http://user:secret@127.0.0.1/', 'an address must not hold a user or a password.'],
    ['nothing', 'http://', 'it redirects to something that is no address.'],
  ])('does not follow a redirect to %s', async (_, location, reason) => {
    names.set('inside.example', ['192.168.0.1']);
    names.set('near.example', ['127.0.0.1']);
    const { port } = await serve((response) => redirect(response, location));
    const message = await ending(`http://127.0.0.1:${port}/a?sig=abc`);
    expect(message).toBe(`Cannot download the content from http://127.0.0.1:${port}/a: ${reason}`);
  });

  it('gives up after five redirects', async () => {
    const { port, asked } = await serve((response, path) => redirect(response, `${path}a`));
    expect(await ending(`http://127.0.0.1:${port}/`)).toContain('it redirects more than 5 times.');
    expect(asked).toHaveLength(6);
  });

  it('is bounded in size, of what is compressed as well', async () => {
    const { port } = await serve((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(250 * 1024 ** 2))),
    );
    expect(await ending(`http://127.0.0.1:${port}/`, { sku: 'F0' })).toContain('it is larger than 209715200 bytes.');
  });

  it.each([
    ['gzip', gzipSync(content)],
    ['deflate', deflateSync(content)],
    ['br', brotliCompressSync(content)],
  ])('takes content that the storage keeps as %s', async (coding, bytes) => {
    const { port } = await serve((response) => response.writeHead(200, { 'content-encoding': coding }).end(bytes));
    expect(await ending(`http://127.0.0.1:${port}/`)).toBe('Succeeded');
  });

  it.each([
    ['constructor', content, 'its Content-Encoding is not one of gzip, deflate and br.'],
    ['gzip', content, 'Z_DATA_ERROR.'],
  ])('says that it cannot read content in the coding %s', async (coding, bytes, reason) => {
    const { port } = await serve((response) => response.writeHead(200, { 'content-encoding': coding }).end(bytes));
    expect(await ending(`http://127.0.0.1:${port}/`)).toContain(reason);
  });

  it('says that it was cut off', async () => {
    const { port } = await serve((response) => {
      response.writeHead(200, { 'content-length': 100 }).write(content);
      setTimeout(() => response.destroy(), 20);
    });
    expect(await ending(`http://127.0.0.1:${port}/`)).toContain('ECONNRESET.');
  });
});
