import { byAge, entityId } from './identity.ts';
import type { Endpoint } from './speech-entities.ts';

/** The entry of an endpoint's customProperties that says that it is a canary, and of which endpoint: the id of that. */
export const canaryProperty = 'speechops-canary';

/** The id of the endpoint whose canary this is; undefined when it is none. */
export function canaryOf({
  customProperties,
}: {
  readonly customProperties?: Endpoint['customProperties'] | undefined;
}): string | undefined {
  return customProperties?.[canaryProperty];
}

/** The canaries of an endpoint, the oldest first. One run at a time is at an endpoint, so that others have left those that are not its own. */
export function canariesOf(
  endpoint: Pick<Endpoint, 'self'>,
  { endpoints }: { readonly endpoints: readonly Endpoint[] },
): readonly Endpoint[] {
  return endpoints.filter((one) => canaryOf(one) === entityId(endpoint.self)).toSorted(byAge);
}

/** What people see the canary of an endpoint called: `call-center-canary-` and the run. */
export function canaryName(endpoint: string, runId: string): string {
  return `${endpoint.slice(0, 100)}-canary-${runId.slice(0, 100)}`;
}
