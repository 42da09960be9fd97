import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendProblem } from './send-problem.ts';

/** Where the page stands for the nonce of its styles. */
const noncePlace = '__STYLE_NONCE__';

/**
 * Serves the files of the page, which are read once: no address leads to another file. Every address that is none of them and not of the API is one of
 * the page, which reads it itself, so that an address can be sent to somebody.
 */
export async function serveApp(app: FastifyInstance, folder: string): Promise<void> {
  const page = await readFile(path.join(folder, 'index.html'), 'utf8');
  const assets = await readAssets(path.join(folder, 'assets'));
  const send = (reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .header('content-security-policy', contentPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(noncePlace, nonce));
  };
  app.get('/assets/:name', async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const found = assets.get(name);
    if (found === undefined) return await sendProblem(reply, { status: 404, error: 'The page has no such file' });
    return await reply.type(types[path.extname(name)] ?? 'application/octet-stream').send(found);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === 'GET' && !/^\/(?:api|assets)\//.test(request.url);
    return isPage
      ? await send(reply)
      : await sendProblem(reply, { status: 404, error: 'There is nothing at this address' });
  });
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

async function readAssets(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name))] as const)),
  );
}

/** The page loads its own files alone; styles that a library writes bear the nonce. */
function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
