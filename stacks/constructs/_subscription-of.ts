import { Fn } from 'cdktf';
import { isLiteral } from '../guards/fault.ts';

/** The subscription part of a resource id, also of one that Terraform knows later. */
export function subscriptionOf(resourceId: string): string {
  const known = /^\/subscriptions\/[^/]+/.exec(resourceId)?.[0];
  if (isLiteral(resourceId) && known !== undefined) return known;
  return `/subscriptions/${Fn.element(Fn.split('/', resourceId), 2)}`;
}
