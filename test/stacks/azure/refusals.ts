import { type Answer, refusal } from './answer.ts';
import { issuerOf } from './entra.ts';
import type { ResourceId } from './resource-id.ts';

/** There is no such object. */
export function notFound(id: ResourceId): Answer {
  if (id.type === 'Microsoft.Resources/resourceGroups')
    return refusal(404, 'ResourceGroupNotFound', `Resource group '${id.name}' could not be found.`);
  const message = `The Resource '${id.type}/${id.name}' under resource group '${id.resourceGroup ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return refusal(404, 'ResourceNotFound', message);
}

/** A change of the object is under way. */
export function busy({ path }: ResourceId): Answer {
  const message = `Cannot modify resource with id '${path}' because the resource entity provisioning state is not terminal. Please wait for the provisioning state to become terminal and then retry the request.`;
  return refusal(409, 'RequestConflict', message);
}

/** The token is of another tenant than the subscription. */
export function wrongTenant(given: string, wanted: string): Answer {
  const message = `The access token is from the wrong issuer '${issuerOf(given)}'. It must match the tenant '${issuerOf(wanted)}' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${wanted}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`;
  return refusal(401, 'InvalidAuthenticationTokenTenant', message);
}
