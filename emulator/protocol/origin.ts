import type { FastifyRequest } from 'fastify';

/** Where the client has asked: links start with the host that it used, as those of a resource with a custom domain do. */
export function originOf({ protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return `${protocol}://${host}`;
}
