import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendProblem } from './send-problem.ts';

/** Where the page stands for the nonce of its styles. */
const noncePlace = '__STYLE_NONCE__';

/**
 * Serves the files of the page. Every address that is no file and not of the API is one of the page, which reads it itself, so that an
 * address can be sent to somebody.
 */
export async function serveApp(app: FastifyInstance, folder: string): Promise<void> {
  const page = await readFile(path.join(folder, 'index.html'), 'utf8');
  const send = (reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .header('content-security-policy', contentPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(noncePlace, nonce));
  };
  await app.register(fastifyStatic, {
    root: path.join(folder, 'assets'),
    prefix: '/assets/',
    cacheControl: false,
    index: false,
  });
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/') && !request.url.startsWith('/assets/');
    return isPage
      ? await send(reply)
      : await sendProblem(reply, { status: 404, error: 'There is nothing at this address' });
  });
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
