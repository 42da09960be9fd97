import type { FastifyInstance } from 'fastify';
import { addChain, fileChain } from './request-chain.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { artifactsPath, fileBehind } from '../protocol/signed-addresses.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/** Reading the files behind `links.contentUrl`: no key, but a signature that has not expired, as in Azure Storage. */
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
      const file = fileBehind(resource, { owner, id, query });
      if (!file) {
        reply.code(403).type('application/xml');
        return xmlError('AuthenticationFailed', 'The signature is not valid or has expired.');
      }
      reply.type(file.name.endsWith('.json') ? 'application/json' : 'application/octet-stream');
      reply.header('content-length', file.size);
      return reply.send(resource.contents.readStream(owner, file.storedAs));
    });
  };
}

function xmlError(code: string, message: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
