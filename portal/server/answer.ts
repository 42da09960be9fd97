import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TObject, TSchema } from 'typebox';

type Sent<P extends TObject, Q extends TObject, B extends TSchema> = FastifyRequest<{
  Params: Static<P>;
  Querystring: Static<Q>;
  Body: Static<B>;
}>;

/**
 * A route of the API: what is sent is checked by its schemas before it is handled, and what is answered has the members of the schema of
 * answers alone.
 */
export function answer<A extends TSchema, P extends TObject, Q extends TObject, B extends TSchema>(
  app: FastifyInstance,
  route: {
    readonly method?: 'GET' | 'POST';
    readonly url: string;
    readonly answer: A;
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    /** Whether what is posted changes nothing, so that a read-only portal answers, too. @default false */
    readonly isQuestion?: boolean;
  },
  handle: (request: Sent<P, Q, B>, reply: FastifyReply) => Promise<Static<A>>,
): void {
  const { method = 'GET', url, params, query, body } = route;
  // What Fastify knows of types ends at its own kinds of schemas.
  const handler: unknown = async (request: Sent<P, Q, B>, reply: FastifyReply) => await handle(request, reply);
  app.route({
    method,
    url,
    config: { isQuestion: route.isQuestion ?? false },
    schema: {
      response: { 200: route.answer },
      ...(params && { params }),
      ...(query && { querystring: query }),
      ...(body && { body }),
    },
    handler: handler as never,
  });
}
