import type { FastifyReply } from 'fastify';
import type { Problem } from '../api/common.ts';

/** Answers why there is no answer. */
export async function sendProblem(
  reply: FastifyReply,
  { status, error }: Problem & { readonly status: number },
): Promise<FastifyReply> {
  return await reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error } satisfies Problem));
}
