import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addChain, fileChain } from './request-chain.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { artifactsPath, fileBehind, fileOf } from '../protocol/signed-addresses.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/**
 * Reading the files behind `links.contentUrl`, whole or a range of bytes: no key, but a signature that has not expired, as in
 * Azure Storage, or a token for storage where the account has storage of its own.
 */
export function fileReading(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    addChain(app, resource, fileChain);
    app.setErrorHandler(async (error, _request, reply) => {
      const status = error instanceof ServiceError ? error.status : 500;
      return reply.code(status).type('application/xml').send(xmlError('InternalError', 'The request failed.'));
    });
    app.get(`${artifactsPath}/:owner/:id`, { config: { operation: 'ReadFile' } }, async (request, reply) => {
      const { owner, id } = request.params as { readonly owner: string; readonly id: string };
      const query = request.query as Readonly<Record<string, string>>;
      if (resource.account.byos && query['sig'] === undefined && !(await isSignedIn(resource, request))) {
        reply.code(401).header('www-authenticate', 'Bearer resource_id=https://storage.azure.com');
        return reply
          .type('application/xml')
          .send(
            xmlError('NoAuthenticationInformation', 'The request has neither a signature nor a token for storage.'),
          );
      }
      const file =
        query['sig'] === undefined && resource.account.byos
          ? fileOf(resource, { owner, id })
          : fileBehind(resource, { owner, id, query });
      if (!file) {
        reply.code(403).type('application/xml');
        return xmlError('AuthenticationFailed', 'The signature is not valid or has expired.');
      }
      reply.type(file.name.endsWith('.json') ? 'application/json' : 'application/octet-stream');
      reply.header('accept-ranges', 'bytes');
      const part = partIn(request.headers.range, file.size);
      if (part === 'beyond') {
        reply.code(416).header('content-range', `bytes */${file.size}`).type('application/xml');
        return xmlError('InvalidRange', 'The range specified is invalid for the current size of the resource.');
      }
      if (part !== undefined) reply.code(206).header('content-range', `bytes ${part.start}-${part.end}/${file.size}`);
      const { start, end } = part ?? { start: 0, end: file.size - 1 };
      reply.header('content-length', end - start + 1);
      return reply.send(resource.contents.readStream(owner, file.storedAs, part));
    });
  };
}

async function isSignedIn({ authority }: SpeechResource, request: FastifyRequest): Promise<boolean> {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return token !== undefined && (await authority.refusalOf(token, ['storage'])) === undefined;
}

/** The bytes that a header asks for; undefined for the whole file, as for a header of another form. */
function partIn(
  range: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'beyond' | undefined {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(range ?? '') ?? [];
  if (first === undefined) return undefined;
  const start = Number(first);
  const end = Math.min(last === undefined ? Infinity : Number(last), size - 1);
  return start > end ? 'beyond' : { start, end };
}

function xmlError(code: string, message: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
