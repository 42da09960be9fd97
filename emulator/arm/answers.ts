import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccountState } from '../state/account.ts';

/** Where the calls about one resource group, or about the whole subscription, lie below `/subscriptions`. */
export const ofGroup = '/:subscriptionId/resourceGroups/:resourceGroup/providers/Microsoft.CognitiveServices';
export const ofSubscription = '/:subscriptionId/providers/Microsoft.CognitiveServices';

/** An error as Azure Resource Manager answers it. */
export function fail(
  reply: FastifyReply,
  status: number,
  error: { readonly code: string; readonly message: string },
): FastifyReply {
  return reply.code(status).send({ error });
}

/** Whether the account that the request names exists; refuses the request when it does not. */
export function isThere(request: FastifyRequest, reply: FastifyReply, account: AccountState): boolean {
  const { account: name = '' } = request.params as Readonly<Record<string, string>>;
  if (isSame(name, account.name) && !account.isDeleted) return true;
  const what = `Microsoft.CognitiveServices/accounts/${name}`;
  const message = `The Resource '${what}' under resource group '${account.resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  fail(reply, 404, { code: 'ResourceNotFound', message });
  return false;
}

/** Names of Azure resources are compared without regard to case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
